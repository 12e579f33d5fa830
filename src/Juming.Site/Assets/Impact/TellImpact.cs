using Juming.Contracts.Egress;
using Juming.Platform.Content;
using Juming.Platform.Data;
using Juming.Platform.Links;
using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Impact;

/// <summary>Tells the tier above how many vulnerabilities concern this site and how many assets, and by the customer's leave how many each: counts, and identities that everybody knows.</summary>
internal sealed class TellImpact(AssetsDb db, IContent content, IEgress egress)
{
    private const int MostNamed = 200;

    /// <summary>Tells how it stands; the gate sends nothing anew that it has sent.</summary>
    public async Task Run(CancellationToken ct)
    {
        // A site that nothing has come to has nothing to say.
        if (content.Targets.FirstOrDefault(t => t.Path == ImpactDesk.Path) is not { } known) return;
        var open = db.Vulnerabilities.AsNoTracking().Where(v => v.Open > 0 && !v.Muted);
        var scores = await open.Select(v => new { v.Score, Exploited = v.ExploitedAt != null }).ToListAsync(ct);
        uint Of(Band band) => (uint)scores.Count(s => ImpactFilter.BandOf(s.Score) == band);
        var totals = new ImpactCounts
        {
            KnownAt = PlainStatements.Micros(known.PublishedAt),
            OpenCritical = Of(Band.Critical),
            OpenHigh = Of(Band.High),
            OpenMedium = Of(Band.Medium),
            OpenLow = Of(Band.Low),
            OpenUnrated = Of(Band.Unrated),
            OpenExploited = (uint)scores.Count(s => s.Exploited),
            AssetsAffected = (uint)await db.Exposures.CountAsync(ct),
            AssetsExploited = (uint)await db.Exposures.CountAsync(e => e.Exploited > 0, ct),
        };
        if ((await egress.Send(totals, ct)).Outcome == EgressOutcome.NotJoined) return;
        var worst = await open.OrderByDescending(v => v.ExploitedAt != null).ThenByDescending(v => v.Score).ThenByDescending(v => v.Chance).ThenBy(v => v.Cve).Take(MostNamed).ToListAsync(ct);
        var named = new ImpactByVulnerability { KnownAt = totals.KnownAt };
        named.Cves.AddRange(worst.Select(v => v.Cve));
        named.CveAssetsAffected.AddRange(worst.Select(v => (uint)v.Open));
        named.CveAssetsRemediated.AddRange(worst.Select(v => (uint)v.Mended));
        await egress.Send(named, ct);
    }
}
