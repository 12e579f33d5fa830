namespace Juming.Site.Events.Store;

/// <summary>One DuckDB file: events of a span of receipt, with their batches, marks and ledger. The newest is written, the others are only read.</summary>
internal sealed class Segment(int number, string path)
{
    /// <summary>Number, ascending with time.</summary>
    public int Number { get; } = number;

    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Name under which it is attached.</summary>
    public string Alias { get; } = "s" + number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Columns of its events table.</summary>
    public HashSet<string> Columns { get; } = new(StringComparer.Ordinal);

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

    /// <summary>True when it may hold events of a span of event time.</summary>
    public bool Overlaps(long from, long to) => Rows > 0 && MinTime <= to && MaxTime >= from;

    /// <summary>True when it may hold events that were received in a span.</summary>
    public bool ReceivedWithin(long from, long to) => Rows > 0 && MinReceived <= to && MaxReceived >= from;
}
