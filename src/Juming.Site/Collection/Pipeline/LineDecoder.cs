using System.Text;
using System.Text.Unicode;
using Juming.Site.Events;

namespace Juming.Site.Collection.Pipeline;

/// <summary>
/// Makes UTF-8 of a line that is not: a device that cut its datagram inside a character, GB18030, or both charsets on one line, as a relay makes them
/// that puts its own header before a device's text. Bytes that no charset explains are read as Latin-1, so that none is lost.
/// </summary>
internal static class LineDecoder
{
    private static readonly Encoding Gb18030 = MakeGb18030();

    /// <summary>True when the line must be decoded before it is read.</summary>
    public static bool IsNeeded(ReadOnlySpan<byte> line, string? pinned) => pinned is null or "utf-8" ? !Utf8.IsValid(line) : !Ascii.IsValid(line);

    /// <summary>The line in UTF-8.</summary>
    /// <param name="line">The line as it was sent.</param>
    /// <param name="pinned">The charset that its sender is known to write, or null to find out.</param>
    /// <param name="flags">Takes what was found: cut, GB18030, or bytes that had to be replaced.</param>
    public static byte[] Decode(ReadOnlySpan<byte> line, string? pinned, ref EventFlags flags)
    {
        if (pinned == "latin1") return Latin1(line, ref flags);
        if (pinned == "gb18030") return TryGb18030(line, ref flags) ?? Latin1(line, ref flags);
        var whole = line[..^IncompleteEnd(line)];
        if (whole.Length < line.Length && Utf8.IsValid(whole) && !Ascii.IsValid(whole))
        {
            flags |= EventFlags.Truncated;
            return whole.ToArray();
        }
        if (pinned is null && !HasUtf8(line) && TryGb18030(line, ref flags) is { } decoded) return decoded;
        return ByRuns(line, pinned is null, ref flags);
    }

    /// <summary>Bytes at the end that begin a character of UTF-8 and do not end it.</summary>
    private static int IncompleteEnd(ReadOnlySpan<byte> line)
    {
        for (var back = 1; back <= 3 && back <= line.Length; back++)
        {
            var lead = line[^back];
            if ((lead & 0xC0) == 0x80) continue;
            var length = lead switch { >= 0xC2 and < 0xE0 => 2, >= 0xE0 and < 0xF0 => 3, >= 0xF0 and < 0xF5 => 4, _ => 1 };
            return length > back ? back : 0;
        }
        return 0;
    }

    /// <summary>True when some run of bytes beyond ASCII is UTF-8 with a character of three bytes or more: two-byte characters of both charsets look alike.</summary>
    private static bool HasUtf8(ReadOnlySpan<byte> line)
    {
        for (var at = 0; at < line.Length;)
        {
            var start = line[at..].IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (start < 0) return false;
            var run = RunFrom(line[(at + start)..]);
            if (IsUtf8(run)) return true;
            at += start + run.Length;
        }
        return false;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> run) => run.IndexOfAnyInRange((byte)0xE0, (byte)0xF4) >= 0 && Utf8.IsValid(run);

    private static ReadOnlySpan<byte> RunFrom(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyInRange((byte)0, (byte)0x7F);
        return end < 0 ? text : text[..end];
    }

    private static byte[] ByRuns(ReadOnlySpan<byte> line, bool mayBeGb18030, ref EventFlags flags)
    {
        // No byte grows to more than two in Latin-1, nor to more in GB18030, whose characters have two bytes or four.
        var text = new byte[line.Length * 2];
        var used = 0;
        for (var at = 0; at < line.Length;)
        {
            var plain = line[at..].IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (plain != 0)
            {
                var ascii = plain < 0 ? line[at..] : line.Slice(at, plain);
                ascii.CopyTo(text.AsSpan(used));
                used += ascii.Length;
                at += ascii.Length;
                continue;
            }
            var run = RunFrom(line[at..]);
            if (IsUtf8(run))
            {
                run.CopyTo(text.AsSpan(used));
                used += run.Length;
            }
            else
            {
                run = WithTrail(line[at..], run.Length);
                var decoded = mayBeGb18030 ? TryGb18030(run, ref flags) : null;
                decoded ??= Latin1(run, ref flags);
                decoded.CopyTo(text, used);
                used += decoded.Length;
            }
            at += run.Length;
        }
        return text[..used];
    }

    /// <summary>The run, longer by the bytes of its last GB18030 character that look like ASCII.</summary>
    private static ReadOnlySpan<byte> WithTrail(ReadOnlySpan<byte> text, int run)
    {
        var at = 0;
        while (at < run)
        {
            if (at + 1 >= text.Length) return text[..run];
            at += text[at + 1] is >= (byte)'0' and <= (byte)'9' && at + 3 < text.Length ? 4 : 2;
        }
        return text[..Math.Min(at, text.Length)];
    }

    private static byte[] Latin1(ReadOnlySpan<byte> bytes, ref EventFlags flags)
    {
        flags |= EventFlags.LossyText;
        return Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(bytes));
    }

    private static byte[]? TryGb18030(ReadOnlySpan<byte> bytes, ref EventFlags flags)
    {
        try
        {
            var decoded = Encoding.UTF8.GetBytes(Gb18030.GetString(bytes));
            flags |= EventFlags.Gb18030;
            return decoded;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static Encoding MakeGb18030()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
    }
}
