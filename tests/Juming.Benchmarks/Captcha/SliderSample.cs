using SkiaSharp;

namespace Juming.Benchmarks.Captcha;

/// <summary>A slider captcha whose answer is known.</summary>
/// <param name="Background">The picture with the gap.</param>
/// <param name="Piece">The piece.</param>
/// <param name="X">Where the piece's left edge belongs.</param>
internal sealed record SliderSample(byte[] Background, byte[] Piece, int X)
{
    private const int Width = 320;
    private const int Height = 160;

    /// <summary>Draws one: another landscape, outline, size and kind of gap for each seed.</summary>
    public static SliderSample Draw(int seed)
    {
        var dice = new Random(seed);
        var size = dice.Next(40, 60);
        var (x, y) = (dice.Next(size + 10, Width - size - 4), dice.Next(4, Height - size - 4));
        using var scene = Scene(dice);
        using var outline = Outline(dice.Next(3), size);
        var tall = dice.Next(2) == 0;
        using var piece = new SKBitmap(size, tall ? Height : size);
        using (var canvas = new SKCanvas(piece))
        {
            canvas.Clear(SKColors.Transparent);
            canvas.Translate(0, tall ? y : 0);
            canvas.ClipPath(outline, antialias: true);
            canvas.DrawBitmap(scene, -x, -y, SKSamplingOptions.Default);
            using var rim = Stroke(SKColors.White.WithAlpha(200), 2);
            canvas.DrawPath(outline, rim);
        }
        using (var canvas = new SKCanvas(scene))
        {
            canvas.Translate(x, y);
            using var gap = new SKPaint { IsAntialias = true, Color = Gap(dice) };
            canvas.DrawPath(outline, gap);
            using var rim = Stroke(SKColors.White.WithAlpha((byte)dice.Next(60, 160)), 1);
            canvas.DrawPath(outline, rim);
        }
        return new SliderSample(Png(scene), Png(piece), x);
    }

    // Darkened, lightened, or filled so that nothing of the picture is left.
    private static SKColor Gap(Random dice) => dice.Next(3) switch
    {
        0 => SKColors.Black.WithAlpha((byte)dice.Next(90, 180)),
        1 => SKColors.White.WithAlpha((byte)dice.Next(100, 190)),
        _ => new SKColor(40, 40, 40),
    };

    private static SKPath Outline(int shape, int size)
    {
        using var builder = new SKPathBuilder();
        var knob = size * 0.15f;
        if (shape == 1) builder.AddCircle(size / 2f, size / 2f, size / 2f - 1);
        else builder.AddRect(new SKRect(1, shape == 2 ? knob * 2 : 1, size - 1, size - 1));
        using var body = builder.Detach();
        if (shape != 2) return new SKPath(body);
        using var knobs = new SKPathBuilder();
        knobs.AddCircle(size / 2f, knob * 2, knob);
        using var top = knobs.Detach();
        return body.Op(top, SKPathOp.Union)!;
    }

    private static SKBitmap Scene(Random dice)
    {
        var scene = new SKBitmap(Width, Height);
        using var canvas = new SKCanvas(scene);
        using (var sky = SKShader.CreateLinearGradient(new SKPoint(0, 0), new SKPoint(dice.Next(Width), Height), [Colour(dice), Colour(dice)], SKShaderTileMode.Clamp))
        using (var paint = new SKPaint { Shader = sky }) canvas.DrawRect(0, 0, Width, Height, paint);
        for (var i = 0; i < 40; i++)
        {
            using var paint = new SKPaint { IsAntialias = true, Color = Colour(dice).WithAlpha((byte)dice.Next(60, 220)) };
            if (i % 3 == 0) canvas.DrawRect(dice.Next(Width), dice.Next(Height), dice.Next(8, 90), dice.Next(4, 50), paint);
            else canvas.DrawOval(dice.Next(Width), dice.Next(Height), dice.Next(4, 40), dice.Next(4, 30), paint);
        }
        return scene;
    }

    private static SKPaint Stroke(SKColor colour, float width) => new() { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = width, Color = colour };

    private static SKColor Colour(Random dice) => new((byte)dice.Next(20, 240), (byte)dice.Next(20, 240), (byte)dice.Next(20, 240));

    private static byte[] Png(SKBitmap bitmap)
    {
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
