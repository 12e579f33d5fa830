namespace Juming.Testing.Farm.Captchas;

/// <summary>Characters with noise lines, the most common kind. Without the ones that people confuse, as most devices do.</summary>
public static class TextCaptcha
{
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>Draws one.</summary>
    public static CaptchaPicture Draw(Random dice, int length = 4, int width = 110, int height = 38)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(_ => Letters[dice.Next(Letters.Length)]));
        using var canvas = new CaptchaCanvas(width, height, dice);
        canvas.Dots(width * height / 40);
        var face = CaptchaFonts.Latin(dice);
        canvas.Write(text, _ => face, height * 0.68f, turn: 22);
        canvas.Lines(dice.Next(2, 5));
        return new CaptchaPicture(canvas.Png(), text, text);
    }
}
