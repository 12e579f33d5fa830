using System.Security.Cryptography;
using Juming.Platform.Handlers;
using Juming.Platform.Vault.Data;
using Juming.Platform.Vault.Sealing;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Vault.Turn;

/// <summary>After a loss of the key's file: makes another, so that secrets can be entered again. What the lost one sealed stays shut.</summary>
internal sealed record MakeNewKey : ICommand<NewKeyMade>, INeeds<VaultKeysWrite>;

/// <summary>Where the new key is, and how many secrets must be entered again.</summary>
internal sealed record NewKeyMade(string File, int Lost);

file sealed class Handler(VaultDb db, DataKeys keys, KeyFile file, SealedKeyRing ring, VaultTurn turn) : ICommandHandler<MakeNewKey, NewKeyMade>
{
    public Task<Result<NewKeyMade>> Handle(MakeNewKey request, CancellationToken ct) => turn.Alone(() => Make(ct), ct);

    private async Task<Result<NewKeyMade>> Make(CancellationToken ct)
    {
        var newest = await db.Keys.OrderByDescending(k => k.Id).FirstOrDefaultAsync(ct);
        var present = file.Read();
        if (newest is not null && file.Find(newest.WrappedBy) is not null) return VaultErrors.KeyIsThere;
        if (present is null && !file.IsOwn) return VaultErrors.KeyIsElsewhere.With("file", file.Location);
        // A key that someone has put there counts as the new one; only the own file is made here.
        if (present is null && file.Exists) return VaultErrors.KeyIsElsewhere.With("file", file.Location);
        if (present is null) file.Make();
        else if (newest is null) return VaultErrors.KeyIsThere;
        CryptographicOperations.ZeroMemory(keys.AddNew().Key);
        await db.SaveChangesAsync(ct);
        ring.Keep();
        return new NewKeyMade(file.Location, await db.Secrets.CountAsync(ct));
    }
}
