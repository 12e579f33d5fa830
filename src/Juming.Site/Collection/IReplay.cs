namespace Juming.Site.Collection;

/// <summary>Pushes files through the same pipeline as live traffic.</summary>
public interface IReplay
{
    /// <summary>Reads all files to their end and returns when every line is stored and matched.</summary>
    /// <param name="files">Text or gzip files, one event per line.</param>
    /// <param name="format">Name of a parser, or "auto".</param>
    /// <param name="progress">Told about once a second.</param>
    /// <param name="ct">Stops between batches; what was stored stays.</param>
    Task<ReplayReport> Run(IReadOnlyList<string> files, string format, IProgress<ReplayProgress>? progress, CancellationToken ct);

    /// <summary>Path of a replayed file by its sender number.</summary>
    string FileOf(int sourceId);
}

/// <summary>How far a replay is.</summary>
public readonly record struct ReplayProgress(long Lines, long Bytes, double Seconds);

/// <summary>What a replay did.</summary>
public sealed record ReplayReport
{
    /// <summary>Lines read.</summary>
    public required long Events { get; init; }

    /// <summary>Bytes read, after gzip.</summary>
    public required long Bytes { get; init; }

    /// <summary>Wall time from the first byte to the last commit.</summary>
    public required double Seconds { get; init; }

    /// <summary>Lines stored.</summary>
    public required long Stored { get; init; }

    /// <summary>Lines no parser knew.</summary>
    public required long Unparsed { get; init; }

    /// <summary>Lines dropped, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>Files that could not be read to their end; what was read before is stored and counted.</summary>
    public required IReadOnlyList<BrokenFile> Broken { get; init; }
}

/// <summary>A file that could not be read to its end.</summary>
/// <param name="File">Its path.</param>
/// <param name="Lines">Lines that were read before.</param>
/// <param name="Reason">Why.</param>
public sealed record BrokenFile(string File, long Lines, string Reason);
