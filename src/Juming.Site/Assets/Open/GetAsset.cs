using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.List;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Open;

/// <summary>All that is known of one asset.</summary>
internal sealed record GetAsset(Guid Id) : IQuery<AssetDossier>, INeeds<AssetsRead>;

/// <summary>All that is known of one asset.</summary>
/// <param name="Asset">The asset.</param>
/// <param name="Note">What a person noted.</param>
/// <param name="Identities">What it is known by, and who else holds the same.</param>
/// <param name="Users">Accounts seen on it, the latest first.</param>
/// <param name="Parts">Assets that were merged into it.</param>
/// <param name="Namesakes">Other assets whose host name begins alike: perhaps the same machine.</param>
/// <param name="MergedInto">The asset that it was merged into.</param>
/// <param name="ChangedBy">Who changed it last.</param>
/// <param name="UpdatedAt">When.</param>
internal sealed record AssetDossier(AssetView Asset, string Note, IReadOnlyList<KnownBy> Identities, IReadOnlyList<SeenUser> Users, IReadOnlyList<AssetPart> Parts, IReadOnlyList<AssetPart> Namesakes, AssetPart? MergedInto, string ChangedBy, DateTimeOffset UpdatedAt);

/// <summary>An address, host name or hardware address; <c>NowWith</c> is the asset that was seen with it later.</summary>
internal sealed record KnownBy(IdentityKind Kind, string Value, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, AssetPart? NowWith);

/// <summary>An account.</summary>
internal sealed record SeenUser(string Name, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>Another asset.</summary>
internal sealed record AssetPart(Guid Id, string Name);

file sealed class Handler(AssetsDb db) : IQueryHandler<GetAsset, AssetDossier>
{
    public async Task<Result<AssetDossier>> Handle(GetAsset request, CancellationToken cancellationToken)
    {
        if (await db.Assets.AsNoTracking().FirstOrDefaultAsync(a => a.Id == request.Id, cancellationToken) is not { } row) return AssetErrors.NoSuchAsset;
        var parts = await db.Assets.AsNoTracking().Where(a => a.MergedInto == row.Id).OrderBy(a => a.Name).Take(100).ToListAsync(cancellationToken);
        var ids = parts.Select(p => p.Id).Append(row.Id).ToArray();
        var own = await db.Identities.AsNoTracking().Where(i => ids.Contains(i.AssetId)).ToListAsync(cancellationToken);
        var values = own.Select(i => i.Value).Distinct().Take(400).ToArray();
        var others = await db.Identities.AsNoTracking().Where(i => values.Contains(i.Value) && !ids.Contains(i.AssetId))
            .Join(db.Assets.Where(a => a.State == AssetState.Active), i => i.AssetId, a => a.Id, (i, a) => new { i.Kind, i.Value, i.LastSeen, a.Id, a.Name }).ToListAsync(cancellationToken);
        var known = own.GroupBy(i => (i.Kind, i.Value)).Select(g =>
        {
            var last = g.Max(i => i.LastSeen);
            var later = others.Where(o => o.Kind == g.Key.Kind && o.Value == g.Key.Value && o.LastSeen > last).MaxBy(o => o.LastSeen);
            return new KnownBy(g.Key.Kind, g.Key.Value, g.Min(i => i.FirstSeen), last, later is null ? null : new AssetPart(later.Id, later.Name));
        });
        var users = await db.Users.AsNoTracking().Where(u => ids.Contains(u.AssetId)).OrderByDescending(u => u.LastSeen).ToListAsync(cancellationToken);
        var into = row.MergedInto is { } target ? await db.Assets.AsNoTracking().Where(a => a.Id == target).Select(a => new AssetPart(a.Id, a.Name)).FirstOrDefaultAsync(cancellationToken) : null;
        return new AssetDossier((await AssetFilter.Views(db, [row], cancellationToken))[0], row.Note, [.. known.OrderBy(k => k.Kind).ThenByDescending(k => k.LastSeen)],
            [.. users.DistinctBy(u => u.Name).Select(u => new SeenUser(u.Name, u.FirstSeen, u.LastSeen))], [.. parts.Select(p => new AssetPart(p.Id, p.Name))], await Namesakes(own, ids, cancellationToken), into, row.ChangedBy, row.UpdatedAt);
    }

    private async Task<IReadOnlyList<AssetPart>> Namesakes(List<IdentityRow> own, Guid[] ids, CancellationToken ct)
    {
        var found = new List<AssetPart>();
        foreach (var label in own.Where(i => i.Kind == IdentityKind.Host).Select(i => Sightings.Identity.Label(i.Value)).Distinct().Take(5))
            found.AddRange(await db.Identities.AsNoTracking().Where(i => i.Kind == IdentityKind.Host && (i.Value == label || i.Value.StartsWith(label + ".")) && !ids.Contains(i.AssetId))
                .Join(db.Assets.Where(a => a.State == AssetState.Active), i => i.AssetId, a => a.Id, (i, a) => new AssetPart(a.Id, a.Name)).Take(10).ToListAsync(ct));
        return [.. found.DistinctBy(p => p.Id).Take(10)];
    }
}
