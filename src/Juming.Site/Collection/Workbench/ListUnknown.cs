using Juming.Platform.Handlers;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>Senders with lines that no parser knows, of the last seven days, the most lines first. Counts only.</summary>
internal sealed record ListUnknown : IQuery<UnknownSources>, INeeds<CollectionRead>;

/// <summary>Senders with unknown lines.</summary>
internal sealed record UnknownSources(IReadOnlyList<UnknownSource> Items);

/// <summary>One sender with unknown lines.</summary>
/// <param name="SourceId">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Stored">Events stored.</param>
/// <param name="Unparsed">Those that no parser knew.</param>
/// <param name="Newest">Time of the newest of those.</param>
internal sealed record UnknownSource(int SourceId, string Name, long Stored, long Unparsed, DateTimeOffset? Newest)
{
    /// <summary>Share of lines that no parser knew, 0 to 1.</summary>
    public double Share => Stored == 0 ? 0 : (double)Unparsed / Stored;
}

file sealed class Handler(ISearch search, ISourceDirectory sources, TimeProvider clock) : IQueryHandler<ListUnknown, UnknownSources>
{
    private const int Most = 200;

    public async Task<Result<UnknownSources>> Handle(ListUnknown request, CancellationToken cancellationToken)
    {
        var (from, to) = UnknownLines.Span(clock);
        var tally = await search.Tally(from, to, cancellationToken);
        return new UnknownSources([.. tally.Where(t => t.Unparsed > 0).OrderByDescending(t => t.Unparsed).ThenBy(t => t.SourceId).Take(Most).Select(t => new UnknownSource(t.SourceId, sources.NameOf(t.SourceId), t.Stored, t.Unparsed, t.Newest))]);
    }
}

/// <summary>Which stored lines the workbench looks at.</summary>
internal static class UnknownLines
{
    private static readonly TimeSpan Back = TimeSpan.FromDays(7);

    /// <summary>The last seven days, and a little beyond now for clocks that run ahead.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Span(TimeProvider clock) => (clock.GetUtcNow() - Back, clock.GetUtcNow().AddHours(1));

    /// <summary>The search for a sender's unknown lines.</summary>
    public static string QueryOf(int sourceId) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"jm.source_id:{sourceId} and jm.unparsed:true");
}
