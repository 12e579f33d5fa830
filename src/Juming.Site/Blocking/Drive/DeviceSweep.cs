using Juming.Site.Blocking.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Drive;

/// <summary>
/// Looks after all verified blocks of a device with one reading of its list. What is seen there has its next look after the pause again; what is not stays due,
/// and is looked at by itself before anything is made of it.
/// </summary>
internal sealed class DeviceSweep(BlockingDb db, BlockTurn turn, DeviceOrders orders, BlockingSettings settings, TimeProvider clock)
{
    /// <summary>From so many due looks on, one reading takes their place.</summary>
    public const int Worthwhile = 2;

    private const int MostAtOnce = 2000;

    public async Task Go(Guid device, CancellationToken ct)
    {
        // All of them, not only those that are due: the reading tells of every one, and afterwards they are due together.
        var rows = await db.OnDevices.AsNoTracking().Where(d => d.DeviceId == device && d.State == BlockState.Verified).OrderBy(d => d.NextAt).Take(MostAtOnce)
            .Join(db.Entries, d => d.EntryId, e => e.Id, (d, e) => new { d.EntryId, d.Effect, e.Target }).ToListAsync(ct);
        if (rows.Count < Worthwhile || await orders.Survey(device, [.. rows.Select(r => r.Target).Distinct()], ct) is not { } survey) return;
        foreach (var part in rows.Where(r => survey.Present.Contains(r.Target)).Chunk(200))
        {
            var effects = part.ToDictionary(p => p.EntryId, p => p.Effect);
            var ids = effects.Keys.ToList();
            using var held = await turn.Enter(ct);
            db.ChangeTracker.Clear();
            var now = clock.GetUtcNow();
            foreach (var row in await db.OnDevices.Where(d => d.DeviceId == device && ids.Contains(d.EntryId) && d.State == BlockState.Verified).ToListAsync(ct))
                if (row.Effect == effects[row.EntryId]) (row.At, row.NextAt, row.Failure, row.Tries, row.Run, row.Version) = (now, now.AddMinutes(settings.DriftMinutes), null, 0, survey.Run ?? row.Run, row.Version + 1);
            await db.SaveChangesAsync(ct);
        }
    }
}
