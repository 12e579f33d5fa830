namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>Turns a picture into what the network was trained on: the distance of each pixel from the ground's colour, 120 x 40.</summary>
/// <remarks>The same as <c>features</c> in Training/pictures.py; a change here is a change there.</remarks>
internal static class CaptchaFeatures
{
    public const int Width = 120;
    public const int Height = 40;

    // A picture with less contrast than this is noise, and must not be stretched into shapes.
    private const int LeastContrast = 32;

    /// <summary>One value from 0 to 1 for each pixel, row by row.</summary>
    public static float[] Of(CaptchaPixels picture)
    {
        var far = Distance(OnWhite(picture), picture.Width * picture.Height);
        var across = Shrink(far, picture.Width, picture.Height, Width);
        var down = Shrink(Turn(across, Width, picture.Height), picture.Height, Width, Height);
        var features = new float[Width * Height];
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++) features[(y * Width) + x] = down[(x * Height) + y] / 255f;
        return features;
    }

    private static byte[] OnWhite(CaptchaPixels picture)
    {
        var rgb = new byte[picture.Width * picture.Height * 3];
        for (var i = 0; i < picture.Width * picture.Height; i++)
        {
            var alpha = picture.Rgba[(i * 4) + 3];
            for (var c = 0; c < 3; c++) rgb[(i * 3) + c] = (byte)(((picture.Rgba[(i * 4) + c] * alpha) + (255 * (255 - alpha)) + 127) / 255);
        }
        return rgb;
    }

    private static byte[] Distance(byte[] rgb, int count)
    {
        Span<int> ground = [Median(rgb, 0, count), Median(rgb, 1, count), Median(rgb, 2, count)];
        var far = new byte[count];
        var most = 0;
        for (var i = 0; i < count; i++)
        {
            var distance = 0;
            for (var c = 0; c < 3; c++) distance = Math.Max(distance, Math.Abs(rgb[(i * 3) + c] - ground[c]));
            far[i] = (byte)distance;
            most = Math.Max(most, distance);
        }
        var stretch = 255f / Math.Max(LeastContrast, most);
        for (var i = 0; i < count; i++) far[i] = (byte)(far[i] * stretch);
        return far;
    }

    private static int Median(byte[] rgb, int channel, int count)
    {
        Span<int> seen = stackalloc int[256];
        seen.Clear();
        for (var i = 0; i < count; i++) seen[rgb[(i * 3) + channel]]++;
        var (below, value) = (0, 0);
        while ((below += seen[value]) * 2 <= count) value++;
        return value;
    }

    private static byte[] Turn(byte[] pixels, int width, int height)
    {
        var turned = new byte[pixels.Length];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++) turned[(x * height) + y] = pixels[(y * width) + x];
        return turned;
    }

    // Each row is resampled with a triangle as wide as the shrinking asks for, so that thin strokes fade instead of vanishing.
    private static byte[] Shrink(byte[] pixels, int width, int rows, int wanted)
    {
        var scale = (double)width / wanted;
        var reach = Math.Max(1.0, scale);
        var result = new byte[wanted * rows];
        var weights = new double[(int)Math.Ceiling(reach) * 2 + 2];
        for (var x = 0; x < wanted; x++)
        {
            var centre = (x + 0.5) * scale;
            var from = Math.Max(0, (int)(centre - reach + 0.5));
            var to = Math.Min(width, (int)(centre + reach + 0.5));
            var total = 0.0;
            for (var i = from; i < to; i++) total += weights[i - from] = Math.Max(0, 1 - Math.Abs((i - centre + 0.5) / reach));
            for (var row = 0; row < rows; row++)
            {
                var sum = 0.0;
                for (var i = from; i < to; i++) sum += weights[i - from] * pixels[(row * width) + i];
                result[(row * wanted) + x] = (byte)((sum / total) + 0.5);
            }
        }
        return result;
    }
}
