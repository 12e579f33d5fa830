namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>Finds the gap that a piece was cut from, by what is left of the picture in the gap and by the step in brightness around it.</summary>
/// <remarks>
/// A gap that was darkened or lightened is still the piece's content times a factor plus a constant, which correlation does not see.
/// A gap that was filled has lost it; there the outline alone decides: inside and outside differ all around, and in the same direction.
/// </remarks>
internal static class SliderGap
{
    private const int MostPixels = 360_000;

    // A piece with less contrast than this (of 255) has no content to compare.
    private const double PlainBelow = 4;

    // The peak itself is some pixels wide; a rival is a place beyond that.
    private const int PeakWidth = 5;

    /// <summary>Searches the whole background; where both pictures have the same height, only along the piece's own row.</summary>
    public static SliderReading Find(CaptchaPixels background, CaptchaPixels piece, int after)
    {
        if (background.Width * background.Height > MostPixels || piece.Width * piece.Height > MostPixels) return SliderReading.Refused(CaptchaRefusal.TooBig);
        if (SliderPiece.Of(piece) is not { } part || part.Width >= background.Width || part.Height > background.Height) return SliderReading.Refused(CaptchaRefusal.NothingSeen);
        var ground = Brightness(background);
        var best = new double[background.Width];
        Array.Fill(best, double.NegativeInfinity);
        var sameHeight = piece.Height == background.Height;
        var (firstRow, lastRow) = sameHeight ? (part.Top, part.Top) : (0, background.Height - part.Height);
        for (var x = Math.Max(0, after); x <= background.Width - part.Width; x++)
            for (var y = firstRow; y <= lastRow; y++) best[x] = Math.Max(best[x], Score(ground, background.Width, background.Height, part, x, y, best[x]));
        return Judge(best, part.Left);
    }

    /// <summary>Brightness of each pixel, 0 to 255.</summary>
    public static float[] Brightness(CaptchaPixels picture)
    {
        var brightness = new float[picture.Width * picture.Height];
        for (var i = 0; i < brightness.Length; i++)
            brightness[i] = (0.299f * picture.Rgba[i * 4]) + (0.587f * picture.Rgba[(i * 4) + 1]) + (0.114f * picture.Rgba[(i * 4) + 2]);
        return brightness;
    }

    private static SliderReading Judge(double[] best, int left)
    {
        var at = Array.IndexOf(best, best.Max());
        if (double.IsNegativeInfinity(best[at]) || best[at] <= 0) return SliderReading.Refused(CaptchaRefusal.NothingSeen);
        var rival = 0.0;
        for (var x = 0; x < best.Length; x++)
            if (Math.Abs(x - at) > PeakWidth) rival = Math.Max(rival, best[x]);
        return new SliderReading(at - left, Math.Clamp((best[at] - rival) / best[at] * 2.5, 0, 1));
    }

    // The outline is cheap and goes first: where even a perfect content could not beat the row's best, the content is not looked at.
    private static double Score(float[] ground, int width, int height, SliderPiece part, int x, int y, double toBeat)
    {
        var step = Step(ground, width, height, part, x, y);
        if (part.Spread < PlainBelow) return step;
        return step + 1 <= toBeat ? toBeat : step + Math.Max(0, Likeness(ground, width, part, x, y));
    }

    private static double Step(float[] ground, int width, int height, SliderPiece part, int x, int y)
    {
        var (sum, squares, count) = (0.0, 0.0, 0);
        foreach (var pair in part.Outline)
        {
            var (outX, outY) = (x + pair.OutX, y + pair.OutY);
            if (outX < 0 || outY < 0 || outX >= width || outY >= height) continue;
            var difference = ground[((y + pair.InY) * width) + x + pair.InX] - ground[(outY * width) + outX];
            (sum, squares, count) = (sum + difference, squares + (difference * difference), count + 1);
        }
        if (count < part.Outline.Length / 2) return 0;
        var mean = sum / count;
        return Math.Abs(mean) / (Math.Abs(mean) + Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean))) + 4);
    }

    private static double Likeness(float[] ground, int width, SliderPiece part, int x, int y)
    {
        double a = 0, b = 0, aa = 0, bb = 0, ab = 0;
        foreach (var spot in part.Inside)
        {
            double seen = ground[((y + spot.Y) * width) + x + spot.X];
            (a, b, aa, bb, ab) = (a + seen, b + spot.Value, aa + (seen * seen), bb + (spot.Value * spot.Value), ab + (seen * spot.Value));
        }
        var n = part.Inside.Length;
        var spread = ((aa * n) - (a * a)) * ((bb * n) - (b * b));
        // A plain place correlates with nothing; without the bound its noise would.
        return spread <= (double)n * n * n * n ? 0 : ((ab * n) - (a * b)) / Math.Sqrt(spread);
    }
}
