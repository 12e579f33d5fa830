using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>
/// What a correlation remembers: per group the events within the window, in order of event time. Bounded in groups and in events per group; the group
/// that was longest without an event goes first, and is counted. Called by several workers at once: groups are spread over shards with a lock each.
/// </summary>
internal sealed class CorrelationState(SigmaCorrelation spec, int places)
{
    /// <summary>Most groups of one correlation.</summary>
    public const int MaxGroups = 65_536;

    /// <summary>Most events that a match names.</summary>
    public const int MostEvents = 16;

    /// <summary>Most events of a group that are kept; older ones go first.</summary>
    public const int MaxEntries = 4096;

    /// <summary>How late an event may come and still be put in its place, microseconds.</summary>
    public const long Tolerance = 5 * 60 * 1_000_000L;

    private const int ShardCount = 16;
    private const int MaxPerPlace = 64;

    private readonly Shard[] _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard())];
    private readonly long _span = (long)spec.Timespan.TotalMicroseconds;
    private readonly bool _sums = spec.Kind is CorrelationKind.ValueSum or CorrelationKind.ValueAverage or CorrelationKind.ValuePercentile;
    private readonly int _keep = Keep(spec);
    private long _newest;
    private long _evicted;
    private long _late;
    private long _tooLate;

    /// <summary>An event of a group. Kept small: there are as many as events that match within the window.</summary>
    private struct Entry
    {
        public long Time;

        /// <summary>Hash of the value where values are counted, bits of the number where numbers are summed.</summary>
        public ulong Value;

        public int Place;
        public bool Late;
        public Guid Event;

        public readonly double Number => BitConverter.UInt64BitsToDouble(Value);
    }

    private sealed class Group
    {
        public readonly List<Entry> Entries = new(1);
        public UInt128 Key;
        public string[] Values = [];
        public long Newest;
        public long QuietUntil;
        public long ClosesAt;
        public Group Before = null!;
        public Group After = null!;
    }

    private sealed class Shard
    {
        public readonly Lock Gate = new();
        public readonly Dictionary<UInt128, Group> Groups = [];
        public readonly PriorityQueue<Group, long> Closing = new();
        public double[] Numbers = new double[64];

        // The ring of groups by use; after its head comes the one that was longest without an event.
        private readonly Group _head = new();

        public Shard() => _head.Before = _head.After = _head;

        public Group? Oldest => ReferenceEquals(_head.After, _head) ? null : _head.After;

        public void PutLast(Group group)
        {
            (group.Before, group.After) = (_head.Before, _head);
            _head.Before.After = group;
            _head.Before = group;
        }

        public static void TakeOut(Group group) => (group.Before.After, group.After.Before) = (group.After, group.Before);
    }

    /// <summary>The condition can only be judged when a window ends: it asks for few, for an exact count or for a range.</summary>
    public bool ClosesWindows { get; } = spec.Criteria.Any(c => c.Comparison is not (Comparison.Greater or Comparison.GreaterOrEqual));

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
        var shard = _shards[(int)(key >> 64) & (ShardCount - 1)];
        Finding? closed = null, now = null;
        lock (shard.Gate)
        {
            var group = Touch(shard, key, values);
            var late = false;
            if (group.Entries.Count > 0 && time < group.Newest - _span - Tolerance)
            {
                if (receipt < group.Newest - _span - Tolerance)
                {
                    Interlocked.Increment(ref _tooLate);
                    return;
                }
                (time, late) = (receipt, true);
                Interlocked.Increment(ref _late);
            }
            if (ClosesWindows) closed = CloseBefore(shard, group, time);
            var at = Insert(group, new Entry { Time = time, Value = _sums ? BitConverter.DoubleToUInt64Bits(number) : value, Place = place, Late = late, Event = id });
            if (ClosesWindows)
            {
                if (group.Entries.Count == 1)
                {
                    group.ClosesAt = time + _span;
                    shard.Closing.Enqueue(group, group.ClosesAt);
                }
            }
            else now = Judge(shard, group, at);
            Trim(group);
        }
        if (time > Interlocked.Read(ref _newest)) Interlocked.Exchange(ref _newest, time);
        if (closed is { } c) found(c);
        if (now is { } n) found(n);
    }

    /// <summary>Judges windows that have ended by a time, less the tolerance for late events.</summary>
    /// <param name="until">Time, microseconds since 1970 UTC; null for the newest event time seen.</param>
    /// <param name="found">Called for what holds.</param>
    public void Close(long? until, Action<Finding> found)
    {
        if (!ClosesWindows) return;
        var limit = (until ?? Interlocked.Read(ref _newest)) - Tolerance;
        var findings = new List<Finding>();
        foreach (var shard in _shards)
            lock (shard.Gate)
                while (shard.Closing.TryPeek(out var group, out var at) && at <= limit)
                {
                    shard.Closing.Dequeue();
                    if (group.ClosesAt == at && JudgeWhole(shard, group) is { } finding) findings.Add(finding);
                }
        foreach (var finding in findings) found(finding);
    }

    /// <summary>A window that meets the condition.</summary>
    public readonly record struct Finding(string[] Group, long First, long Last, double Figure, Guid[] Events, bool Late);

    private static int Keep(SigmaCorrelation spec)
    {
        // Above a threshold further events change nothing, so a count keeps only as many as it takes.
        if (spec.Kind is not (CorrelationKind.EventCount or CorrelationKind.ValueCount) || spec.Criteria.Count == 0) return MaxEntries;
        if (spec.Criteria.Any(c => c.Comparison is not (Comparison.Greater or Comparison.GreaterOrEqual))) return MaxEntries;
        return (int)Math.Clamp(Math.Ceiling(spec.Criteria.Max(c => c.Number)) + 1, 2, 65_536);
    }

    private Group Touch(Shard shard, UInt128 key, Func<string[]> values)
    {
        if (shard.Groups.TryGetValue(key, out var group))
        {
            Shard.TakeOut(group);
            shard.PutLast(group);
            return group;
        }
        // Two go for one that comes, so that the outdated ones get fewer; the second one's memory serves the new group.
        for (var i = 0; i < 2 && shard.Oldest is { } oldest; i++)
        {
            var outdated = oldest.Newest < Interlocked.Read(ref _newest) - 2 * (_span + Tolerance);
            if (!outdated && shard.Groups.Count < MaxGroups / ShardCount) break;
            if (!outdated) Interlocked.Increment(ref _evicted);
            Shard.TakeOut(oldest);
            shard.Groups.Remove(oldest.Key);
            oldest.ClosesAt = long.MinValue;
            group = oldest;
        }
        group ??= new Group();
        group.Entries.Clear();
        if (group.Entries.Capacity > MostEvents) group.Entries.Capacity = 1;
        (group.Key, group.Values, group.Newest, group.QuietUntil, group.ClosesAt) = (key, values(), 0, long.MinValue, long.MinValue);
        shard.PutLast(group);
        shard.Groups[key] = group;
        return group;
    }

    private int Insert(Group group, Entry entry)
    {
        var entries = group.Entries;
        if (spec.Kind == CorrelationKind.ValueCount)
            for (var i = entries.Count - 1; i >= 0; i--)
            {
                if (entries[i].Value != entry.Value) continue;
                // Of an equal value only the latest sight counts.
                if (entries[i].Time >= entry.Time && entries[i].Time - entry.Time <= _span) return i;
                entries.RemoveAt(i);
                break;
            }
        var at = entries.Count;
        while (at > 0 && entries[at - 1].Time > entry.Time) at--;
        entries.Insert(at, entry);
        group.Newest = Math.Max(group.Newest, entry.Time);
        return at;
    }

    private void Trim(Group group)
    {
        var entries = group.Entries;
        var drop = 0;
        var horizon = ClosesWindows ? long.MinValue : group.Newest - _span - Tolerance;
        while (drop < entries.Count && entries[drop].Time < horizon) drop++;
        drop = Math.Max(drop, entries.Count - _keep);
        if (spec.Kind is CorrelationKind.Temporal or CorrelationKind.TemporalOrdered) drop = Math.Max(drop, entries.Count - places * MaxPerPlace);
        if (drop > 0) entries.RemoveRange(0, drop);
    }

    /// <summary>Looks at the windows that hold the new entry; with events in order that is one window, the one it ends.</summary>
    private Finding? Judge(Shard shard, Group group, int at)
    {
        var entries = group.Entries;
        var time = entries[at].Time;
        for (var last = at; last < entries.Count && entries[last].Time - time <= _span; last++)
        {
            // Of entries with the same time the last one ends the window.
            if (last + 1 < entries.Count && entries[last + 1].Time == entries[last].Time) continue;
            var first = last;
            while (first > 0 && entries[last].Time - entries[first - 1].Time <= _span) first--;
            if (Figure(shard, entries, first, last) is not { } figure || entries[last].Time < group.QuietUntil) continue;
            group.QuietUntil = entries[last].Time + _span;
            return Found(group, first, last, figure);
        }
        return null;
    }

    private Finding? CloseBefore(Shard shard, Group group, long time) =>
        group.Entries.Count > 0 && time > group.ClosesAt ? JudgeWhole(shard, group) : null;

    private Finding? JudgeWhole(Shard shard, Group group)
    {
        group.ClosesAt = long.MinValue;
        if (group.Entries.Count == 0) return null;
        Finding? found = Figure(shard, group.Entries, 0, group.Entries.Count - 1) is { } figure ? Found(group, 0, group.Entries.Count - 1, figure) : null;
        group.Entries.Clear();
        return found;
    }

    private static Finding Found(Group group, int first, int last, double figure)
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

    /// <summary>The figure of a window when it meets the condition, or null.</summary>
    private double? Figure(Shard shard, List<Entry> entries, int first, int last)
    {
        var count = last - first + 1;
        double figure = spec.Kind switch
        {
            CorrelationKind.EventCount or CorrelationKind.ValueCount => count,
            CorrelationKind.ValueSum => Sum(entries, first, last),
            CorrelationKind.ValueAverage => Sum(entries, first, last) / count,
            CorrelationKind.ValuePercentile => Percentile(shard, entries, first, last),
            CorrelationKind.Temporal => Distinct(entries, first, last),
            _ => InOrder(entries, first, last),
        };
        if (spec.Criteria.Count == 0) return figure >= places ? figure : null;
        foreach (var criterion in spec.Criteria) if (!criterion.Holds(figure)) return null;
        return figure;
    }

    private static double Sum(List<Entry> entries, int first, int last)
    {
        double sum = 0;
        for (var i = first; i <= last; i++) sum += entries[i].Number;
        return sum;
    }

    private static int Distinct(List<Entry> entries, int first, int last)
    {
        var seen = new HashSet<int>();
        for (var i = first; i <= last; i++) seen.Add(entries[i].Place);
        return seen.Count;
    }

    private int InOrder(List<Entry> entries, int first, int last)
    {
        var next = 0;
        for (var i = first; i <= last && next < places; i++)
            if (entries[i].Place == next) next++;
        return next;
    }

    /// <summary>Percentile by nearest rank.</summary>
    private double Percentile(Shard shard, List<Entry> entries, int first, int last)
    {
        var count = last - first + 1;
        if (shard.Numbers.Length < count) shard.Numbers = new double[count * 2];
        for (var i = 0; i < count; i++) shard.Numbers[i] = entries[first + i].Number;
        var numbers = shard.Numbers.AsSpan(0, count);
        numbers.Sort();
        return numbers[Math.Clamp((int)Math.Ceiling(spec.Percentile / 100 * count) - 1, 0, count - 1)];
    }
}
