using SkiaSharp;

namespace Juming.Testing.Farm;

/// <summary>The little picture of a vendor, the same in each version: a ring and a bar in colours that come from the console's name.</summary>
internal static class FarmIcon
{
    public static byte[] Draw(string name)
    {
        var dice = new Random(FarmAccounts.Number(name));
        SKColor Colour() => new((byte)dice.Next(30, 220), (byte)dice.Next(30, 220), (byte)dice.Next(30, 220));
        using var bitmap = new SKBitmap(16, 16);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Colour());
        using var ring = new SKPaint { Color = Colour(), Style = SKPaintStyle.Stroke, StrokeWidth = 2 };
        canvas.DrawCircle(8, 8, dice.Next(3, 7), ring);
        using var bar = new SKPaint { Color = Colour() };
        canvas.DrawRect(dice.Next(10), dice.Next(10), 5, 3, bar);
        canvas.Flush();
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return data.ToArray();
    }
}
