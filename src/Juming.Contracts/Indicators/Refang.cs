namespace Juming.Contracts.Indicators;

/// <summary>Takes back what reports do to values so that nobody clicks them: hxxp, [.], (dot), [at], [:].</summary>
public static class Refang
{
    /// <summary>Writes the text with its marks undone; answers the length, which never grows.</summary>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> to)
    {
        var length = 0;
        for (var at = 0; at < text.Length;)
        {
            var rest = text[at..];
            if (at == 0 && Scheme(rest) is var scheme and > 0)
            {
                var secure = scheme == 5;
                (secure ? "https"u8 : "http"u8).CopyTo(to);
                length = scheme;
                at = scheme;
                continue;
            }
            if (Mark(rest, out var replacement) is var taken and > 0)
            {
                replacement.CopyTo(to[length..]);
                length += replacement.Length;
                at += taken;
                continue;
            }
            to[length++] = rest[0];
            at++;
        }
        return length;
    }

    private static int Scheme(ReadOnlySpan<byte> text)
    {
        if (text.Length < 5 || (text[0] | 0x20) != 'h' || (text[1] | 0x20) is not ('x' or 't' or '*') || (text[2] | 0x20) is not ('x' or 't' or '*') || (text[3] | 0x20) != 'p') return 0;
        var length = (text[4] | 0x20) == 's' ? 5 : 4;
        return text.Length > length && text[length] is (byte)':' or (byte)'[' ? length : 0;
    }

    private static int Mark(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        if (text[0] == '\\' && text.Length > 1 && text[1] == '.')
        {
            replacement = "."u8;
            return 2;
        }
        var close = text[0] switch { (byte)'[' => (byte)']', (byte)'(' => (byte)')', (byte)'{' => (byte)'}', _ => (byte)0 };
        if (close == 0) return 0;
        var end = text.IndexOf(close);
        if (end is < 2 or > 5) return 0;
        var inner = text[1..end];
        if (inner.SequenceEqual("."u8) || System.Text.Ascii.EqualsIgnoreCase(inner, "dot"u8)) replacement = "."u8;
        else if (inner.SequenceEqual("@"u8) || System.Text.Ascii.EqualsIgnoreCase(inner, "at"u8)) replacement = "@"u8;
        else if (inner.SequenceEqual(":"u8)) replacement = ":"u8;
        else if (inner.SequenceEqual("://"u8)) replacement = "://"u8;
        else if (inner.SequenceEqual("/"u8)) replacement = "/"u8;
        return replacement.IsEmpty ? 0 : end + 1;
    }
}
