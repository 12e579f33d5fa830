using Juming.Platform.Notify.Data;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Delivery;

/// <summary>Forgets what is old: notices with all that hangs on them, and one-time paths that nobody fetched.</summary>
internal sealed class NotifyUpkeep(NotifyDb db, IVault vault, NotifySettings settings, TimeProvider clock)
{
    private const int PathDays = 2;

    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (stale, old) = (now.AddDays(-PathDays), now.AddDays(-settings.KeepDays));
        foreach (var path in await db.Paths.Where(p => p.At < stale).ToListAsync(ct))
        {
            await vault.Remove(path.SecretId, ct);
            db.Remove(path);
        }
        await db.SaveChangesAsync(ct);
        await db.Deliveries.Where(d => d.PlannedAt < old).ExecuteDeleteAsync(ct);
        await db.Cards.Where(c => c.MadeAt < old).ExecuteDeleteAsync(ct);
        await db.Presses.Where(p => p.At < stale).ExecuteDeleteAsync(ct);
        await db.Proofs.Where(p => p.Until < now).ExecuteDeleteAsync(ct);
        await db.Inbox.Where(i => i.At < old).ExecuteDeleteAsync(ct);
        await db.Notices.Where(n => n.PostedAt < old && n.RoutedAt != null).ExecuteDeleteAsync(ct);
    }
}
