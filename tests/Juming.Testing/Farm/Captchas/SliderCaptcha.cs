using SkiaSharp;

namespace Juming.Testing.Farm.Captchas;

/// <summary>A picture with a gap and the piece that fits: the piece is pushed right by <paramref name="X"/> pixels. <paramref name="Y"/> is the piece's top edge.</summary>
public sealed record SliderPicture(byte[] Background, byte[] Piece, int X, int Y, int Width, int Height, int PieceSize);

/// <summary>Draws a landscape of shapes, cuts a piece out of it and darkens the gap.</summary>
public static class SliderCaptcha
{
    /// <summary>Draws one.</summary>
    public static SliderPicture Draw(Random dice, int width = 300, int height = 150, int size = 48)
    {
        using var whole = Landscape(dice, width, height);
        var (x, y) = (dice.Next(width / 4, width - size - 12), dice.Next(8, height - size - 8));
        using var outline = Outline(size);
        using var piece = new SKBitmap(size, size);
        using (var canvas = new SKCanvas(piece))
        {
            canvas.Clear(SKColors.Transparent);
            canvas.ClipPath(outline, antialias: true);
            canvas.DrawBitmap(whole, -x, -y, SKSamplingOptions.Default);
            using var edge = new SKPaint { Color = SKColors.White.WithAlpha(200), Style = SKPaintStyle.Stroke, StrokeWidth = 2, IsAntialias = true };
            canvas.DrawPath(outline, edge);
        }
        using (var canvas = new SKCanvas(whole))
        {
            canvas.Translate(x, y);
            using var gap = new SKPaint { Color = SKColors.Black.WithAlpha((byte)dice.Next(110, 170)), IsAntialias = true };
            canvas.DrawPath(outline, gap);
            using var edge = new SKPaint { Color = SKColors.White.WithAlpha(120), Style = SKPaintStyle.Stroke, StrokeWidth = 1, IsAntialias = true };
            canvas.DrawPath(outline, edge);
        }
        return new SliderPicture(Png(whole), Png(piece), x, y, width, height, size);
    }

    private static SKBitmap Landscape(Random dice, int width, int height)
    {
        var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        using var sky = SKShader.CreateLinearGradient(new SKPoint(0, 0), new SKPoint(width, height), [Colour(dice), Colour(dice), Colour(dice)], SKShaderTileMode.Clamp);
        using (var paint = new SKPaint { Shader = sky }) canvas.DrawRect(0, 0, width, height, paint);
        for (var i = 0; i < 26; i++)
        {
            using var paint = new SKPaint { Color = Colour(dice).WithAlpha((byte)dice.Next(70, 190)), IsAntialias = true };
            if (i % 2 == 0) canvas.DrawCircle(dice.Next(width), dice.Next(height), dice.Next(6, 38), paint);
            else canvas.DrawRect(dice.Next(width), dice.Next(height), dice.Next(10, 80), dice.Next(4, 40), paint);
        }
        return bitmap;
    }

    // A square with a knob on top and a hole on the right, as everybody knows it.
    private static SKPath Outline(int size)
    {
        var (knob, edge) = (size * 0.16f, size * 0.2f);
        using var square = Path(p => p.AddRect(new SKRect(0, edge, size - edge / 2, size)));
        using var top = Path(p => p.AddCircle(size * 0.42f, edge, knob));
        using var hole = Path(p => p.AddCircle(size - edge / 2, size * 0.6f, knob));
        using var both = square.Op(top, SKPathOp.Union);
        return both.Op(hole, SKPathOp.Difference);
    }

    private static SKPath Path(Action<SKPathBuilder> draw)
    {
        using var path = new SKPathBuilder();
        draw(path);
        return path.Detach();
    }

    private static SKColor Colour(Random dice) => new((byte)dice.Next(40, 230), (byte)dice.Next(40, 230), (byte)dice.Next(40, 230));

    private static byte[] Png(SKBitmap bitmap)
    {
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return data.ToArray();
    }
}
