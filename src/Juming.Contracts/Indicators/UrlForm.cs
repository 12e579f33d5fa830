namespace Juming.Contracts.Indicators;

/// <summary>
/// URLs: scheme and host lower-case, http for https, no name and password, no default port, no fragment, dot segments resolved, percent signs only where they
/// are needed, the query in its order. Allocates nothing unless the host has letters beyond ASCII.
/// </summary>
public static class UrlForm
{
    /// <summary>Longest normal form in bytes.</summary>
    public const int Longest = 2048;

    private const int LongestScheme = 16;

    /// <summary>Writes the normal form of a URL with a scheme.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> text, Span<byte> to, out int length)
    {
        length = 0;
        if (to.Length < Longest || !TryScheme(ref text, to, out length, out var defaultPort)) return false;
        var end = text.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        var backslash = text.IndexOf((byte)'\\');
        if (backslash >= 0 && (end < 0 || backslash < end)) end = backslash;
        if (!TryAuthority(end < 0 ? text : text[..end], defaultPort, to, ref length)) return false;
        var rest = end < 0 ? [] : text[end..];
        if (rest.IndexOf((byte)'#') is >= 0 and var fragment) rest = rest[..fragment];
        var question = rest.IndexOf((byte)'?');
        var path = question < 0 ? rest : rest[..question];
        var begin = length;
        if (length >= Longest) return false;
        if (path.IsEmpty) to[length++] = (byte)'/';
        else if (!TryPart(path, isPath: true, to, ref length)) return false;
        length = begin + ResolveDots(to[begin..length]);
        return question < 0 || TryPart(rest[question..], isPath: false, to, ref length);
    }

    /// <summary>Where the host stands in a normal form, without brackets and port.</summary>
    public static Range HostOf(ReadOnlySpan<byte> normal)
    {
        var from = normal.IndexOf("://"u8) + 3;
        var rest = normal[from..];
        var end = rest.IndexOf((byte)'/');
        var authority = end < 0 ? rest : rest[..end];
        if (authority.Length > 0 && authority[0] == '[') return (from + 1)..(from + authority.IndexOf((byte)']'));
        var colon = authority.IndexOf((byte)':');
        return from..(from + (colon < 0 ? authority.Length : colon));
    }

    private static bool TryScheme(ref ReadOnlySpan<byte> text, Span<byte> to, out int length, out int port)
    {
        (length, port) = (0, 0);
        var end = text.IndexOf("://"u8);
        if (end is < 2 or > LongestScheme) return false;
        for (var i = 0; i < end; i++)
        {
            var c = (byte)(char.IsAsciiLetterUpper((char)text[i]) ? text[i] | 0x20 : text[i]);
            if (!char.IsAsciiLetterLower((char)c) && (i == 0 || (!char.IsAsciiDigit((char)c) && c is not ((byte)'+' or (byte)'-' or (byte)'.')))) return false;
            to[i] = c;
        }
        port = to[..end] switch { var s when s.SequenceEqual("http"u8) => 80, var s when s.SequenceEqual("https"u8) => 443, var s when s.SequenceEqual("ftp"u8) => 21, _ => 0 };
        text = text[(end + 3)..];
        if (port == 443) end--;
        "://"u8.CopyTo(to[end..]);
        length = end + 3;
        return true;
    }

    private static bool TryAuthority(ReadOnlySpan<byte> text, int defaultPort, Span<byte> to, ref int length)
    {
        if (text.LastIndexOf((byte)'@') is >= 0 and var at) text = text[(at + 1)..];
        var close = text.IndexOf((byte)']');
        var colon = text[(close + 1)..].IndexOf((byte)':');
        var host = colon < 0 ? text : text[..(close + 1 + colon)];
        if (host.Length > 1 && host[0] == '[' && close == host.Length - 1)
        {
            if (!NetAddress.TryRead(host[1..^1], out var address) || address.IsV4) return false;
            to[length++] = (byte)'[';
            length += address.Write(to[length..]);
            to[length++] = (byte)']';
        }
        else if (NetAddress.TryRead(host, out var address))
        {
            if (!address.IsV4) return false;
            length += address.Write(to[length..]);
        }
        else
        {
            if (!DomainForm.TryWrite(host, to[length..], out var name)) return false;
            length += name;
        }
        return colon < 0 || TryPort(text[(close + 2 + colon)..], defaultPort, to, ref length);
    }

    private static bool TryPort(ReadOnlySpan<byte> text, int defaultPort, Span<byte> to, ref int length)
    {
        var port = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit((char)c)) return false;
            port = (port * 10) + (c - '0');
            if (port > 65535) return false;
        }
        if (text.IsEmpty || port == defaultPort) return true;
        to[length++] = (byte)':';
        port.TryFormat(to[length..], out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        length += written;
        return true;
    }

    private static bool TryPart(ReadOnlySpan<byte> text, bool isPath, Span<byte> to, ref int length)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (length > Longest - 3) return false;
            var c = text[i];
            if (c < 0x20 || c == 0x7F) return false;
            if (c == '%' && i + 2 < text.Length && HexForm.Value(text[i + 1]) is >= 0 and var high && HexForm.Value(text[i + 2]) is >= 0 and var low)
            {
                i += 2;
                var decoded = (byte)((high << 4) | low);
                if (IsUnreserved(decoded)) to[length++] = decoded;
                else Percent(decoded, to, ref length);
            }
            // Browsers take a backslash for a slash.
            else if (c == '\\' && isPath) to[length++] = (byte)'/';
            else if (c is >= 0x80 or (byte)' ' or (byte)'%' or (byte)'"' or (byte)'<' or (byte)'>' or (byte)'`' or (byte)'{' or (byte)'}' or (byte)'|' or (byte)'^') Percent(c, to, ref length);
            else to[length++] = c;
        }
        return true;
    }

    private static void Percent(byte value, Span<byte> to, ref int length)
    {
        to[length++] = (byte)'%';
        to[length++] = "0123456789ABCDEF"u8[value >> 4];
        to[length++] = "0123456789ABCDEF"u8[value & 15];
    }

    private static bool IsUnreserved(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~';

    /// <summary>Resolves "." and ".." segments in place (RFC 3986, 5.2.4); answers the new length.</summary>
    private static int ResolveDots(Span<byte> path)
    {
        var length = 0;
        for (var at = 0; at < path.Length;)
        {
            var next = path[(at + 1)..].IndexOf((byte)'/');
            var end = next < 0 ? path.Length : at + 1 + next;
            var segment = path[(at + 1)..end];
            var isLast = next < 0;
            if (segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8))
            {
                if (segment.Length == 2 && length > 0) length = path[..length].LastIndexOf((byte)'/');
                if (isLast) path[length++] = (byte)'/';
            }
            else
            {
                path[at..end].CopyTo(path[length..]);
                length += end - at;
            }
            at = end;
        }
        return length;
    }
}
