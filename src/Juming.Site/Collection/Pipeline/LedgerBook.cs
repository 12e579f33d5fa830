using System.Collections.Concurrent;
using Juming.Site.Events;

namespace Juming.Site.Collection.Pipeline;

/// <summary>
/// Counts that wait for the next durable commit, and the running totals that the page and the metrics show.
/// Every received line ends in exactly one of: stored, dropped with a reason, in flight.
/// </summary>
internal sealed class LedgerBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Source, long Minute, string Reason), (long Count, long Bytes)> _waiting = [];
    private readonly ConcurrentDictionary<string, long> _totals = new(StringComparer.Ordinal);
    private long _inFlight;
    private long _stored;

    /// <summary>Lines handed over by receivers and not settled yet.</summary>
    public long InFlight => Interlocked.Read(ref _inFlight);

    /// <summary>Dropped lines by reason since the program started, "received" being all of them.</summary>
    public IReadOnlyDictionary<string, long> Totals => _totals;

    /// <summary>Lines entered the queue.</summary>
    public void Entered(int lines) => Interlocked.Add(ref _inFlight, lines);

    /// <summary>Lines left the queue, settled one way or the other.</summary>
    public void Left(int lines) => Interlocked.Add(ref _inFlight, -lines);

    /// <summary>Books lines that will never be stored: received and dropped in one breath.</summary>
    public void Dropped(int sourceId, long minute, string reason, long count, long bytes)
    {
        lock (_gate)
        {
            Book((sourceId, minute, LedgerReasons.Received), count, bytes);
            Book((sourceId, minute, reason), count, bytes);
        }
    }

    /// <summary>Lines stored since the program started; their booking is part of their own commit.</summary>
    public long StoredLines => Interlocked.Read(ref _stored);

    /// <summary>Counts lines whose commit is durable.</summary>
    public void CountStored(int lines) => Interlocked.Add(ref _stored, lines);

    /// <summary>Moves everything that waits into a commit.</summary>
    public void Take(List<LedgerDelta> into)
    {
        lock (_gate)
        {
            foreach (var (key, value) in _waiting) into.Add(new LedgerDelta(key.Source, key.Minute, key.Reason, value.Count, value.Bytes));
            _waiting.Clear();
        }
    }

    /// <summary>Puts a commit's counts back, when the commit was refused.</summary>
    public void PutBack(IEnumerable<LedgerDelta> deltas)
    {
        lock (_gate)
            foreach (var d in deltas) Add((d.SourceId, d.Minute, d.Reason), d.Count, d.Bytes);
    }

    /// <summary>True when counts wait for a commit.</summary>
    public bool HasWaiting
    {
        get { lock (_gate) return _waiting.Count > 0; }
    }

    private void Book((int, long, string Reason) key, long count, long bytes)
    {
        Add(key, count, bytes);
        _totals.AddOrUpdate(key.Reason, count, (_, old) => old + count);
    }

    private void Add((int, long, string) key, long count, long bytes)
    {
        _waiting.TryGetValue(key, out var old);
        _waiting[key] = (old.Count + count, old.Bytes + bytes);
    }
}

/// <summary>Stable codes of the ledger.</summary>
internal static class LedgerReasons
{
    public const string Received = "received";
    public const string Stored = "stored";

    /// <summary>The queue was full and the transport can't wait.</summary>
    public const string QueueFull = "queue-full";

    /// <summary>The kernel's receive buffer was full.</summary>
    public const string KernelUdp = "kernel-udp";

    /// <summary>The disk guard refused.</summary>
    public const string DiskFull = "disk-full";

    /// <summary>A person muted the sender.</summary>
    public const string Muted = "muted";

    /// <summary>In flight when the program was killed.</summary>
    public const string LostInCrash = "lost-in-crash";

    /// <summary>The store failed for a reason that is in the program's own log.</summary>
    public const string StoreFailed = "store-failed";
}
