using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Merge;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Indicators;

/// <summary>Lets indicators age, and forgets runs and quarantined entries of long ago. Indicators themselves stay: what once counted must be explained later.</summary>
internal sealed class IndicatorUpkeep(ThreatIntelDb db, MergeDesk desk, MergeTurn turn, ThreatIntelSettings settings, TimeProvider clock)
{
    private const int Part = 1000;

    public async Task Run(CancellationToken ct)
    {
        var last = "";
        while (true)
        {
            var after = last;
            var part = await db.Indicators.Where(i => string.Compare(i.Value, after) > 0).OrderBy(i => i.Value).Take(Part).Select(i => new { i.Id, i.Value }).ToListAsync(ct);
            if (part.Count == 0) break;
            // The turn is given back between parts, so that a new value never waits for all old ones.
            using (await turn.Enter(ct)) await desk.Recount(part.ConvertAll(i => i.Id), ct);
            last = part[^1].Value;
        }
        var old = clock.GetUtcNow().AddDays(-settings.KeepDays);
        await db.Runs.Where(r => r.StartedAt < old).ExecuteDeleteAsync(ct);
        await db.Quarantine.Where(q => q.LastAt < old).ExecuteDeleteAsync(ct);
    }
}
