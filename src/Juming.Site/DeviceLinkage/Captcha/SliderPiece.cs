namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>What is searched for in a slider's background: the piece's inside and the pairs of points across its outline.</summary>
internal sealed class SliderPiece
{
    private const int Visible = 128;

    // Pieces have a light rim of some pixels, which the gap lacks.
    private const int Rim = 3;
    private const int MostInside = 900;

    private SliderPiece(int left, int top, int width, int height, Spot[] inside, Pair[] outline)
    {
        (Left, Top, Width, Height, Inside, Outline) = (left, top, width, height, inside, outline);
        var mean = inside.Average(s => s.Value);
        Spread = Math.Sqrt(inside.Average(s => (s.Value - mean) * (s.Value - mean)));
    }

    /// <summary>A point of the piece and its brightness.</summary>
    internal readonly record struct Spot(int X, int Y, float Value);

    /// <summary>A point inside the outline and the one across it.</summary>
    internal readonly record struct Pair(int InX, int InY, int OutX, int OutY);

    /// <summary>Transparent columns left of the outline.</summary>
    public int Left { get; }

    /// <summary>Transparent rows above the outline.</summary>
    public int Top { get; }

    public int Width { get; }

    public int Height { get; }

    public Spot[] Inside { get; }

    public Pair[] Outline { get; }

    /// <summary>Standard deviation of the brightness inside: a plain piece can be found by its outline only.</summary>
    public double Spread { get; }

    /// <summary>Cuts the visible part out of the piece's picture; null when there is too little of it.</summary>
    public static SliderPiece? Of(CaptchaPixels picture)
    {
        var (left, top, right, bottom) = (picture.Width, picture.Height, -1, -1);
        for (var y = 0; y < picture.Height; y++)
            for (var x = 0; x < picture.Width; x++)
                if (Shown(picture, x, y)) (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
        var (width, height) = (right - left + 1, bottom - top + 1);
        if (width < 12 || height < 12) return null;
        var brightness = SliderGap.Brightness(picture);
        var inside = new List<Spot>();
        var outline = new List<Pair>();
        for (var y = top; y <= bottom; y++)
            for (var x = left; x <= right; x++)
            {
                if (!Shown(picture, x, y)) continue;
                if (IsDeep(picture, x, y)) inside.Add(new Spot(x - left, y - top, brightness[(y * picture.Width) + x]));
                else if (Across(picture, x, y) is { } way) outline.Add(new Pair(x - left - way.X, y - top - way.Y, x - left + way.X, y - top + way.Y));
            }
        if (inside.Count < 40 || outline.Count < 12) return null;
        return new SliderPiece(left, top, width, height, Thin(inside, MostInside), Thin(outline, MostInside / 4));
    }

    private static T[] Thin<T>(List<T> all, int most)
    {
        var step = Math.Max(1, (all.Count + most - 1) / most);
        return [.. all.Where((_, i) => i % step == 0)];
    }

    private static bool Shown(CaptchaPixels picture, int x, int y) =>
        x >= 0 && y >= 0 && x < picture.Width && y < picture.Height && picture.Rgba[(((y * picture.Width) + x) * 4) + 3] >= Visible;

    private static bool IsDeep(CaptchaPixels picture, int x, int y) =>
        Shown(picture, x - Rim, y) && Shown(picture, x + Rim, y) && Shown(picture, x, y - Rim) && Shown(picture, x, y + Rim);

    // The way out of the piece at a point of its outline, as long as the rim is wide; null for points that are not on it.
    private static (int X, int Y)? Across(CaptchaPixels picture, int x, int y)
    {
        if (Shown(picture, x - 1, y) && Shown(picture, x + 1, y) && Shown(picture, x, y - 1) && Shown(picture, x, y + 1)) return null;
        var (outX, outY) = (0, 0);
        for (var dy = -Rim; dy <= Rim; dy++)
            for (var dx = -Rim; dx <= Rim; dx++)
                if (!Shown(picture, x + dx, y + dy)) (outX, outY) = (outX + dx, outY + dy);
        var far = Math.Sqrt((outX * outX) + (outY * outY));
        return far < 1 ? null : ((int)Math.Round(outX * Rim / far), (int)Math.Round(outY * Rim / far));
    }
}
