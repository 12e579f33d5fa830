using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Triggering;

/// <summary>Forgets runs that ended long ago.</summary>
internal sealed class ResponseUpkeep(ResponseDb db, ResponseSettings settings, TimeProvider clock)
{
    private const int Share = 200;

    public async Task Run(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - TimeSpan.FromDays(settings.KeepRunsDays);
        while (await db.Runs.Where(r => r.EndedAt < before && r.DueAt == null).OrderBy(r => r.EndedAt).Take(Share).ToListAsync(ct) is { Count: > 0 } some)
        {
            var ids = some.Select(r => r.Id).ToArray();
            db.RemoveRange(await db.Steps.Where(s => ids.Contains(s.RunId)).ToListAsync(ct));
            db.RemoveRange(some);
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
        }
    }
}
