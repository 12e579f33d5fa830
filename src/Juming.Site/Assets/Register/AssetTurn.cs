using Juming.Site.Assets.Data;
using Juming.Site.Assets.Impact;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Register;

/// <summary>Lets one writer at a time change the register, so that a sighting and a person never overwrite each other, and carries what was saved into the index.</summary>
internal sealed class AssetTurn(AssetIndex index, ImpactSignal impact) : IDisposable
{
    private const int FewRows = 8;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for the turn; dispose the answer to give it back.</summary>
    public async Task<IDisposable> Enter(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Held(_turn);
    }

    /// <summary>Saves and carries the changes into the index.</summary>
    public async Task Save(AssetsDb db, CancellationToken ct)
    {
        var entries = db.ChangeTracker.Entries().Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList();
        var changes = entries.ConvertAll(e => (e.Entity, Gone: e.State == EntityState.Deleted));
        // A machine that is retired or merged is no longer counted, or counted elsewhere.
        var moved = entries.Exists(e => e is { Entity: AssetRow, State: EntityState.Modified } && (e.Property(nameof(AssetRow.State)).IsModified || e.Property(nameof(AssetRow.MergedInto)).IsModified));
        // New machines come by the thousand; those rows are written plainly, and what changed or goes is saved as entities.
        var added = entries.Where(e => e.State == EntityState.Added && e.Entity is AssetRow or IdentityRow or AssetUserRow).ToList();
        if (added.Count < FewRows) await db.SaveChangesAsync(ct);
        else
        {
            foreach (var entry in added) entry.State = EntityState.Detached;
            await db.SaveWith(async statements =>
            {
                var plain = new AssetStatements(statements);
                await plain.Insert(added.Select(e => e.Entity).OfType<AssetRow>());
                await plain.Insert(added.Select(e => e.Entity).OfType<IdentityRow>());
                await plain.Insert(added.Select(e => e.Entity).OfType<AssetUserRow>());
            }, ct);
        }
        foreach (var (entity, gone) in changes.OrderByDescending(c => c.Gone))
            switch (entity)
            {
                case AssetRow row when gone: index.Drop(row.Id); break;
                case AssetRow row: index.Put(row); break;
                case IdentityRow row when gone: index.Drop(row); break;
                case IdentityRow row: index.Put(row); break;
            }
        if (moved) impact.Ring();
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Held(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
