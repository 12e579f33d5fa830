using System.Globalization;
using System.Text;

namespace Juming.Contracts.Indicators;

/// <summary>Domain names: lower-case A-labels without a trailing dot, at least two labels, the last of them not a number.</summary>
public static class DomainForm
{
    /// <summary>Longest name in bytes (RFC 1035 without the root's).</summary>
    public const int Longest = 253;

    private const int LongestLabel = 63;

    // Names of local networks and of protocols that resolve nothing outside; example and test names are left out for the sake of examples.
    private static readonly string[] Local = [".local", ".localhost", ".localdomain", ".lan", ".internal", ".intranet", ".home.arpa", ".invalid", ".arpa"];

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = false, AllowUnassigned = false };

    /// <summary>Writes the normal form of a name. Allocates nothing unless the name has letters beyond ASCII.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> text, Span<byte> to, out int length)
    {
        length = 0;
        if (text.Length > 0 && text[^1] == '.') text = text[..^1];
        if (text.Length is < 3 or > Longest * 4 || to.Length < Longest) return false;
        int label = 0, labels = 1;
        var allDigits = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c >= 0x80) return TryWriteIdn(text, to, out length);
            if (i >= Longest) return false;
            if (c == '.')
            {
                if (label == 0) return false;
                (label, allDigits, to[i]) = (0, true, c);
                labels++;
                continue;
            }
            if (char.IsAsciiLetterUpper((char)c)) c |= 0x20;
            else if (!char.IsAsciiLetterLower((char)c) && !char.IsAsciiDigit((char)c) && c is not ((byte)'-' or (byte)'_')) return false;
            if (++label > LongestLabel) return false;
            allDigits &= char.IsAsciiDigit((char)c);
            to[i] = c;
        }
        length = text.Length;
        return label > 0 && labels > 1 && !allDigits;
    }

    /// <summary>True for a name (in its normal form) that only a local network can know.</summary>
    public static bool IsLocal(string normal) => Array.Exists(Local, l => normal.EndsWith(l, StringComparison.Ordinal));

    private static bool TryWriteIdn(ReadOnlySpan<byte> text, Span<byte> to, out int length)
    {
        length = 0;
        try
        {
            var ascii = Idn.GetAscii(Encoding.UTF8.GetString(text));
            Span<byte> bytes = stackalloc byte[Longest + 2];
            // A name that still is not ASCII would come back here for ever.
            return ascii.Length <= Longest + 1 && Ascii.IsValid(ascii) && TryWrite(bytes[..Encoding.ASCII.GetBytes(ascii, bytes)], to, out length);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
