namespace Juming.Site.Collection.Receivers;

/// <summary>
/// Cuts a TCP stream into syslog messages (RFC 6587): octet counting when a frame begins with digits and a blank, otherwise line feed, with CR LF and
/// NUL tolerated. Decided frame by frame, because relays mix both on one connection; a count that can't be true is read as text.
/// </summary>
internal static class SyslogFraming
{
    /// <summary>Largest count that is believed.</summary>
    public const int MostCounted = 1024 * 1024;

    /// <summary>Finds the next message.</summary>
    /// <param name="buffer">Bytes received and not used yet.</param>
    /// <param name="message">The message without its framing; empty for an empty line.</param>
    /// <param name="used">Bytes to remove from the front; 0 when more bytes are needed.</param>
    public static bool TryRead(ReadOnlySpan<byte> buffer, out ReadOnlySpan<byte> message, out int used)
    {
        message = default;
        used = 0;
        if (buffer.IsEmpty) return false;
        if (buffer[0] is >= (byte)'1' and <= (byte)'9')
        {
            switch (ReadCounted(buffer, out message, out used))
            {
                case Counted.Yes: return true;
                case Counted.NeedMore: return false;
            }
        }
        var end = buffer.IndexOfAny((byte)'\n', (byte)0);
        if (end < 0) return false;
        message = buffer[..end];
        if (message.Length > 0 && message[^1] == (byte)'\r') message = message[..^1];
        used = end + 1;
        return true;
    }

    private enum Counted
    {
        No,
        NeedMore,
        Yes,
    }

    private static Counted ReadCounted(ReadOnlySpan<byte> buffer, out ReadOnlySpan<byte> message, out int used)
    {
        message = default;
        used = 0;
        var count = 0;
        var i = 0;
        for (; i < buffer.Length && buffer[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            count = (count * 10) + (buffer[i] - '0');
            if (count > MostCounted) return Counted.No;
        }
        if (i == buffer.Length) return i > 7 ? Counted.No : Counted.NeedMore;
        if (buffer[i] != (byte)' ') return Counted.No;
        // A counted frame holds a syslog message, and that begins with its priority; "2024 text" is a line.
        if (i + 1 < buffer.Length && buffer[i + 1] != (byte)'<') return Counted.No;
        if (buffer.Length < i + 1 + count) return Counted.NeedMore;
        message = buffer.Slice(i + 1, count);
        used = i + 1 + count;
        while (!message.IsEmpty && (message[^1] is (byte)'\n' or (byte)'\r')) message = message[..^1];
        return Counted.Yes;
    }
}
