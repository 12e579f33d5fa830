using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Juming.Site.Events;

namespace Juming.Site.Collection.Pipeline;

/// <summary>
/// Counts that wait for the next durable commit, and the running balance by sender. Receivers count what they take, the pipeline what the store
/// took and what was dropped; nobody derives one from the other, so a line that is lost on the way is a difference here.
/// </summary>
internal sealed class LedgerBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Source, long Minute, string Reason), (long Count, long Bytes)> _waiting = [];
    private readonly Dictionary<int, SourceBalance> _balances = [];
    private readonly ConcurrentDictionary<string, long> _totals = new(StringComparer.Ordinal);
    private long _inFlight;
    private long _stored;
    private long _gaveBack;

    /// <summary>Lines in the queue, in the store's hands or at the matchers.</summary>
    public long InFlight => Interlocked.Read(ref _inFlight);

    /// <summary>Lines since the program started by reason: "received" as the receivers counted them, given back or not, and what was dropped.</summary>
    public IReadOnlyDictionary<string, long> Totals => _totals;

    /// <summary>Lines entered the queue.</summary>
    public void Entered(int lines) => Interlocked.Add(ref _inFlight, lines);

    /// <summary>Lines left the queue, settled one way or the other.</summary>
    public void Left(int lines) => Interlocked.Add(ref _inFlight, -lines);

    /// <summary>A receiver took lines from its socket, file or request; they are in flight until they are stored or dropped.</summary>
    public void Received(int sourceId, long minute, long count, long bytes)
    {
        lock (_gate)
        {
            Book((sourceId, minute, LedgerReasons.Received), count, bytes);
            ref var balance = ref BalanceOf(sourceId);
            balance.Received += count;
            balance.InFlight += count;
        }
    }

    /// <summary>Received lines will never be stored.</summary>
    public void Dropped(int sourceId, long minute, string reason, long count, long bytes)
    {
        lock (_gate)
        {
            Book((sourceId, minute, reason), count, bytes);
            ref var balance = ref BalanceOf(sourceId);
            balance.Dropped += count;
            balance.InFlight -= count;
        }
    }

    /// <summary>Received lines are given back to a sender that keeps a copy (a file, an HTTP client): they come again, and count as received only then.</summary>
    public void GaveBack(int sourceId, long minute, long count, long bytes)
    {
        lock (_gate)
        {
            Add((sourceId, minute, LedgerReasons.Received), -count, -bytes);
            ref var balance = ref BalanceOf(sourceId);
            balance.Received -= count;
            balance.InFlight -= count;
        }
        Interlocked.Add(ref _gaveBack, count);
    }

    /// <summary>Lines given back since the program started.</summary>
    public long GivenBack => Interlocked.Read(ref _gaveBack);

    /// <summary>Lines were lost before a receiver saw them: received and dropped in one breath.</summary>
    public void Missed(int sourceId, long minute, string reason, long count, long bytes)
    {
        Received(sourceId, minute, count, bytes);
        Dropped(sourceId, minute, reason, count, bytes);
    }

    /// <summary>Books one side for lines of an earlier run of the program; the running balance has nothing of them.</summary>
    public void Correct(int sourceId, long minute, string reason, long count)
    {
        lock (_gate)
        {
            if (reason == LedgerReasons.Received) Add((sourceId, minute, reason), count, 0);
            else Book((sourceId, minute, reason), count, 0);
        }
    }

    /// <summary>Lines stored since the program started; their booking is part of their own commit.</summary>
    public long StoredLines => Interlocked.Read(ref _stored);

    /// <summary>A commit is durable.</summary>
    /// <param name="stored">What the store took, as the commit booked it.</param>
    /// <param name="handed">What was handed to it, by sender and minute.</param>
    public void Stored(ReadOnlySpan<LedgerDelta> stored, Dictionary<(int Source, long Minute), (int Lines, long Bytes)> handed)
    {
        long lines = 0;
        lock (_gate)
        {
            foreach (var delta in stored)
            {
                BalanceOf(delta.SourceId).Stored += delta.Count;
                lines += delta.Count;
            }
            foreach (var (key, sum) in handed) BalanceOf(key.Source).InFlight -= sum.Lines;
        }
        Interlocked.Add(ref _stored, lines);
    }

    /// <summary>Since the program started, by sender, all of one moment.</summary>
    public IReadOnlyDictionary<int, SourceBalance> Balances
    {
        get { lock (_gate) return new Dictionary<int, SourceBalance>(_balances); }
    }

    /// <summary>Lines of all senders that the balance does not explain; 0 unless the program has a fault.</summary>
    public long Imbalance
    {
        get { lock (_gate) return _balances.Values.Sum(b => Math.Abs(b.Imbalance)); }
    }

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

    /// <summary>Counts that wait for a commit.</summary>
    public IReadOnlyList<LedgerDelta> Waiting
    {
        get { lock (_gate) return [.. _waiting.Select(w => new LedgerDelta(w.Key.Source, w.Key.Minute, w.Key.Reason, w.Value.Count, w.Value.Bytes))]; }
    }

    /// <summary>True when counts wait for a commit.</summary>
    public bool HasWaiting
    {
        get { lock (_gate) return _waiting.Count > 0; }
    }

    private ref SourceBalance BalanceOf(int sourceId) => ref CollectionsMarshal.GetValueRefOrAddDefault(_balances, sourceId, out _);

    private void Book((int, long, string Reason) key, long count, long bytes)
    {
        Add(key, count, bytes);
        _totals.AddOrUpdate(key.Reason, static (_, n) => n, static (_, old, n) => old + n, count);
    }

    private void Add((int, long, string) key, long count, long bytes)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_waiting, key, out _);
        sum = (sum.Count + count, sum.Bytes + bytes);
    }
}

/// <summary>One sender's lines since the program started.</summary>
internal struct SourceBalance
{
    /// <summary>As its receiver counted them.</summary>
    public long Received;

    /// <summary>As the store took them.</summary>
    public long Stored;

    /// <summary>With a reason in the ledger.</summary>
    public long Dropped;

    /// <summary>Taken by a receiver, not yet stored or dropped.</summary>
    public long InFlight;

    /// <summary>What is not explained.</summary>
    public readonly long Imbalance => Received - Stored - Dropped - InFlight;
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

    /// <summary>Part of a message beyond the longest one, or bytes whose framing made no sense.</summary>
    public const string Framing = "framing";
}
