using System.Globalization;
using System.Text;

namespace Juming.Site.Ssh.Session;

/// <summary>
/// What a host wrote, as text that can be stored and shown: bytes that are no UTF-8 as \xNN, control characters as their pictures, marks that turn the direction of text as
/// \uNNNN. Nothing is lost and nothing acts.
/// </summary>
internal static class RemoteText
{
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var isWhole = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isWhole) Append(text, rune);
            else
                foreach (var single in bytes[..length]) text.Append(CultureInfo.InvariantCulture, $"\\x{single:X2}");
            bytes = bytes[length..];
        }
        return text.Replace("␍\n", "\n").ToString();
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        if (rune.Value is '\n' or '\t') text.Append((char)rune.Value);
        else if (rune.Value < ' ') text.Append((char)(0x2400 + rune.Value));
        else if (rune.Value == 0x7F) text.Append('␡');
        else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
        else text.Append(rune.ToString());
    }

    /// <summary>The first characters of a text.</summary>
    public static string Head(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)] + "…";
}
