using System.Buffers;
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

    private static readonly SearchValues<byte> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = false, AllowUnassigned = false };

    /// <summary>Writes the normal form of a name. Allocates nothing unless the name has letters beyond ASCII.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> text, Span<byte> to, out int length)
    {
        length = 0;
        if (text.Length > 0 && text[^1] == '.') text = text[..^1];
        if (text.Length < 3 || to.Length < Longest) return false;
        if (text.Length > Longest || text.IndexOfAnyExcept(Plain) >= 0)
        {
            if (!Ascii.IsValid(text)) return text.Length <= Longest * 4 && TryWriteIdn(text, to, out length);
            if (text.Length > Longest || Ascii.ToLower(text, to, out _) != OperationStatus.Done || to[..text.Length].IndexOfAnyExcept(Plain) >= 0) return false;
        }
        else text.CopyTo(to);
        if (!HasLabels(to[..text.Length])) return false;
        length = text.Length;
        return true;
    }

    /// <summary>Two labels at least, none empty or too long, the last not a number.</summary>
    private static bool HasLabels(ReadOnlySpan<byte> name)
    {
        var label = 0;
        var labels = 1;
        foreach (var c in name)
        {
            if (c != '.')
            {
                label++;
                continue;
            }
            if ((uint)(label - 1) >= LongestLabel) return false;
            label = 0;
            labels++;
        }
        return labels > 1 && (uint)(label - 1) < LongestLabel && name[^label..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0;
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
