using System.Globalization;

namespace Juming.Site.Events.Store;

/// <summary>One DuckDB file: events of a span of receipt, with their batches, marks and ledger. The newest is written, the others are only read.</summary>
internal sealed class Segment(int number, string path)
{
    private const long MicrosPerDay = 86_400_000_000;

    private string _missing = "";

    /// <summary>Number, ascending with time.</summary>
    public int Number { get; } = number;

    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Name under which it is attached.</summary>
    public string Alias { get; } = "s" + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Columns of its events table.</summary>
    public HashSet<string> Columns { get; } = new(StringComparer.Ordinal);

    /// <summary>Version of the field schema that it was made with.</summary>
    public int Schema { get; set; } = Store.Columns.Version;

    /// <summary>True when it can say what became of earlier segments; those of the first release can't.</summary>
    public bool HasHistory { get; set; }

    /// <summary>Where its events are read: the table, with a null for every column that a segment made by an older release lacks.</summary>
    public string Source { get; private set; } = "";

    /// <summary>True when it has <see cref="Grams"/> for blocks of its rows.</summary>
    public bool HasGrams { get; set; }

    /// <summary>Who reads it at the moment; the store's.</summary>
    public int Readers { get; set; }

    /// <summary>It is retired and goes when the last reader leaves; the store's.</summary>
    public bool Leaving { get; set; }

    /// <summary>Rows.</summary>
    public long Rows { get; set; }

    /// <summary>Smallest event time, microseconds since 1970 UTC; larger than <see cref="MaxTime"/> when empty.</summary>
    public long MinTime { get; set; } = long.MaxValue;

    /// <summary>Largest event time.</summary>
    public long MaxTime { get; set; } = long.MinValue;

    /// <summary>First receipt.</summary>
    public long MinReceived { get; set; } = long.MaxValue;

    /// <summary>Last receipt.</summary>
    public long MaxReceived { get; set; } = long.MinValue;

    /// <summary>Marks of the columns that have further values in <c>more</c> in some of its events; set before they can be read.</summary>
    public int Beside { get; set; }

    /// <summary>Bytes of its files.</summary>
    public long Bytes => Length(Path) + Length(Path + ".wal");

    /// <summary>Takes in a batch's span.</summary>
    public void Cover(long rows, long minTime, long maxTime, long minReceived, long maxReceived)
    {
        Rows += rows;
        if (rows == 0) return;
        MinTime = Math.Min(MinTime, minTime);
        MaxTime = Math.Max(MaxTime, maxTime);
        MinReceived = Math.Min(MinReceived, minReceived);
        MaxReceived = Math.Max(MaxReceived, maxReceived);
    }

    /// <summary>
    /// UTC days of event time that it holds events of, ascending; null while nobody has looked. A sender without a clock stretches the span of a
    /// segment over decades, and only the days say that nearly all of them are empty.
    /// </summary>
    public long[]? Days { get; set; }

    /// <summary>True when its span of event time is longer than its receipt explains.</summary>
    public bool IsStretched => Rows > 0 && MaxTime - MinTime > MaxReceived - MinReceived + (3 * MicrosPerDay);

    /// <summary>True when it may hold events of a span of event time.</summary>
    public bool Overlaps(long from, long to) => Rows > 0 && MinTime <= to && MaxTime >= from && LatestUntil(to) >= from;

    /// <summary>True when it may hold events that were received in a span.</summary>
    public bool ReceivedWithin(long from, long to) => Rows > 0 && MinReceived <= to && MaxReceived >= from;

    /// <summary>The latest time, not after an instant, at which it may hold an event; the smallest number when there is none.</summary>
    public long LatestUntil(long micros)
    {
        var latest = Math.Min(micros, MaxTime);
        if (Days is not { } days) return latest;
        var day = Math.DivRem(latest, MicrosPerDay, out var rest) - (rest < 0 ? 1 : 0);
        var at = Array.BinarySearch(days, day);
        if (at >= 0) return latest;
        return ~at == 0 ? long.MinValue : ((days[~at - 1] + 1) * MicrosPerDay) - 1;
    }

    /// <summary>UTC days between its first receipt and an instant; none while it is empty.</summary>
    public long DaysUntil(long micros) => Rows == 0 ? 0 : (micros / MicrosPerDay) - (MinReceived / MicrosPerDay);

    /// <summary>Makes <see cref="Source"/> of what is known of the columns.</summary>
    public void FindSource()
    {
        _missing = string.Concat(Store.Columns.All.Where(c => !Columns.Contains(c.Name)).Select(c => $", NULL::{(c.Kind == ColumnKind.Long ? "BIGINT" : "VARCHAR")} AS \"{c.Name}\""));
        Source = _missing.Length == 0 ? Alias + ".events" : $"(SELECT *{_missing} FROM {Alias}.events)";
    }

    /// <summary>Its events with their row ids, as <c>jm_row</c>, where a condition on them holds.</summary>
    public string RowsWhere(string condition) => $"SELECT *{_missing}, rowid AS jm_row FROM {Alias}.events WHERE {condition}";

    private static long Length(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? info.Length : 0;
    }
}

/// <summary>Segments that stay attached until it is disposed, oldest first.</summary>
internal sealed class HeldSegments(IReadOnlyList<Segment> segments, Action<IReadOnlyList<Segment>> release) : IDisposable
{
    private Action<IReadOnlyList<Segment>>? _release = release;

    public IReadOnlyList<Segment> All => segments;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke(segments);
}

/// <summary>What became of a segment, for the audit trail.</summary>
/// <param name="What">"retired" or "set-aside".</param>
/// <param name="File">Its file.</param>
/// <param name="Reason">"age", "disk", or what DuckDB said.</param>
/// <param name="Rows">Events in it; null when nobody knows.</param>
/// <param name="From">First receipt.</param>
/// <param name="To">Last receipt.</param>
internal sealed record SegmentGone(string What, string File, string Reason, long? Rows, DateTimeOffset? From, DateTimeOffset? To);
