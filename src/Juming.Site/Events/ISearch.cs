using Juming.Platform.Handlers;

namespace Juming.Site.Events;

/// <summary>Searches stored events. Every call is stopped by its token, in the middle of a scan too.</summary>
public interface ISearch
{
    /// <summary>Events that fit, newest first, as they are found.</summary>
    /// <exception cref="SearchQueryException">The query can't be understood.</exception>
    IAsyncEnumerable<SearchChunk> Search(SearchRequest request, CancellationToken ct);

    /// <summary>How many events fit, in equal steps of time.</summary>
    Task<IReadOnlyList<HistogramStep>> Histogram(SearchRequest request, int steps, CancellationToken ct);

    /// <summary>As <see cref="Histogram"/>, apart by severity.</summary>
    Task<IReadOnlyList<SeverityStep>> HistogramBySeverity(SearchRequest request, int steps, CancellationToken ct);

    /// <summary>How many events fit that were received in the span and are dated outside of it: wrong clocks, and files handed in late.</summary>
    Task<long> DatedElsewhere(SearchRequest request, CancellationToken ct);

    /// <summary>The same, as it is counted: the newest time first, each result with all that is known so far.</summary>
    IAsyncEnumerable<HistogramSoFar> HistogramAsFound(SearchRequest request, int steps, CancellationToken ct);

    /// <summary>Most frequent values of a field among the events that fit.</summary>
    Task<IReadOnlyList<FacetValue>> Facet(SearchRequest request, string field, int most, CancellationToken ct);

    /// <summary>What each sender stored, and how much of it no parser knew.</summary>
    Task<IReadOnlyList<SourceTally>> Tally(DateTimeOffset from, DateTimeOffset to, CancellationToken ct);

    /// <summary>One event, or null.</summary>
    Task<EventView?> Get(Guid id, CancellationToken ct);
}

/// <summary>What to search.</summary>
/// <param name="Query">In the query language; empty for everything.</param>
/// <param name="From">Event time, inclusive.</param>
/// <param name="To">Event time, inclusive.</param>
/// <param name="Limit">Most events; they come in chunks, so many do not mean much memory.</param>
/// <param name="Cursor">Where the last page ended, or null.</param>
/// <param name="ByReceipt">The span is one of receipt, and the latest received come first: it finds events of devices whose clock is wrong.</param>
public sealed record SearchRequest(string Query, DateTimeOffset From, DateTimeOffset To, int Limit = 100, string? Cursor = null, bool ByReceipt = false);

/// <summary>Some events, and how far the search is.</summary>
/// <param name="Events">Found since the last chunk, newest first.</param>
/// <param name="SegmentsDone">Segments looked through.</param>
/// <param name="SegmentsTotal">Segments that may hold something.</param>
/// <param name="Cursor">Where a search goes on that is stopped after this chunk, or has had its limit; null when there is no more.</param>
public sealed record SearchChunk(IReadOnlyList<EventView> Events, int SegmentsDone, int SegmentsTotal, string? Cursor)
{
    /// <summary>Share of the time range that is looked through, 0 to 1.</summary>
    public double Share { get; init; }
}

/// <summary>One stored event.</summary>
public sealed record EventView
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Event time.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Receipt.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>Number of the sender.</summary>
    public required int SourceId { get; init; }

    /// <summary>What went right or wrong while it was read.</summary>
    public required EventFlags Flags { get; init; }

    /// <summary>The line as it was sent.</summary>
    public required string Raw { get; init; }

    /// <summary>Fields by name; several values of one field are separated by line feeds.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The values, one by one, of the fields that have more than one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Several { get; init; } = System.Collections.Immutable.ImmutableDictionary<string, IReadOnlyList<string>>.Empty;
}

/// <summary>One step of a histogram.</summary>
public readonly record struct HistogramStep(DateTimeOffset At, long Count);

/// <summary>One step of a histogram by severity.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="Counts">Events of severity 0 (info) to 4 (critical), then those without one.</param>
public sealed record SeverityStep(DateTimeOffset At, IReadOnlyList<long> Counts)
{
    /// <summary>Places in <see cref="Counts"/>.</summary>
    public const int Bands = 6;
}

/// <summary>A histogram while it is counted.</summary>
/// <param name="Steps">All steps; those of the time not looked through yet are lower than they will be.</param>
/// <param name="Share">Share of the time range that is counted, 0 to 1.</param>
public sealed record HistogramSoFar(IReadOnlyList<HistogramStep> Steps, double Share);

/// <summary>What one sender stored in a time.</summary>
/// <param name="SourceId">Number of the sender.</param>
/// <param name="Stored">Events.</param>
/// <param name="Unparsed">Those that no parser knew.</param>
/// <param name="Newest">Time of the newest of those, or null.</param>
public readonly record struct SourceTally(int SourceId, long Stored, long Unparsed, DateTimeOffset? Newest);

/// <summary>One value of a facet.</summary>
public readonly record struct FacetValue(string Value, long Count);

/// <summary>The search is refused: the query can't be understood, or too much is searched at this moment (<see cref="Busy"/>).</summary>
public sealed class SearchQueryException(string code, string message, int position, int length) : RefusalException(message)
{
    /// <summary>Code of a refusal that passes.</summary>
    public const string Busy = "search.busy";

    /// <inheritdoc/>
    public override Error Refusal => EventsErrors.Of(this);

    /// <summary>Stable code.</summary>
    public string Code { get; } = code;

    /// <summary>First character of the trouble, 0-based.</summary>
    public int Position { get; } = position;

    /// <summary>Characters of it.</summary>
    public int Length { get; } = length;
}
