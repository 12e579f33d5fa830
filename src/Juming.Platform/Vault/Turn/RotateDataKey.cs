using System.Security.Cryptography;
using Juming.Platform.Handlers;
using Juming.Platform.Vault.Data;
using Juming.Platform.Vault.Sealing;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Vault.Turn;

/// <summary>Seals every secret anew under a new data key and forgets the old ones, all in one transaction.</summary>
internal sealed record RotateDataKey : ICommand<DataKeyRotated>, INeeds<VaultKeysWrite>;

/// <summary>How many secrets were sealed anew, and how many could not be opened and stay as they are.</summary>
internal sealed record DataKeyRotated(int Sealed, int Left);

file sealed class Handler(VaultDb db, DataKeys keys, VaultTurn turn, TimeProvider clock) : ICommandHandler<RotateDataKey, DataKeyRotated>
{
    public Task<Result<DataKeyRotated>> Handle(RotateDataKey request, CancellationToken ct) => turn.Alone(() => Rotate(ct), ct);

    private async Task<Result<DataKeyRotated>> Rotate(CancellationToken ct)
    {
        var old = await db.Keys.ToDictionaryAsync(k => k.Id, ct);
        (Guid Id, byte[] Key) made;
        try
        {
            made = keys.AddNew();
        }
        catch (SecretGoneException)
        {
            return VaultErrors.KeyMissing;
        }
        var (closed, left) = (0, new HashSet<Guid>());
        foreach (var row in await db.Secrets.ToListAsync(ct))
            if (keys.Unwrap(old.GetValueOrDefault(row.KeyId), out _) is { } key && SealedVault.Open(row, key) is { } plain)
            {
                row.KeyId = made.Id;
                (row.Sealed, row.ChangedAt) = (SealedVault.Close(row, [.. made.Key], plain), clock.GetUtcNow());
                closed++;
            }
            else left.Add(row.Id);
        CryptographicOperations.ZeroMemory(made.Key);
        if (left.Count == 0) db.RemoveRange(old.Values);
        await db.SaveChangesAsync(ct);
        return new DataKeyRotated(closed, left.Count);
    }
}
