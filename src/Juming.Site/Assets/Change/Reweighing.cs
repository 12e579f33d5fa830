using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Change;

/// <summary>Tells others that the importance of assets changed.</summary>
internal static class Reweighing
{
    /// <summary>Publishes one event for all names of these assets and their parts.</summary>
    public static async Task Publish(AssetsDb db, IReadOnlyCollection<Guid> assets, CancellationToken ct)
    {
        foreach (var some in assets.Chunk(400))
        {
            var parts = await db.Assets.Where(a => a.MergedInto != null && some.Contains(a.MergedInto.Value)).Select(a => a.Id).ToListAsync(ct);
            var ids = parts.Concat(some).ToArray();
            var names = await db.Identities.Where(i => ids.Contains(i.AssetId) && i.Kind != IdentityKind.Mac).Select(i => i.Value).Distinct().ToListAsync(ct);
            var fresh = db.Identities.Local.Where(i => ids.Contains(i.AssetId) && i.Kind != IdentityKind.Mac).Select(i => i.Value);
            if (names.Union(fresh).ToList() is { Count: > 0 } all) db.Publish(new AssetsReweighed(all));
        }
    }
}
