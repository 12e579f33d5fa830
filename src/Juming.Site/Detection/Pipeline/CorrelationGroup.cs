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
