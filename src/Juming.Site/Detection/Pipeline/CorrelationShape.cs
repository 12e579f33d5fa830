using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

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
