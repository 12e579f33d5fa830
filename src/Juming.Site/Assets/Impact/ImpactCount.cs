using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Impact;

/// <summary>Counts for others how many assets vulnerabilities concern.</summary>
internal sealed class ImpactCount(AssetsDb db) : IImpact
{
    public async Task<(int Open, int Remediated)> CountOf(IReadOnlyCollection<string> cves, CancellationToken ct)
    {
        var some = cves.Take(50).ToArray();
        var software = db.Findings.Where(f => some.Contains(f.Cve)).Select(f => new { f.SoftwareId, f.Cve });
        var rows = await software.Join(db.Installs, f => f.SoftwareId, i => i.SoftwareId, (f, i) => new { f.Cve, i.AssetId, i.GoneAt })
            .Join(db.Assets.Where(a => a.State != AssetState.Retired), r => r.AssetId, a => a.Id, (r, a) => new { Asset = a.MergedInto ?? a.Id, r.Cve, IsThere = r.GoneAt == null }).Distinct().ToListAsync(ct);
        var decided = (await db.Decisions.AsNoTracking().Where(d => some.Contains(d.Cve)).Select(d => new { d.Cve, d.AssetId }).ToListAsync(ct)).Select(d => (d.Cve, d.AssetId)).ToHashSet();
        var open = rows.Where(r => r.IsThere && !decided.Contains((r.Cve, r.Asset)) && !decided.Contains((r.Cve, Guid.Empty))).Select(r => r.Asset).ToHashSet();
        return (open.Count, rows.Where(r => !r.IsThere).Select(r => r.Asset).Distinct().Count(a => !open.Contains(a)));
    }
}
