namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>Finds the gap that a piece was cut from, by what is left of the picture in the gap and by the step in brightness around it.</summary>
/// <remarks>
/// A gap that was darkened or lightened is still the piece's content times a factor plus a constant, which correlation does not see.
/// A gap that was filled has lost it and is plain. In both cases inside and outside differ all around, and in the same direction.
/// </remarks>
internal static class SliderGap
{
    private const int MostPixels = 360_000;

    // A spread of brightness (of 255) of this size is half way between a filled gap and content.
    private const double Plain = 3;

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
        return new SliderReading(Middle(best, at) - left, Math.Clamp((best[at] - rival) / best[at] * 2, 0, 1));
    }

    // The outline fits almost as well a pixel or two aside, so the top of the peak is flat: its middle is the place.
    private static int Middle(double[] best, int at)
    {
        var (sum, weight) = (0.0, 0.0);
        for (var x = Math.Max(0, at - PeakWidth); x <= Math.Min(best.Length - 1, at + PeakWidth); x++)
        {
            var height = Math.Max(0, best[x] - (0.9 * best[at]));
            (sum, weight) = (sum + (x * height), weight + height);
        }
        return (int)Math.Round(sum / weight);
    }

    // The outline is cheap and goes first: where even perfect content could not beat the best so far, the content is not looked at.
    private static double Score(float[] ground, int width, int height, SliderPiece part, int x, int y, double toBeat)
    {
        var step = Step(ground, width, height, part, x, y);
        return step * 2 <= toBeat ? toBeat : step * (1 + Content(ground, width, part, x, y));
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

    // 1 where the place holds the piece's content, or no content at all.
    private static double Content(float[] ground, int width, SliderPiece part, int x, int y)
    {
        double a = 0, b = 0, aa = 0, bb = 0, ab = 0;
        foreach (var spot in part.Inside)
        {
            double seen = ground[((y + spot.Y) * width) + x + spot.X];
            (a, b, aa, bb, ab) = (a + seen, b + spot.Value, aa + (seen * seen), bb + (spot.Value * spot.Value), ab + (seen * spot.Value));
        }
        var n = part.Inside.Length;
        var (seenSpread, ownSpread) = (Spread(a, aa, n), Spread(b, bb, n));
        var plain = Plain / (Plain + seenSpread);
        return seenSpread * ownSpread < 1 ? plain : Math.Max(plain, ((ab / n) - (a / n * (b / n))) / (seenSpread * ownSpread));
    }

    private static double Spread(double sum, double squares, int n) => Math.Sqrt(Math.Max(0, (squares / n) - (sum / n * (sum / n))));
}
