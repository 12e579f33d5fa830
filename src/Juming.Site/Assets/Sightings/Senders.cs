using System.Collections.Concurrent;

namespace Juming.Site.Assets.Sightings;

/// <summary>
/// Tells which senders speak for themselves: a machine that sends its own syslog names one host, a relay names many. Only after some time and lines
/// under one name is a sender's address that host's; one other name makes it a relay for good.
/// </summary>
/// <param name="addressOf">Address of a sender, or null.</param>
internal sealed class Senders(Func<int, string?> addressOf)
{
    private const int EnoughLines = 20;
    private const int MostSenders = 100_000;
    private const long Probation = 10L * 60 * 1_000_000;

    private readonly ConcurrentDictionary<int, Sender> _senders = new();

    /// <summary>The address of a sender that is the host it names, canonical; null for relays and for those not yet known well enough.</summary>
    /// <param name="source">Number of the sender.</param>
    /// <param name="host">Hash of the host name.</param>
    /// <param name="received">Receipt, microseconds since 1970 UTC.</param>
    public string? OwnAddress(int source, ulong host, long received)
    {
        if (source == 0) return null;
        if (!_senders.TryGetValue(source, out var sender))
        {
            if (_senders.Count >= MostSenders) return null;
            sender = _senders.GetOrAdd(source, new Sender(host, received));
        }
        if (sender.IsRelay) return null;
        if (sender.Host != host)
        {
            sender.IsRelay = true;
            return null;
        }
        // Workers count without a lock: a line more or less does not matter.
        if (sender.Lines < EnoughLines) sender.Lines++;
        if (sender.Lines < EnoughLines || received - sender.Since < Probation) return null;
        return sender.Address ??= addressOf(source) is { } address ? Identity.Address(address) ?? "" : "";
    }

    private sealed class Sender(ulong host, long since)
    {
        public ulong Host { get; } = host;
        public long Since { get; } = since;
        public int Lines { get; set; }
        public bool IsRelay { get; set; }
        public string? Address { get; set; }
    }
}
