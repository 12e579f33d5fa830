using System.Security.Cryptography;
using Juming.Platform.Vault.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Vault.Sealing;

/// <summary>Wraps and unwraps data keys. The newest one seals; older ones only open, until a rotation has sealed everything anew.</summary>
internal sealed class DataKeys(VaultDb db, KeyFile file, SealedKeyRing ring, TimeProvider clock)
{
    /// <summary>Makes the own file where there is none and nothing was ever sealed; a lost file is not replaced silently.</summary>
    public async Task MakeFileOfNewHost(CancellationToken ct)
    {
        if (file.IsOwn && !file.Exists && !ring.HasSealed && !await db.Keys.AnyAsync(ct)) file.Make();
    }

    /// <summary>The key that seals, and its identity; made and added when nothing was ever sealed. The caller clears it after use.</summary>
    /// <exception cref="SecretGoneException">The file's key is missing or is another one than before.</exception>
    public async Task<(Guid Id, byte[] Key)> Current(CancellationToken ct)
    {
        await MakeFileOfNewHost(ct);
        var newest = await db.Keys.OrderByDescending(k => k.Id).FirstOrDefaultAsync(ct);
        if (newest is null) return AddNew();
        return (newest.Id, Unwrap(newest, out var reason) ?? throw new SecretGoneException(reason));
    }

    /// <summary>Makes another data key and adds it; it seals from the next save on.</summary>
    /// <exception cref="SecretGoneException">The file's key is missing.</exception>
    public (Guid Id, byte[] Key) AddNew()
    {
        var wrapping = file.Newest() ?? throw new SecretGoneException("key");
        var key = RandomNumberGenerator.GetBytes(Seal.KeyBytes);
        var id = Guid.CreateVersion7();
        db.Add(new DataKeyRow { Id = id, WrappedBy = KeyFile.MarkOf(wrapping), Wrapped = Seal.Close(wrapping, key, id.ToString()), CreatedAt = clock.GetUtcNow() });
        CryptographicOperations.ZeroMemory(wrapping);
        return (id, key);
    }

    /// <summary>The plain data key, or null with the reason as <see cref="SecretGoneException"/> names it.</summary>
    public byte[]? Unwrap(DataKeyRow? row, out string reason)
    {
        reason = "key";
        if (row is null || file.Find(row.WrappedBy) is not { } wrapping) return null;
        var key = Seal.Open(wrapping, row.Wrapped, row.Id.ToString());
        CryptographicOperations.ZeroMemory(wrapping);
        if (key is null) reason = "seal";
        return key;
    }
}
