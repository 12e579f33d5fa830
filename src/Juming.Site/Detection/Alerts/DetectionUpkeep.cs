using Juming.Site.Detection.Data;
using Juming.Site.Detection.Rules;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts;

/// <summary>Lets go of alerts and hits that are older than is kept and of site filters that have expired, and notes when sources were last seen.</summary>
internal sealed class DetectionUpkeep(DetectionDb db, RuleBook book, DetectionSettings settings, TimeProvider clock)
{
    private const int KeepHitsDays = 35;
    private const int RowsAtOnce = 1_000;

    /// <summary>One round; doing it twice changes nothing.</summary>
    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var before = now.AddDays(-settings.KeepAlertsDays);
        while (await db.Alerts.Where(a => a.DetectedAt < before).OrderBy(a => a.DetectedAt).Take(RowsAtOnce).ToListAsync(ct) is { Count: > 0 } old)
        {
            // In small pieces through the group commit: one long delete would hold up every other writer.
            db.Alerts.RemoveRange(old);
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
        }
        var hour = now.AddDays(-KeepHitsDays).ToUnixTimeSeconds() / 3600;
        while (await db.Hits.Where(h => h.Hour < hour).Take(RowsAtOnce).ToListAsync(ct) is { Count: > 0 } old)
        {
            db.Hits.RemoveRange(old);
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
        }
        await book.KeepSights(ct);
        var loaded = book.LoadedAt;
        if (await db.Filters.AnyAsync(f => f.ExpiresAt <= now && f.ExpiresAt > loaded, ct)) await book.Reload(ct);
    }
}
