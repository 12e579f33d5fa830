using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.List;

/// <summary>Finds assets.</summary>
internal sealed record ListAssets : IQuery<AssetPage>, INeeds<AssetsRead>
{
    /// <summary>Part of a name, address, host name, hardware address, owner, business or account.</summary>
    public string? Text { get; init; }

    /// <summary>One importance.</summary>
    public AssetImportance? Importance { get; init; }

    /// <summary>One zone; "-" for those without.</summary>
    public string? Zone { get; init; }

    /// <summary>How it came into the register.</summary>
    public AssetOrigin? Origin { get; init; }

    /// <summary>One tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Those on which a version of a product is.</summary>
    public Guid? Software { get; init; }

    /// <summary>What stands in the register: those in use when nothing is said.</summary>
    public AssetState State { get; init; } = AssetState.Active;

    /// <summary>"seen" (last seen first), "name", "importance" or "new".</summary>
    public string Sort { get; init; } = "seen";

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>One asset in a list.</summary>
internal sealed record AssetView(Guid Id, string Name, AssetImportance Importance, string Business, string Zone, string Owner, AssetState State, AssetOrigin Origin, IReadOnlyList<string> Addresses, IReadOnlyList<string> Hosts, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long Version, IReadOnlyList<string> Tags);

/// <summary>Assets, how many there are, and how they split up.</summary>
internal sealed record AssetPage(IReadOnlyList<AssetView> Items, int Total, IReadOnlyDictionary<AssetImportance, int> Importances, IReadOnlyList<ZoneCount> Zones, IReadOnlyList<TagCount> Tags);

/// <summary>Assets of a zone.</summary>
internal sealed record ZoneCount(string Zone, int Count);

/// <summary>Assets with a tag.</summary>
internal sealed record TagCount(string Tag, int Count);

file sealed class Validator : AbstractValidator<ListAssets>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Zone).MaximumLength(200);
        RuleFor(q => q.Tag).MaximumLength(40);
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
        RuleFor(q => q.Sort).Must(s => s is "seen" or "name" or "importance" or "new").WithMessage("Sort by seen, name, importance or new.");
        RuleFor(q => q.Importance).IsInEnum();
        RuleFor(q => q.Origin).IsInEnum();
        RuleFor(q => q.State).IsInEnum();
    }
}

file sealed class Handler(AssetsDb db) : IQueryHandler<ListAssets, AssetPage>
{
    public async Task<Result<AssetPage>> Handle(ListAssets request, CancellationToken cancellationToken)
    {
        var found = AssetFilter.Apply(db, request);
        var importances = await found.GroupBy(a => a.Importance).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var zones = await found.GroupBy(a => a.Zone).Select(g => new { g.Key, Count = g.Count() }).OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(50).ToListAsync(cancellationToken);
        var tags = await AssetFilter.Tags(db).Join(found, t => t.Asset, a => a.Id, (t, a) => t).GroupBy(t => t.Name).Select(g => new { g.Key, Count = g.Count() }).OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(50).ToListAsync(cancellationToken);
        var rows = await AssetFilter.Sort(found, request.Sort).Skip(request.Skip).Take(request.Take).AsNoTracking().ToListAsync(cancellationToken);
        var views = await AssetFilter.Views(db, rows, cancellationToken);
        return new AssetPage(views, importances.Sum(i => i.Count), importances.ToDictionary(i => (AssetImportance)i.Key, i => i.Count), [.. zones.Select(z => new ZoneCount(z.Key, z.Count))], [.. tags.Select(t => new TagCount(t.Key, t.Count))]);
    }
}

/// <summary>What list and export have in common.</summary>
internal static class AssetFilter
{
    public static IQueryable<AssetRow> Apply(AssetsDb db, ListAssets request)
    {
        var found = db.Assets.Where(a => a.State == request.State);
        if (request.Importance is { } importance) found = found.Where(a => a.Importance == (int)importance);
        if (request.Zone is { Length: > 0 } zone)
        {
            var name = zone == "-" ? "" : zone;
            found = found.Where(a => a.Zone == name);
        }
        if (request.Origin is { } origin) found = found.Where(a => a.Origin == origin);
        if (request.Tag?.Trim().ToLowerInvariant() is { Length: > 0 } tag)
        {
            var bearers = Tags(db).Where(t => t.Name == tag).Select(t => t.Asset);
            found = found.Where(a => bearers.Contains(a.Id));
        }
        if (request.Software is { } software)
        {
            var there = db.Installs.Where(i => i.SoftwareId == software && i.GoneAt == null).Join(db.Assets, i => i.AssetId, a => a.Id, (i, a) => a.MergedInto ?? a.Id);
            found = found.Where(a => there.Contains(a.Id));
        }
        if (request.Text?.Trim() is not { Length: > 0 } text) return found;
        var part = "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
        var lower = part.ToLowerInvariant();
        // Sets of their own, made once a search: asked asset by asset, ten thousand took minutes.
        var holders = db.Identities.Where(i => EF.Functions.Like(i.Value, lower, "\\")).Select(i => i.AssetId);
        var wholes = db.Assets.Where(p => p.MergedInto != null && holders.Contains(p.Id)).Select(p => p.MergedInto!.Value);
        var visited = db.Users.Where(u => EF.Functions.Like(u.Name, part, "\\")).Select(u => u.AssetId);
        return found.Where(a => EF.Functions.Like(a.Name, part, "\\") || EF.Functions.Like(a.Owner, part, "\\") || EF.Functions.Like(a.Business, part, "\\") || holders.Contains(a.Id) || wholes.Contains(a.Id) || visited.Contains(a.Id));
    }

    /// <summary>Tags that are there, each once for the asset that bears it or took its bearer in.</summary>
    public static IQueryable<BornTag> Tags(AssetsDb db) =>
        db.Tags.Where(t => t.Gone == null).Join(db.Assets, t => t.AssetId, a => a.Id, (t, a) => new BornTag { Asset = a.MergedInto ?? a.Id, Name = t.Name }).Distinct();

    public static IQueryable<AssetRow> Sort(IQueryable<AssetRow> found, string sort) => sort switch
    {
        "name" => found.OrderBy(a => a.Name).ThenBy(a => a.Id),
        "importance" => found.OrderByDescending(a => a.Importance).ThenByDescending(a => a.LastSeen).ThenBy(a => a.Id),
        "new" => found.OrderByDescending(a => a.FirstSeen).ThenBy(a => a.Id),
        _ => found.OrderByDescending(a => a.LastSeen).ThenBy(a => a.Id),
    };

    public static async Task<IReadOnlyList<AssetView>> Views(AssetsDb db, IReadOnlyList<AssetRow> rows, CancellationToken ct)
    {
        var identities = new List<IdentityRow>();
        foreach (var some in rows.Select(r => r.Id).Chunk(400)) identities.AddRange(await db.Identities.AsNoTracking().Where(i => some.Contains(i.AssetId)).ToListAsync(ct));
        var byAsset = identities.ToLookup(i => i.AssetId);
        var tags = new List<BornTag>();
        foreach (var some in rows.Where(r => r.State != AssetState.Merged).Select(r => r.Id).Chunk(400)) tags.AddRange(await Tags(db).Where(t => some.Contains(t.Asset)).ToListAsync(ct));
        var tagsOf = tags.ToLookup(t => t.Asset, t => t.Name);
        return [.. rows.Select(r => new AssetView(r.Id, r.Name, (AssetImportance)r.Importance, r.Business, r.Zone, r.Owner, r.State, r.Origin,
            Values(byAsset[r.Id], IdentityKind.Address), Values(byAsset[r.Id], IdentityKind.Host), r.FirstSeen, r.LastSeen, r.Version, [.. tagsOf[r.Id].Order(StringComparer.Ordinal)]))];
    }

    private static IReadOnlyList<string> Values(IEnumerable<IdentityRow> rows, IdentityKind kind) => [.. rows.Where(i => i.Kind == kind).OrderByDescending(i => i.LastSeen).Select(i => i.Value)];
}

/// <summary>A tag and the asset that bears it.</summary>
internal sealed class BornTag
{
    public Guid Asset { get; init; }
    public required string Name { get; init; }
}
