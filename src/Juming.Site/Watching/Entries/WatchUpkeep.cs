using Juming.Site.Watching.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Watching.Entries;

/// <summary>Forgets what ended long ago.</summary>
internal sealed class WatchUpkeep(WatchingDb db, WatchingSettings settings, TimeProvider clock)
{
    public Task Run(CancellationToken ct)
    {
        var old = clock.GetUtcNow().AddDays(-settings.KeepDays);
        return db.Watches.Where(w => w.EndedAt < old || w.Until < old).ExecuteDeleteAsync(ct);
    }
}
