using SkiaSharp;

namespace Juming.Testing.Farm.Captchas;

/// <summary>A captcha as a device shows it. <paramref name="Text"/> is what stands on the picture, <paramref name="Answer"/> what a person types.</summary>
public sealed record CaptchaPicture(byte[] Png, string Text, string Answer);

/// <summary>The part that all drawn captchas share: paper, glyphs one by one, noise.</summary>
internal sealed class CaptchaCanvas : IDisposable
{
    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;
    private readonly Random _dice;

    public CaptchaCanvas(int width, int height, Random dice)
    {
        _bitmap = new SKBitmap(width, height);
        _canvas = new SKCanvas(_bitmap);
        _dice = dice;
        _canvas.Clear(new SKColor((byte)dice.Next(225, 256), (byte)dice.Next(225, 256), (byte)dice.Next(225, 256)));
    }

    /// <summary>Glyphs from left to right, each turned, lifted and coloured by chance.</summary>
    public void Write(string text, Func<char, SKTypeface> face, float size, float turn)
    {
        var step = (_bitmap.Width - 12f) / text.Length;
        for (var i = 0; i < text.Length; i++)
        {
            using var font = new SKFont(face(text[i]), size * (0.9f + _dice.NextSingle() * 0.2f));
            using var paint = new SKPaint { IsAntialias = true, Color = Ink() };
            var wide = font.MeasureText(text[i].ToString());
            _canvas.Save();
            _canvas.Translate(6 + step * (i + 0.5f) + (_dice.NextSingle() - 0.5f) * step * 0.15f, _bitmap.Height / 2f + (_dice.NextSingle() - 0.5f) * 6);
            _canvas.RotateDegrees((_dice.NextSingle() * 2 - 1) * turn);
            _canvas.DrawText(text[i].ToString(), -wide / 2, size * 0.36f, SKTextAlign.Left, font, paint);
            _canvas.Restore();
        }
    }

    public void Lines(int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var paint = new SKPaint { IsAntialias = true, Color = Ink(), Style = SKPaintStyle.Stroke, StrokeWidth = 0.8f + _dice.NextSingle() * 0.8f };
            using var path = new SKPathBuilder();
            path.MoveTo(_dice.Next(_bitmap.Width / 4), _dice.Next(_bitmap.Height));
            path.CubicTo(_dice.Next(_bitmap.Width), _dice.Next(_bitmap.Height), _dice.Next(_bitmap.Width), _dice.Next(_bitmap.Height), _bitmap.Width - _dice.Next(_bitmap.Width / 4), _dice.Next(_bitmap.Height));
            using var line = path.Detach();
            _canvas.DrawPath(line, paint);
        }
    }

    public void Dots(int count)
    {
        for (var i = 0; i < count; i++) _bitmap.SetPixel(_dice.Next(_bitmap.Width), _dice.Next(_bitmap.Height), Ink());
    }

    public byte[] Png()
    {
        _canvas.Flush();
        using var data = _bitmap.Encode(SKEncodedImageFormat.Png, 90);
        return data.ToArray();
    }

    public void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
    }

    private SKColor Ink() => new((byte)_dice.Next(20, 150), (byte)_dice.Next(20, 150), (byte)_dice.Next(20, 150));
}
