using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>One event of a group, or several that lie so close together that no window parts them.</summary>
internal struct CorrelationEntry
{
    /// <summary>Time of the first, microseconds since 1970 UTC.</summary>
    public long Time;

    /// <summary>Hash of the value where values are counted.</summary>
    public ulong Value;

    /// <summary>Its number, or the sum of theirs.</summary>
    public double Number;

    /// <summary>How many events.</summary>
    public int Count;

    /// <summary>Which of the correlated rules they matched.</summary>
    public int Place;

    /// <summary>Some receipt was taken for its time.</summary>
    public bool Late;

    /// <summary>The first event.</summary>
    public Guid Event;
}

/// <summary>What a correlation asks of the windows of all its groups; made once.</summary>
/// <remarks>
/// A group holds at most some thousand entries whatever is sent. Counts and sums lose nothing by it: entries that lie close together become one. Values
/// must be told apart, so their number is limited where the correlation is read. Of numbers for a percentile the newest count. Of a rule in a sequence
/// entries are thinned evenly, by rule, so that many events of one rule do not push out the one event of another.
/// </remarks>
internal sealed class CorrelationShape(SigmaCorrelation spec, int places)
{
    /// <summary>Most entries of a group.</summary>
    public const int MaxEntries = 2048;

    /// <summary>Most values that a value_count can tell apart.</summary>
    public const int MaxValues = 16_384;

    /// <summary>Most numbers that a percentile is taken of; the newest ones.</summary>
    public const int MaxNumbers = 4096;

    private const int MaxPerPlace = 32;
    private const int Newest = CorrelationState.MostEvents;

    private readonly long _grain = Math.Max(1, ((long)spec.Timespan.TotalMicroseconds + CorrelationState.Tolerance) / (MaxEntries / 2));
    private readonly long _enough = Enough(spec);

    /// <summary>Window, microseconds.</summary>
    public long Span { get; } = (long)spec.Timespan.TotalMicroseconds;

    /// <summary>The condition can only be judged when a window ends: it asks for few, for an exact count or for a range.</summary>
    public bool ClosesWindows { get; } = spec.Criteria.Any(c => c.Comparison is not (Comparison.Greater or Comparison.GreaterOrEqual));

    /// <summary>Values are counted.</summary>
    public bool CountsValues => spec.Kind == CorrelationKind.ValueCount;

    /// <summary>Numbers are sorted.</summary>
    public bool SortsNumbers => spec.Kind == CorrelationKind.ValuePercentile;

    /// <summary>Events in their sequence matter.</summary>
    public bool IsTemporal => spec.Kind is CorrelationKind.Temporal or CorrelationKind.TemporalOrdered;

    /// <summary>The figure when it meets the condition, or null.</summary>
    public double? Judge(double figure)
    {
        if (spec.Criteria.Count == 0) return figure >= places ? figure : null;
        foreach (var criterion in spec.Criteria) if (!criterion.Holds(figure)) return null;
        return figure;
    }

    /// <summary>The figure of a window of which the sum and the count are known.</summary>
    public double Figure(CorrelationGroup group, int first, int last, long count, double sum) => spec.Kind switch
    {
        CorrelationKind.EventCount or CorrelationKind.ValueCount => count,
        CorrelationKind.ValueSum => sum,
        CorrelationKind.ValueAverage => sum / count,
        CorrelationKind.ValuePercentile => group.Percentile(spec.Percentile, first, last),
        CorrelationKind.Temporal => Distinct(group.Entries, first, last),
        _ => InOrder(group.Entries, first, last),
    };

    /// <summary>Forgets what is too old, and makes a group that has grown too large smaller.</summary>
    public void Trim(CorrelationGroup group)
    {
        var entries = group.Entries;
        var drop = 0;
        var horizon = ClosesWindows ? long.MinValue : group.Newest - Span - CorrelationState.Tolerance;
        while (drop < entries.Count && entries[drop].Time < horizon) drop++;
        if (_enough > 0)
        {
            // Above a threshold further events change nothing, so a count keeps only as many as it takes.
            var rest = group.Total;
            for (var i = 0; i < drop; i++) rest -= entries[i].Count;
            while (drop < entries.Count - 1 && rest - entries[drop].Count >= _enough) rest -= entries[drop++].Count;
        }
        if (CountsValues) drop = Math.Max(drop, entries.Count - MaxValues - 2);
        else if (SortsNumbers) drop = Math.Max(drop, entries.Count - MaxNumbers);
        // Moving a long list for one entry at a time would cost more than keeping some.
        if (drop > 0 && (drop > entries.Count / 8 || entries.Count < 64)) group.DropFirst(drop);
        if (IsTemporal)
        {
            if (entries.Count > MaxPerPlace) Thin(group);
        }
        else if (!CountsValues && !SortsNumbers && entries.Count > MaxEntries) Coarsen(group);
    }

    private static long Enough(SigmaCorrelation spec)
    {
        if (spec.Kind is not (CorrelationKind.EventCount or CorrelationKind.ValueCount) || spec.Criteria.Count == 0) return 0;
        if (spec.Criteria.Any(c => c.Comparison is not (Comparison.Greater or Comparison.GreaterOrEqual))) return 0;
        return (long)Math.Clamp(Math.Ceiling(spec.Criteria.Max(c => c.Number)) + 1, 2, long.MaxValue / 2);
    }

    /// <summary>Joins neighbours of one grain; the newest stay as they are, because a match names them.</summary>
    private void Coarsen(CorrelationGroup group)
    {
        var entries = group.Entries;
        var to = 0;
        for (var i = 1; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (i < entries.Count - Newest && to >= Newest / 2 && entry.Time / _grain == entries[to].Time / _grain)
            {
                var joined = entries[to];
                joined.Count += entry.Count;
                joined.Number += entry.Number;
                joined.Late |= entry.Late;
                entries[to] = joined;
            }
            else entries[++to] = entry;
        }
        entries.RemoveRange(to + 1, entries.Count - to - 1);
        group.Recount();
    }

    /// <summary>Drops every second entry of a place that has too many; its first and its last stay.</summary>
    private void Thin(CorrelationGroup group)
    {
        var entries = group.Entries;
        Span<int> counts = stackalloc int[places];
        counts.Clear();
        foreach (var entry in entries) counts[entry.Place]++;
        var isTooMany = false;
        foreach (var count in counts) isTooMany |= count > MaxPerPlace;
        if (!isTooMany) return;
        Span<int> seen = stackalloc int[places];
        seen.Clear();
        var to = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var place = entries[i].Place;
            var at = seen[place]++;
            if (counts[place] > MaxPerPlace && (at & 1) == 1 && at < counts[place] - 1) continue;
            entries[to++] = entries[i];
        }
        entries.RemoveRange(to, entries.Count - to);
        group.Recount();
    }

    private int Distinct(List<CorrelationEntry> entries, int first, int last)
    {
        Span<bool> seen = stackalloc bool[places];
        seen.Clear();
        var distinct = 0;
        for (var i = first; i <= last; i++)
        {
            if (seen[entries[i].Place]) continue;
            seen[entries[i].Place] = true;
            distinct++;
        }
        return distinct;
    }

    private int InOrder(List<CorrelationEntry> entries, int first, int last)
    {
        var next = 0;
        for (var i = first; i <= last && next < places; i++)
            if (entries[i].Place == next) next++;
        return next;
    }
}

/// <summary>Events of one group, in order of their time. Count and sum of the newest window go along with it, so that an event costs no look at all the others.</summary>
internal sealed class CorrelationGroup
{
    private Dictionary<ulong, long>? _timeOfValue;
    private List<double>? _sorted;
    private int _sortedFirst;

    // The window that ends with the newest entry: its first entry, its count and sum.
    private int _first;
    private long _count;
    private double _sum;

    public readonly List<CorrelationEntry> Entries = new(1);
    public UInt128 Key;
    public string[] Values = [];
    public long Newest;
    public long Total;
    public long QuietUntil;

    /// <summary>Last sign of life, by the clock of the correlation.</summary>
    public long TouchedAt;

    /// <summary>End of the open window by event time, and by the clock.</summary>
    public long EndsAt;
    public long ClosesAt;
    public CorrelationGroup Before = null!;
    public CorrelationGroup After = null!;

    /// <summary>Makes it ready for other events.</summary>
    public void Reset(UInt128 key, string[] values, long now)
    {
        Clear();
        if (Entries.Capacity > CorrelationState.MostEvents) Entries.Capacity = 1;
        (Key, Values, TouchedAt, Newest, QuietUntil, EndsAt, ClosesAt) = (key, values, now, 0, long.MinValue, long.MinValue, long.MinValue);
    }

    /// <summary>Forgets all events.</summary>
    public void Clear()
    {
        Entries.Clear();
        _timeOfValue?.Clear();
        _sorted?.Clear();
        (_first, _sortedFirst, _count, _sum, Total) = (0, 0, 0, 0, 0);
    }

    /// <summary>Puts an entry in its place; returns where.</summary>
    public int Insert(in CorrelationEntry entry, CorrelationShape shape)
    {
        if (shape.CountsValues)
        {
            _timeOfValue ??= [];
            if (_timeOfValue.TryGetValue(entry.Value, out var seen))
            {
                // Of an equal value only the latest sight counts.
                var old = Find(entry.Value, seen);
                if (seen >= entry.Time && seen - entry.Time <= shape.Span) return old;
                RemoveAt(old);
            }
            _timeOfValue[entry.Value] = entry.Time;
        }
        var at = Entries.Count;
        while (at > 0 && Entries[at - 1].Time > entry.Time) at--;
        Entries.Insert(at, entry);
        Total += entry.Count;
        if (at < _first) _first++;
        else
        {
            _count += entry.Count;
            _sum += entry.Number;
        }
        if (at < _sortedFirst) _sortedFirst++;
        else if (shape.SortsNumbers) AddSorted(entry.Number);
        if (entry.Time <= Newest) return at;
        Newest = entry.Time;
        return at;
    }

    /// <summary>The window that ends with the newest entry.</summary>
    public (int First, long Count, double Sum) NewestWindow(long span)
    {
        var from = Entries[^1].Time - span;
        // An event that came late may stand before the window and still belong to it.
        while (_first > 0 && Entries[_first - 1].Time >= from) Take(--_first, 1);
        while (Entries[_first].Time < from) Take(_first++, -1);
        return (_first, _count, _sum);
    }

    /// <summary>First entry at or after a time.</summary>
    public int LowerBound(long time)
    {
        int low = 0, high = Entries.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Entries[middle].Time < time) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Percentile by nearest rank.</summary>
    public double Percentile(double percentile, int first, int last)
    {
        if (last != Entries.Count - 1)
        {
            var some = new double[last - first + 1];
            for (var i = first; i <= last; i++) some[i - first] = Entries[i].Number;
            Array.Sort(some);
            return some[Rank(percentile, some.Length)];
        }
        while (_sortedFirst < first) DropSorted(Entries[_sortedFirst++].Number);
        while (_sortedFirst > first) AddSorted(Entries[--_sortedFirst].Number);
        return _sorted![Rank(percentile, _sorted.Count)];
    }

    /// <summary>Drops the oldest entries.</summary>
    public void DropFirst(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Total -= Entries[i].Count;
            if (i >= _first) Take(i, -1);
            if (_sorted is not null && i >= _sortedFirst) DropSorted(Entries[i].Number);
            if (_timeOfValue is not null) _timeOfValue.Remove(Entries[i].Value);
        }
        Entries.RemoveRange(0, count);
        _first = Math.Max(0, _first - count);
        _sortedFirst = Math.Max(0, _sortedFirst - count);
    }

    /// <summary>Counts everything anew after entries were joined or thinned; the window is found again at the next look.</summary>
    public void Recount()
    {
        (_first, _count, _sum, Total) = (0, 0, 0, 0);
        for (var i = 0; i < Entries.Count; i++)
        {
            Total += Entries[i].Count;
            Take(i, 1);
        }
    }

    private void Take(int at, int sign)
    {
        _count += sign * Entries[at].Count;
        _sum += sign * Entries[at].Number;
        // What is left of a sum of fractions after all are taken out again is no number of the events.
        if (_count == 0) _sum = 0;
    }

    private int Find(ulong value, long time)
    {
        for (var i = LowerBound(time); i < Entries.Count; i++)
            if (Entries[i].Value == value) return i;
        throw new InvalidOperationException("a value is noted that no entry holds");
    }

    private void RemoveAt(int at)
    {
        Total -= Entries[at].Count;
        if (at >= _first) Take(at, -1);
        else _first--;
        Entries.RemoveAt(at);
    }

    private void AddSorted(double number)
    {
        _sorted ??= [];
        var at = _sorted.BinarySearch(number);
        _sorted.Insert(at < 0 ? ~at : at, number);
    }

    private void DropSorted(double number) => _sorted!.RemoveAt(_sorted.BinarySearch(number));

    private static int Rank(double percentile, int count) => Math.Clamp((int)Math.Ceiling(percentile / 100 * count) - 1, 0, count - 1);
}
