using System.Security.Cryptography;
using Juming.Platform.Handlers;
using Juming.Platform.Vault.Data;
using Juming.Platform.Vault.Sealing;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Vault.Turn;

/// <summary>
/// Puts another key in the place of the file's: wraps all data keys under it in one transaction, seals the key ring under it, reads all of it back, and only
/// then lets it take the old one's place. Both keys open until then, so that it may break off anywhere, and goes on when it is run again.
/// </summary>
internal sealed record RotateKeyFile : ICommand<KeyFileRotated>, INeeds<VaultKeysWrite>;

/// <summary>What was done.</summary>
/// <param name="File">Where the key is.</param>
/// <param name="Keys">Data keys that are wrapped under it.</param>
/// <param name="Ring">Files of the key ring that are sealed under it.</param>
/// <param name="Left">Keys and files that could not be opened before and stay as they are.</param>
/// <param name="Move">The file that the administrator must move over <paramref name="File"/>, where this program may not; null when it is done.</param>
internal sealed record KeyFileRotated(string File, int Keys, int Ring, int Left, string? Move);

file sealed class Handler(VaultDb db, DataKeys keys, KeyFile file, SealedKeyRing ring, VaultTurn turn) : ICommandHandler<RotateKeyFile, KeyFileRotated>
{
    public Task<Result<KeyFileRotated>> Handle(RotateKeyFile request, CancellationToken ct) => turn.Alone(() => Rotate(ct), ct);

    private async Task<Result<KeyFileRotated>> Rotate(CancellationToken ct)
    {
        if (file.Newest() is null) return VaultErrors.KeyMissing;
        if (file.ReadNext() is null && !file.IsOwn) return VaultErrors.NextMissing.With("file", file.Location).With("next", file.NextLocation);
        // One that an earlier run has left may wrap something already: it goes on with that one.
        if (file.ReadNext() is null) file.MakeNext();
        if (file.ReadNext() is not { } next) return VaultErrors.KeyMissing;
        try
        {
            var (wrapped, left) = await Wrap(next, ct);
            await ReadBack(KeyFile.MarkOf(next), ct);
            var files = ring.SealAnew(next, file.IsOwn ? file.TakeNext : () => { });
            return new KeyFileRotated(file.Location, wrapped, files.Sealed, left + files.Left, file.IsOwn ? null : file.NextLocation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(next);
        }
    }

    private async Task<(int Wrapped, int Left)> Wrap(byte[] next, CancellationToken ct)
    {
        var (wrapped, left) = (0, 0);
        foreach (var row in await db.Keys.ToListAsync(ct))
            if (keys.Unwrap(row, out _) is { } plain)
            {
                (row.WrappedBy, row.Wrapped) = (KeyFile.MarkOf(next), Seal.Close(next, plain, row.Id.ToString()));
                CryptographicOperations.ZeroMemory(plain);
                wrapped++;
            }
            else left++;
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
        return (wrapped, left);
    }

    private async Task ReadBack(string mark, CancellationToken ct)
    {
        foreach (var row in await db.Keys.AsNoTracking().Where(k => k.WrappedBy == mark).ToListAsync(ct))
            CryptographicOperations.ZeroMemory(keys.Unwrap(row, out _) ?? throw new InvalidOperationException($"Data key {row.Id} can't be read back; the old key stays."));
    }
}
