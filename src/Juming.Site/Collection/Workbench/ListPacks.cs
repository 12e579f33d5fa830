using Juming.Platform.Handlers;
using Juming.Site.Collection.Packs;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>All parser packs and what became of each, those of the site first.</summary>
/// <param name="Counted">With the lines that each read in the last 24 hours.</param>
internal sealed record ListPacks(bool Counted = true) : IQuery<PackList>, INeeds<CollectionRead>;

/// <summary>All packs.</summary>
/// <param name="Packs">Packs in force, overridden and refused.</param>
/// <param name="Withdrawn">Files that were withdrawn and can be put back.</param>
internal sealed record PackList(IReadOnlyList<PackView> Packs, IReadOnlyList<string> Withdrawn);

/// <summary>One pack.</summary>
internal sealed record PackView
{
    public required string Name { get; init; }
    public required int Version { get; init; }
    public required PackOrigin Origin { get; init; }
    public required PackState State { get; init; }
    public string? Vendor { get; init; }
    public string? Product { get; init; }
    /// <summary>File in the site's folder; null for one that ships.</summary>
    public string? File { get; init; }
    /// <summary>Line of the first problem, 0 for none.</summary>
    public int Line { get; init; }
    /// <summary>The first problem.</summary>
    public string? Reason { get; init; }
    /// <summary>A pattern took too long too often and reads no more lines.</summary>
    public bool CutOff { get; init; }
    /// <summary>Lines read with a pack of this name in the last 24 hours.</summary>
    public long Lines24h { get; init; }
}

file sealed class Handler(SitePacks packs, ISearch search, TimeProvider clock) : IQueryHandler<ListPacks, PackList>
{
    private const int MostCounted = 1000;

    public async Task<Result<PackList>> Handle(ListPacks request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        IReadOnlyList<FacetValue> counts = request.Counted ? await search.Facet(new SearchRequest("", now.AddHours(-24), now.AddHours(1)), "jm.parser", MostCounted, cancellationToken) : [];
        var lines = counts.ToDictionary(c => c.Value, c => c.Count, StringComparer.Ordinal);
        return new PackList([.. packs.Entries.Select(e => View(e, lines))], packs.Withdrawn());
    }

    private static PackView View(PackEntry entry, Dictionary<string, long> lines) => new()
    {
        Name = entry.Name,
        Version = entry.Version,
        Origin = entry.Origin,
        State = entry.State,
        Vendor = entry.Pack?.Definition.Vendor,
        Product = entry.Pack?.Definition.Product,
        File = entry.File,
        Line = entry.Problems.Count > 0 ? entry.Problems[0].Line : 0,
        Reason = entry.Problems.Count > 0 ? entry.Problems[0].Reason : null,
        CutOff = entry.Pack?.IsCutOff == true,
        Lines24h = entry.State == PackState.InForce ? lines.GetValueOrDefault(entry.Name) : 0,
    };
}
