using System.Text;

namespace Juming.Shell.Palette;

/// <summary>First letters of the pinyin of common Chinese characters: GB 2312 puts its 3,755 level-1 characters in the order of their pinyin.</summary>
internal static class PinyinInitials
{
    private const string Letters = "abcdefghjklmnopqrstwxyz";

    // First code of each letter in level 1, in the order of the letters above (no syllable begins with i, u or v).
    private static readonly int[] Starts =
    [
        0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8, 0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
    ];

    private const int End = 0xD7F9;

    private static readonly Encoding Gb = CodePagesEncodingProvider.Instance.GetEncoding("gb2312")!;

    /// <summary>The initials; letters and digits stay, anything else falls out.</summary>
    public static string Of(string text)
    {
        var initials = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                initials.Append(char.ToLowerInvariant(c));
                continue;
            }
            var bytes = Gb.GetBytes([c]);
            if (bytes.Length != 2) continue;
            var code = (bytes[0] << 8) | bytes[1];
            if (code < Starts[0] || code > End) continue;
            var at = Array.BinarySearch(Starts, code);
            initials.Append(Letters[at >= 0 ? at : ~at - 1]);
        }
        return initials.ToString();
    }
}
