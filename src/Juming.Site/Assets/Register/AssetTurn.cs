using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Register;

/// <summary>Lets one writer at a time change the register, so that a sighting and a person never overwrite each other, and carries what was saved into the index.</summary>
internal sealed class AssetTurn(AssetIndex index) : IDisposable
{
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
        var changes = db.ChangeTracker.Entries().Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).Select(e => (e.Entity, Gone: e.State == EntityState.Deleted)).ToList();
        await db.SaveChangesAsync(ct);
        foreach (var (entity, gone) in changes.OrderByDescending(c => c.Gone))
            switch (entity)
            {
                case AssetRow row when gone: index.Drop(row.Id); break;
                case AssetRow row: index.Put(row); break;
                case IdentityRow row when gone: index.Drop(row); break;
                case IdentityRow row: index.Put(row); break;
            }
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Held(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
