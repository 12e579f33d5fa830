using Juming.Site.DeviceLinkage.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Takes away runs and pictures whose time is over.</summary>
internal sealed class LinkageUpkeep(LinkageDb db, RunDesk desk, LinkageSettings settings, TimeProvider clock)
{
    public async Task Run(CancellationToken ct)
    {
        var until = clock.GetUtcNow().AddDays(-settings.KeepDays);
        while (await db.Runs.Where(r => r.StartedAt < until).OrderBy(r => r.StartedAt).Take(500).ToListAsync(ct) is { Count: > 0 } old)
        {
            foreach (var run in old)
                if (Directory.Exists(desk.Folder(run.Id))) Directory.Delete(desk.Folder(run.Id), recursive: true);
            db.RemoveRange(old);
            await db.SaveChangesAsync(ct);
        }
    }
}
