using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>
/// What a correlation remembers: per group the events within the window, in order of event time. Bounded in groups and in entries per group; the group
/// that was longest without an event goes first, and is counted. Called by several workers at once: groups are spread over shards with a lock each.
/// </summary>
/// <param name="spec">The correlation.</param>
/// <param name="places">Number of rules that it correlates.</param>
/// <param name="live">Receipt tells how time goes on; otherwise event time does, as in a replay of the past.</param>
internal sealed class CorrelationState(SigmaCorrelation spec, int places, bool live = false)
{
    /// <summary>Most groups of one correlation.</summary>
    public const int MaxGroups = 65_536;

    /// <summary>Most events that a match names.</summary>
    public const int MostEvents = 16;

    /// <summary>How late an event may come and still be put in its place, microseconds.</summary>
    public const long Tolerance = 5 * 60 * 1_000_000L;

    private const int ShardCount = 16;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard())];
    private readonly CorrelationShape _shape = new(spec, places);
    private long _now;
    private long _evicted;
    private long _late;
    private long _tooLate;

    private sealed class Shard
    {
        public readonly Lock Gate = new();
        public readonly Dictionary<UInt128, CorrelationGroup> Groups = [];
        public readonly PriorityQueue<CorrelationGroup, long> Closing = new();

        // The ring of groups by use; after its head comes the one that was longest without an event.
        private readonly CorrelationGroup _head = new();

        public Shard() => _head.Before = _head.After = _head;

        public CorrelationGroup? Oldest => ReferenceEquals(_head.After, _head) ? null : _head.After;

        public void PutLast(CorrelationGroup group)
        {
            (group.Before, group.After) = (_head.Before, _head);
            _head.Before.After = group;
            _head.Before = group;
        }

        public static void TakeOut(CorrelationGroup group) => (group.Before.After, group.After.Before) = (group.After, group.Before);
    }

    /// <summary>The condition can only be judged when a window ends: it asks for few, for an exact count or for a range.</summary>
    public bool ClosesWindows => _shape.ClosesWindows;

    /// <summary>The newest time by its clock, microseconds since 1970 UTC.</summary>
    public long Now => Interlocked.Read(ref _now);

    /// <summary>Groups in memory.</summary>
    public int Groups => _shards.Sum(s => s.Groups.Count);

    /// <summary>Groups that were dropped for want of room.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>Events that came too late for their place, so that their receipt was taken.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Events that were left out because their receipt was out of place too.</summary>
    public long TooLate => Interlocked.Read(ref _tooLate);

    /// <summary>Takes an event.</summary>
    /// <param name="key">Identity of its group.</param>
    /// <param name="values">Makes the group's values; called when the group is new.</param>
    /// <param name="place">Which of the correlated rules it matched.</param>
    /// <param name="time">Event time, microseconds since 1970 UTC.</param>
    /// <param name="receipt">Receipt, likewise.</param>
    /// <param name="id">Identity of the event.</param>
    /// <param name="value">Hash of its value, for counts of values.</param>
    /// <param name="number">Its number, for sums, averages and percentiles.</param>
    /// <param name="found">Called for what holds now, outside of the lock.</param>
    public void Add(UInt128 key, Func<string[]> values, int place, long time, long receipt, Guid id, ulong value, double number, Action<Finding> found)
    {
        var now = live ? receipt : time;
        var shard = _shards[(int)(key >> 64) & (ShardCount - 1)];
        Finding? closed = null, held = null;
        lock (shard.Gate)
        {
            var group = Touch(shard, key, values, now);
            var late = false;
            if (group.Entries.Count > 0 && time < group.Newest - _shape.Span - Tolerance)
            {
                if (receipt < group.Newest - _shape.Span - Tolerance)
                {
                    Interlocked.Increment(ref _tooLate);
                    return;
                }
                (time, late) = (receipt, true);
                Interlocked.Increment(ref _late);
            }
            if (ClosesWindows && group.Entries.Count > 0 && time > group.EndsAt) closed = JudgeWhole(group);
            var at = group.Insert(new CorrelationEntry { Time = time, Value = value, Number = number, Count = 1, Place = place, Late = late, Event = id }, _shape);
            if (!ClosesWindows) held = Judge(group, at);
            else if (group.Entries.Count == 1)
            {
                (group.EndsAt, group.ClosesAt) = (time + _shape.Span, now + _shape.Span);
                shard.Closing.Enqueue(group, group.ClosesAt);
            }
            _shape.Trim(group);
        }
        if (now > Interlocked.Read(ref _now)) Interlocked.Exchange(ref _now, now);
        if (closed is { } c) found(c);
        if (held is { } n) found(n);
    }

    /// <summary>Judges windows that have ended by a time, less the tolerance for late events.</summary>
    /// <param name="until">Time, microseconds since 1970 UTC; null for the newest one seen.</param>
    /// <param name="found">Called for what holds.</param>
    public void Close(long? until, Action<Finding> found)
    {
        if (!ClosesWindows) return;
        var limit = (until ?? Interlocked.Read(ref _now)) - Tolerance;
        var findings = new List<Finding>();
        foreach (var shard in _shards)
            lock (shard.Gate)
                while (shard.Closing.TryPeek(out var group, out var at) && at <= limit)
                {
                    shard.Closing.Dequeue();
                    if (group.ClosesAt == at && JudgeWhole(group) is { } finding) findings.Add(finding);
                }
        foreach (var finding in findings) found(finding);
    }

    /// <summary>A window that meets the condition.</summary>
    public readonly record struct Finding(string[] Group, long First, long Last, double Figure, Guid[] Events, bool Late);

    private CorrelationGroup Touch(Shard shard, UInt128 key, Func<string[]> values, long now)
    {
        if (shard.Groups.TryGetValue(key, out var group))
        {
            group.TouchedAt = Math.Max(group.TouchedAt, now);
            Shard.TakeOut(group);
            shard.PutLast(group);
            return group;
        }
        // Two go for one that comes, so that the outdated ones get fewer; the second one's memory serves the new group.
        for (var i = 0; i < 2 && shard.Oldest is { } oldest; i++)
        {
            var outdated = oldest.TouchedAt < Interlocked.Read(ref _now) - 2 * (_shape.Span + Tolerance);
            if (!outdated && shard.Groups.Count < MaxGroups / ShardCount) break;
            if (!outdated) Interlocked.Increment(ref _evicted);
            Shard.TakeOut(oldest);
            shard.Groups.Remove(oldest.Key);
            oldest.ClosesAt = long.MinValue;
            group = oldest;
        }
        group ??= new CorrelationGroup();
        group.Reset(key, values(), now);
        shard.PutLast(group);
        shard.Groups[key] = group;
        return group;
    }

    /// <summary>Looks at the windows that hold the new entry; with events in order that is one window, the newest, whose count and sum are known.</summary>
    private Finding? Judge(CorrelationGroup group, int at)
    {
        var entries = group.Entries;
        var time = entries[at].Time;
        var newest = entries.Count - 1;
        var isNewest = entries[newest].Time == time;
        var first = isNewest ? 0 : group.LowerBound(time - _shape.Span);
        long count = 0;
        double sum = 0;
        for (var i = first; !isNewest && i < at; i++) (count, sum) = (count + entries[i].Count, sum + entries[i].Number);
        for (var last = isNewest ? newest : at; last <= newest && entries[last].Time - time <= _shape.Span; last++)
        {
            if (isNewest) (first, count, sum) = group.NewestWindow(_shape.Span);
            else
            {
                (count, sum) = (count + entries[last].Count, sum + entries[last].Number);
                // Of entries with the same time the last one ends the window.
                if (last < newest && entries[last + 1].Time == entries[last].Time) continue;
                for (; entries[last].Time - entries[first].Time > _shape.Span; first++) (count, sum) = (count - entries[first].Count, sum - entries[first].Number);
            }
            if (entries[last].Time < group.QuietUntil || _shape.Judge(_shape.Figure(group, first, last, count, sum)) is not { } figure) continue;
            group.QuietUntil = entries[last].Time + _shape.Span;
            return Found(group, first, last, figure);
        }
        return null;
    }

    private Finding? JudgeWhole(CorrelationGroup group)
    {
        group.ClosesAt = long.MinValue;
        if (group.Entries.Count == 0) return null;
        var last = group.Entries.Count - 1;
        double sum = 0;
        foreach (var entry in group.Entries) sum += entry.Number;
        Finding? found = _shape.Judge(_shape.Figure(group, 0, last, group.Total, sum)) is { } figure ? Found(group, 0, last, figure) : null;
        group.Clear();
        return found;
    }

    private static Finding Found(CorrelationGroup group, int first, int last, double figure)
    {
        var entries = group.Entries;
        var count = last - first + 1;
        var events = new List<Guid>(Math.Min(count, MostEvents));
        var late = false;
        for (var i = 0; i < count; i++)
        {
            late |= entries[first + i].Late;
            if (count <= MostEvents || i < MostEvents / 2 || i >= count - MostEvents / 2) events.Add(entries[first + i].Event);
        }
        return new Finding(group.Values, entries[first].Time, entries[last].Time, figure, [.. events], late);
    }
}
