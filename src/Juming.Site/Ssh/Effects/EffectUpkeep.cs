using Juming.Site.Ssh.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Effects;

/// <summary>Forgets what was done on hosts when its time is over.</summary>
internal sealed class EffectUpkeep(SshDb db, SshSettings settings, TimeProvider clock)
{
    private const int AtOnce = 500;

    public async Task Run(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-settings.KeepDays);
        while (await db.Effects.Where(e => e.EndedAt < before).OrderBy(e => e.EndedAt).Take(AtOnce).ToListAsync(ct) is { Count: > 0 } old)
        {
            db.RemoveRange(old);
            await db.SaveChangesAsync(ct);
        }
    }
}
