using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Own;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel;

/// <summary>Forgets what is old, and lets what has ended leave memory.</summary>
internal sealed class IntelUpkeep(IntelDb db, OwnBook book, IntelSettings settings, TimeProvider clock)
{
    public async Task Run(CancellationToken ct)
    {
        var old = clock.GetUtcNow().AddDays(-settings.KeepDays);
        await db.Own.Where(o => o.EndedAt < old || o.ValidUntil < old).ExecuteDeleteAsync(ct);
        await db.Mutes.Where(m => m.Until < old).ExecuteDeleteAsync(ct);
        await db.Hits.Where(h => h.LastAt < old).ExecuteDeleteAsync(ct);
        await db.Hunts.Where(h => h.DoneAt < old).ExecuteDeleteAsync(ct);
        await db.Bulletins.Where(b => b.State == BulletinState.Answered && b.ChangedAt < old).ExecuteDeleteAsync(ct);
        using var held = await book.Enter(ct);
        await book.Reload(ct);
    }
}
