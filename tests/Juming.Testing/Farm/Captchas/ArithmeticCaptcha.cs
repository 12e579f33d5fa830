using System.Globalization;

namespace Juming.Testing.Farm.Captchas;

/// <summary>A small sum, in digits or in Chinese numerals, the formal ones included.</summary>
public static class ArithmeticCaptcha
{
    private const string Plain = "零一二三四五六七八九";
    private const string Formal = "零壹贰叁肆伍陆柒捌玖";

    /// <summary>Draws one; <paramref name="chinese"/> null leaves it to chance.</summary>
    public static CaptchaPicture Draw(Random dice, bool? chinese = null, int width = 130, int height = 40)
    {
        var (left, right) = (dice.Next(1, 10), dice.Next(1, 10));
        var sign = dice.Next(3);
        if (sign == 1 && left < right) (left, right) = (right, left);
        var answer = sign switch { 0 => left + right, 1 => left - right, _ => left * right };
        var numerals = dice.Next(2) == 0 ? Plain : Formal;
        var text = chinese ?? dice.Next(3) == 0
            ? $"{numerals[left]}{(sign switch { 0 => "加", 1 => "减", _ => "乘" })}{numerals[right]}等于?"
            : $"{left}{(sign switch { 0 => "+", 1 => "-", _ => "×" })}{right}=?";
        using var canvas = new CaptchaCanvas(width, height, dice);
        canvas.Dots(width * height / 60);
        var (latin, han) = (CaptchaFonts.Latin(dice), CaptchaFonts.Han(dice));
        canvas.Write(text, c => c > 0x2000 ? han : latin, height * 0.6f, turn: 10);
        // Strokes of 一 and 二 drown in more than one line.
        canvas.Lines(text.Length > 5 ? 1 : dice.Next(1, 3));
        return new CaptchaPicture(canvas.Png(), text, answer.ToString(CultureInfo.InvariantCulture));
    }
}
