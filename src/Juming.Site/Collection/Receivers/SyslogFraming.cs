namespace Juming.Site.Collection.Receivers;

/// <summary>What is known of the bytes behind those that have arrived.</summary>
internal enum StreamState
{
    /// <summary>More may be on the way.</summary>
    Flowing,

    /// <summary>The sender made a pause: a frame that is whole is not waiting for anything.</summary>
    Paused,

    /// <summary>No more will come: what is there is the last message.</summary>
    Ended,
}

/// <summary>
/// Cuts a TCP stream into syslog messages (RFC 6587): octet counting when a frame begins with digits and a blank, otherwise line feed, with CR LF and
/// NUL tolerated. Decided frame by frame, because relays mix both on one connection. A count is believed when what follows its frame can begin the
/// next one; a count that lies is read as text, so that it swallows no other message.
/// </summary>
internal static class SyslogFraming
{
    /// <summary>Longest message kept whole, in bytes.</summary>
    public const int MostMessage = 64 * 1024;

    /// <summary>Bytes that must have arrived before a message counts as too long: the longest frame with its count and the byte after it.</summary>
    public const int MostWaiting = MostMessage + 8;

    // A longer count has no end in sight that is worth waiting for.
    private const int MostCounted = 16 * 1024 * 1024;
    private const int MostDigits = 8;

    /// <summary>Finds the next message.</summary>
    /// <param name="buffer">Bytes received and not used yet.</param>
    /// <param name="state">What may follow. However a flowing stream is cut into reads, the same messages come out.</param>
    /// <param name="message">The message without its framing; empty for an empty line.</param>
    /// <param name="used">Bytes to remove from the front; 0 when more bytes are needed.</param>
    /// <param name="rest">Bytes that follow and belong to the same message, which is too long to be kept whole; usually 0.</param>
    public static bool TryRead(ReadOnlySpan<byte> buffer, StreamState state, out ReadOnlySpan<byte> message, out int used, out int rest)
    {
        message = default;
        (used, rest) = (0, 0);
        if (buffer.IsEmpty) return false;
        if (buffer[0] is >= (byte)'1' and <= (byte)'9')
        {
            switch (ReadCounted(buffer, state, out message, out used, out rest))
            {
                case Counted.Yes: return true;
                case Counted.NeedMore: return false;
            }
        }
        var end = buffer.IndexOfAny((byte)'\n', (byte)0);
        if (end < 0 && state != StreamState.Ended) return false;
        message = end < 0 ? buffer : buffer[..end];
        if (message.Length > 0 && message[^1] == (byte)'\r') message = message[..^1];
        used = end < 0 ? buffer.Length : end + 1;
        return true;
    }

    /// <summary>True when a byte can follow a counted frame: the next count, a line without one, or a line end outside the count.</summary>
    public static bool CanFollow(byte next) => next is (>= (byte)'1' and <= (byte)'9') or (byte)'<' or (byte)'\n' or (byte)'\r' or 0;

    /// <summary>True when the stream seems to be counted where it stands, and so has no line feeds to find a way back by.</summary>
    public static bool LooksCounted(ReadOnlySpan<byte> buffer) => ReadCount(buffer, out _, out var at) && at < buffer.Length && buffer[at] == (byte)'<';

    private enum Counted
    {
        No,
        NeedMore,
        Yes,
    }

    private static Counted ReadCounted(ReadOnlySpan<byte> buffer, StreamState state, out ReadOnlySpan<byte> message, out int used, out int rest)
    {
        message = default;
        (used, rest) = (0, 0);
        if (!ReadCount(buffer, out var count, out var at)) return Counted.No;
        // A counted frame holds a syslog message, and that begins with its priority; "2024 text" is a line.
        if (at >= buffer.Length) return state == StreamState.Ended ? Counted.No : Counted.NeedMore;
        if (buffer[at] != (byte)'<') return Counted.No;
        var here = buffer[at..];
        if (count > MostMessage || (here.Length < count && state == StreamState.Ended)) return ReadPart(here, at, count, state, out message, out used, out rest);
        if (here.Length < count) return Counted.NeedMore;
        message = here[..count];
        var believed = Believe(message, here[count..], state);
        if (believed != Counted.Yes) return believed;
        used = at + count;
        while (!message.IsEmpty && (message[^1] is (byte)'\n' or (byte)'\r')) message = message[..^1];
        return Counted.Yes;
    }

    /// <summary>The head of a message that is longer than what is kept, or that the end of the connection cut.</summary>
    private static Counted ReadPart(ReadOnlySpan<byte> here, int at, int count, StreamState state, out ReadOnlySpan<byte> message, out int used, out int rest)
    {
        message = default;
        (used, rest) = (0, 0);
        if (HoldsMore(here[..Math.Min(here.Length, MostMessage)])) return Counted.No;
        if (state != StreamState.Ended && here.Length <= MostMessage) return Counted.NeedMore;
        message = here[..Math.Min(Math.Min(here.Length, count), MostMessage + 1)];
        used = at + message.Length;
        rest = count - message.Length;
        return Counted.Yes;
    }

    private static bool ReadCount(ReadOnlySpan<byte> buffer, out int count, out int at)
    {
        (count, at) = (0, 0);
        if (buffer.IsEmpty || buffer[0] is < (byte)'1' or > (byte)'9') return false;
        for (; at < buffer.Length && buffer[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            if (at == MostDigits) return false;
            count = (count * 10) + (buffer[at] - '0');
        }
        if (count > MostCounted || (at < buffer.Length && buffer[at] != (byte)' ')) return false;
        at++;
        return true;
    }

    private static Counted Believe(ReadOnlySpan<byte> message, ReadOnlySpan<byte> after, StreamState state)
    {
        if (after.IsEmpty) return state == StreamState.Flowing ? Counted.NeedMore : Counted.Yes;
        if (after[0] is >= (byte)'1' and <= (byte)'9') return Counted.Yes;
        if (!CanFollow(after[0])) return Counted.No;
        // Some senders end a counted frame with a line feed of its own, and relays mix in uncounted lines; then a frame of several lines is more
        // likely a count that runs over the messages behind it.
        if (message.TrimEnd("\r\n"u8).IndexOf((byte)'\n') < 0) return Counted.Yes;
        if (after[0] != (byte)'\n') return Counted.No;
        if (after.Length == 1) return state == StreamState.Flowing ? Counted.NeedMore : Counted.Yes;
        return after[1] is >= (byte)'1' and <= (byte)'9' ? Counted.Yes : Counted.No;
    }

    private static bool HoldsMore(ReadOnlySpan<byte> text)
    {
        for (int at; (at = text.IndexOf("\n<"u8)) >= 0; text = text[(at + 2)..])
            if (at + 2 < text.Length && text[at + 2] is >= (byte)'0' and <= (byte)'9') return true;
        return false;
    }
}
