using Juming.Cloud.ThreatIntel.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Sources;

/// <summary>
/// Compares sources by the values that several of them name: who names them first, how far behind the others are, and who says the same as whom. First is who says so: a source that dates its
/// words back leads by its word alone.
/// </summary>
internal sealed class League(ThreatIntelDb db, TimeProvider clock)
{
    private const long MicrosPerMinute = 60_000_000;

    private sealed record Sum(Guid SourceId, long Shared, long Led, double Lag);

    private sealed record Pair(Guid SourceId, Guid OtherId, long Shared);

    /// <summary>Counts all sources anew, in two walks over what they say.</summary>
    public async Task Run(CancellationToken ct)
    {
        var sums = await db.Database.SqlQueryRaw<Sum>("""
            SELECT c.source_id AS "SourceId", count(*) AS "Shared", sum(CASE WHEN c.first_seen = f.first_seen THEN 1 ELSE 0 END) AS "Led", CAST(avg(c.first_seen - f.first_seen) AS DOUBLE PRECISION) AS "Lag"
            FROM threatintel_claims c JOIN (SELECT indicator_id, min(first_seen) AS first_seen FROM threatintel_claims WHERE withdrawn_at IS NULL GROUP BY indicator_id HAVING count(*) > 1) f ON f.indicator_id = c.indicator_id
            WHERE c.withdrawn_at IS NULL GROUP BY c.source_id
            """).ToListAsync(ct);
        var pairs = await db.Database.SqlQueryRaw<Pair>("""
            SELECT a.source_id AS "SourceId", b.source_id AS "OtherId", count(*) AS "Shared" FROM threatintel_claims a JOIN threatintel_claims b ON b.indicator_id = a.indicator_id AND b.source_id <> a.source_id
            WHERE a.withdrawn_at IS NULL AND b.withdrawn_at IS NULL GROUP BY a.source_id, b.source_id
            """).ToListAsync(ct);
        var nearest = pairs.GroupBy(p => p.SourceId).ToDictionary(g => g.Key, g => g.MaxBy(p => p.Shared)!);
        var now = clock.GetUtcNow();
        var rows = await db.League.ToDictionaryAsync(l => l.SourceId, ct);
        foreach (var sum in sums)
        {
            if (!rows.Remove(sum.SourceId, out var row)) row = db.Add(new LeagueRow { SourceId = sum.SourceId }).Entity;
            (row.Shared, row.Led, row.LagMinutes, row.CountedAt) = (sum.Shared, sum.Led, (long)Math.Round(sum.Lag / MicrosPerMinute), now);
            var other = nearest.GetValueOrDefault(sum.SourceId);
            (row.NearestId, row.NearestShared) = (other?.OtherId, other?.Shared ?? 0);
        }
        db.RemoveRange(rows.Values);
        await db.SaveChangesAsync(ct);
    }
}
