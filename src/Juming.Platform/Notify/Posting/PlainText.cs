using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Juming.Platform.Notify.Posting;

/// <summary>Makes values harmless that somebody else chose: they are shown in messengers and mail programs that find links and marks in any text.</summary>
internal static partial class PlainText
{
    /// <summary>Longest value in a message, in characters.</summary>
    public const int LongestShown = 300;

    /// <summary>
    /// One line without control characters, directions and invisible characters; addresses of web pages can't be pressed any more, and marks
    /// of HTML and Markdown links are their full-width likenesses.
    /// </summary>
    public static string Harmless(string value)
    {
        var text = new StringBuilder(Math.Min(value.Length, LongestShown + 8));
        foreach (var rune in value.EnumerateRunes())
        {
            if (text.Length >= LongestShown)
            {
                text.Append('…');
                break;
            }
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) text.Append(' ');
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned || IsInvisible(rune)) continue;
            else if (Marks.IndexOf((char)rune.Value) is >= 0 and var at && rune.IsBmp) text.Append(Likenesses[at]);
            else text.Append(rune.ToString());
        }
        return Scheme().Replace(text.ToString(), m => m.Value[0] is 'h' or 'H' ? "hxxp" + (m.Value.Length > 7 ? "s" : "") + "[:]//" : m.Value[..^3] + "[:]//");
    }

    /// <summary>Cuts to a number of characters, never inside one.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most) return text;
        var end = char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
        return text[..end];
    }

    /// <summary>Cuts to a number of bytes of UTF-8, never inside a character, with a note at its end that something was cut.</summary>
    public static string CutBytes(string text, int most, string note)
    {
        if (Encoding.UTF8.GetByteCount(text) <= most) return text;
        var room = most - Encoding.UTF8.GetByteCount(note);
        var bytes = 0;
        var end = 0;
        while (end < text.Length && Rune.DecodeFromUtf16(text.AsSpan(end), out var rune, out var length) is OperationStatus.Done or OperationStatus.InvalidData)
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > room) break;
            end += length;
        }
        return text[..end] + note;
    }

    private const string Marks = "<>[]`";
    private const string Likenesses = "＜＞［］｀";

    // Hangul fillers and the like have letters' categories and no look.
    private static bool IsInvisible(Rune rune) => rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x034F or 0x2800 or >= 0xFE00 and <= 0xFE0F or >= 0xE0100 and <= 0xE01EF;

    [GeneratedRegex(@"[A-Za-z][A-Za-z0-9+.\-]{0,20}://")]
    private static partial Regex Scheme();
}
