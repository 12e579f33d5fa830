namespace Juming.Site.Collection.Formats;

/// <summary>The time that a device writes at the head of its message, behind the header of the relay that sent it on.</summary>
internal static class PayloadTime
{
    private const int Head = 128;
    private const long Day = 86_400_000_000;

    /// <summary>Takes a full date and clock among the first 128 bytes of the message as the event's time, unless a format has read one since <paramref name="before"/>.</summary>
    /// <param name="to">The event.</param>
    /// <param name="from">Where the message begins.</param>
    /// <param name="before">Time of the event before its message was read, in microseconds.</param>
    public static void Take(in EventWriter to, int from, long before)
    {
        if (to.Batch.Current.Time != before) return;
        var text = to.Raw[from..].TrimStart((byte)' ');
        // A clock is hh:mm:ss: without two colons three bytes apart there is nothing to read.
        var head = text[..Math.Min(text.Length, Head)];
        if (head.Count((byte)':') < 2) return;
        var named = text.Length > 4 && text[3] == (byte)' ' && LineTime.MonthOf(text) == 0 ? text[4..] : text;
        if (named.Length > 16 && LineTime.ReadMonthName(named, to.Source.Zone, to.Received, out var micros, out _) > 0 && IsPast(to, micros))
        {
            to.Time(micros);
            return;
        }
        for (var at = 0; at + 19 <= head.Length; at++)
        {
            if (head[at] is not ((byte)'1' or (byte)'2') || (at > 0 && head[at - 1] is >= (byte)'0' and <= (byte)'9')) continue;
            if (LineTime.ReadIso(text[at..], to.Source.Zone, out micros, out _) == 0) continue;
            if (IsPast(to, micros)) to.Time(micros);
            return;
        }
    }

    // What lies in the future is an expiry or a plan, not when something happened.
    private static bool IsPast(in EventWriter to, long micros) => micros > 0 && micros < to.Received + Day;
}
