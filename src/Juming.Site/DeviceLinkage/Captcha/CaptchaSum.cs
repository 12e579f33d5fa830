using System.Globalization;

namespace Juming.Site.DeviceLinkage.Captcha;

/// <summary>A sum as captchas write it: digits or Chinese numerals, two numbers and one sign.</summary>
/// <param name="Answer">The result.</param>
/// <param name="Length">How many characters from the start carry it; what follows is "equals" in some form.</param>
internal readonly record struct CaptchaSum(int Answer, int Length)
{
    private const string Numerals = "零一二三四五六七八九";
    private const string FormalNumerals = "零壹贰叁肆伍陆柒捌玖";

    // Two-character signs first, so that the shorter one does not hide them.
    private static readonly (string Word, char Sign)[] Signs =
    [
        ("加上", '+'), ("减去", '-'), ("乘以", '×'), ("除以", '÷'), ("加", '+'), ("减", '-'), ("乘", '×'), ("除", '÷'),
        ("+", '+'), ("-", '-'), ("−", '-'), ("×", '×'), ("x", '×'), ("X", '×'), ("*", '×'), ("÷", '÷'), ("/", '÷'),
    ];

    private static readonly string[] Endings = ["", "=", "=?", "?", "等于", "等于几", "等于?", "等于=?", "=几"];

    /// <summary>The signs that make a text a sum even when nobody said that it is one.</summary>
    public const string Marks = "+-×÷=*/加减乘除等";

    /// <summary>Reads a sum; null when it is none, or has no whole result.</summary>
    public static CaptchaSum? Parse(ReadOnlySpan<char> text)
    {
        var at = 0;
        if (Number(text, ref at) is not { } left || Sign(text, ref at) is not { } sign || Number(text, ref at) is not { } right) return null;
        var rest = text[at..].ToString().Replace('？', '?').Replace('＝', '=');
        if (!Endings.Contains(rest, StringComparer.Ordinal)) return null;
        return sign switch
        {
            '+' => new CaptchaSum(left + right, at),
            '-' => new CaptchaSum(left - right, at),
            '×' => new CaptchaSum(left * right, at),
            _ when right != 0 && left % right == 0 => new CaptchaSum(left / right, at),
            _ => null,
        };
    }

    /// <summary>The result as it is typed.</summary>
    public override string ToString() => Answer.ToString(CultureInfo.InvariantCulture);

    private static char? Sign(ReadOnlySpan<char> text, ref int at)
    {
        foreach (var (word, sign) in Signs)
        {
            if (!text[at..].StartsWith(word, StringComparison.Ordinal)) continue;
            at += word.Length;
            return sign;
        }
        return null;
    }

    // At most four digits: longer ones are no captcha, and their product has to fit.
    private static int? Number(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        var value = 0;
        while (at < text.Length && at - start < 4 && char.IsAsciiDigit(text[at])) value = (value * 10) + (text[at++] - '0');
        return at > start ? value : Chinese(text, ref at);
    }

    // 七, 十, 十二, 二十, 二十三, in both ways of writing.
    private static int? Chinese(ReadOnlySpan<char> text, ref int at)
    {
        var first = One(text, at);
        if (first is not null) at++;
        if (at >= text.Length || text[at] is not ('十' or '拾')) return first;
        at++;
        var last = One(text, at);
        if (last is not null) at++;
        return ((first ?? 1) * 10) + (last ?? 0);
    }

    private static int? One(ReadOnlySpan<char> text, int at)
    {
        if (at >= text.Length) return null;
        var value = Numerals.IndexOf(text[at], StringComparison.Ordinal);
        if (value < 0) value = FormalNumerals.IndexOf(text[at], StringComparison.Ordinal);
        return value < 0 ? null : value;
    }
}
