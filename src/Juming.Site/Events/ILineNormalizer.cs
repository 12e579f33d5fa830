namespace Juming.Site.Events;

/// <summary>Turns one raw line into one event of a batch. Never throws on any bytes; a line that nobody knows becomes an event with <see cref="EventFlags.Unparsed"/>.</summary>
public interface ILineNormalizer
{
    /// <summary>Adds the event of a line to the batch.</summary>
    void Normalize(EventBatch batch, ReadOnlySpan<byte> line, in LineContext context);
}

/// <summary>What is known about a line besides its bytes.</summary>
public readonly struct LineContext
{
    /// <summary>Receipt, microseconds since 1970-01-01 UTC.</summary>
    public long Received { get; init; }

    /// <summary>Number of the sender, 0 when not registered.</summary>
    public int SourceId { get; init; }

    /// <summary>Line of the file, 1-based; 0 elsewhere.</summary>
    public int Line { get; init; }

    /// <summary>What is remembered about the sender (format of the last line, charset, zone); never null.</summary>
    public SourceMemory Source { get; init; }

    /// <summary>A format the caller insists on (a parser's name), or null to find out.</summary>
    public string? Format { get; init; }
}
