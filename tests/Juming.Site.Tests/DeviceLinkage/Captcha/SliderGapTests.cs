using Juming.Site.DeviceLinkage.Captcha;
using NUnit.Framework;
using SkiaSharp;

namespace Juming.Site.Tests.DeviceLinkage.Captcha;

[Category("S3")]
public sealed class SliderGapTests
{
    private const int Width = 300;
    private const int Height = 150;
    private const int Size = 46;

    private static readonly SKColor Dark = SKColors.Black.WithAlpha(140);

    [Test]
    public void The_piece_goes_where_it_was_cut_out([Range(1, 12)] int seed)
    {
        var (background, piece, x) = Draw(seed, Dark, tall: seed % 2 == 0);
        var reading = CaptchaReader.ReadSlider(background, piece);
        Assert.That(reading.X, Is.EqualTo(x).Within(1));
        Assert.That(reading.Confidence, Is.GreaterThan(CaptchaReader.SafeSliderConfidence));
    }

    [Test]
    public void A_gap_that_was_lightened_is_found_too([Range(1, 6)] int seed)
    {
        var (background, piece, x) = Draw(seed, SKColors.White.WithAlpha(150), tall: false);
        Assert.That(CaptchaReader.ReadSlider(background, piece).X, Is.EqualTo(x).Within(1));
    }

    [Test]
    public void A_piece_that_lies_on_the_background_is_not_its_own_gap()
    {
        var (background, piece, x) = Draw(3, Dark, tall: false, shown: true);
        Assert.That(CaptchaReader.ReadSlider(background, piece, after: Size).X, Is.EqualTo(x).Within(1));
    }

    [Test]
    public void Where_there_is_no_gap_nothing_is_certain()
    {
        var (_, piece, _) = Draw(1, Dark, tall: false);
        var (other, _, _) = Draw(2, SKColors.Transparent, tall: false);
        Assert.That(CaptchaReader.ReadSlider(other, piece).Confidence, Is.LessThan(CaptchaReader.SafeSliderConfidence));
    }

    [Test]
    public void A_piece_that_cannot_fit_is_refused()
    {
        var (background, piece, _) = Draw(1, Dark, tall: false);
        Assert.That(CaptchaReader.ReadSlider(piece, background).Refusal, Is.EqualTo(CaptchaRefusal.NothingSeen));
        Assert.That(CaptchaReader.ReadSlider(background, []).Refusal, Is.EqualTo(CaptchaRefusal.NotAPicture));
        using var clear = new SKBitmap(40, 40);
        Assert.That(CaptchaReader.ReadSlider(background, Pictures.Png(clear)).Refusal, Is.EqualTo(CaptchaRefusal.NothingSeen));
    }

    private static (byte[] Background, byte[] Piece, int X) Draw(int seed, SKColor gap, bool tall, bool shown = false)
    {
        var dice = new Random(seed);
        var (x, y) = (dice.Next(70, Width - Size - 4), dice.Next(6, Height - Size - 6));
        using var scene = new SKBitmap(Width, Height);
        using var canvas = new SKCanvas(scene);
        canvas.Clear(Colour(dice));
        for (var i = 0; i < 40; i++)
        {
            using var paint = new SKPaint { Color = Colour(dice).WithAlpha(150), IsAntialias = true };
            if (i % 2 == 0) canvas.DrawCircle(dice.Next(Width), dice.Next(Height), dice.Next(5, 40), paint);
            else canvas.DrawRect(dice.Next(Width), dice.Next(Height), dice.Next(10, 80), dice.Next(5, 40), paint);
        }
        using var outline = Outline();
        using var piece = new SKBitmap(Size, tall ? Height : Size);
        using (var cut = new SKCanvas(piece))
        {
            cut.Clear(SKColors.Transparent);
            cut.Translate(0, tall ? y : 0);
            cut.ClipPath(outline, antialias: true);
            cut.DrawBitmap(scene, -x, -y, SKSamplingOptions.Default);
            using var rim = new SKPaint { Color = SKColors.White.WithAlpha(200), Style = SKPaintStyle.Stroke, StrokeWidth = 2, IsAntialias = true };
            cut.DrawPath(outline, rim);
        }
        canvas.Translate(x, y);
        using (var fill = new SKPaint { Color = gap, IsAntialias = true }) canvas.DrawPath(outline, fill);
        canvas.ResetMatrix();
        if (shown) canvas.DrawBitmap(piece, 0, y, SKSamplingOptions.Default);
        canvas.Flush();
        return (Pictures.Png(scene), Pictures.Png(piece), x);
    }

    private static SKPath Outline()
    {
        using var builder = new SKPathBuilder();
        builder.AddRect(new SKRect(1, 12, Size - 1, Size - 1));
        builder.AddCircle(Size / 2f, 10, 8);
        return builder.Detach();
    }

    private static SKColor Colour(Random dice) => new((byte)dice.Next(40, 230), (byte)dice.Next(40, 230), (byte)dice.Next(40, 230));
}
