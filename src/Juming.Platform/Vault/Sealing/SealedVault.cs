using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Vault.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Vault.Sealing;

/// <summary>One writer at a time: a rotation must not miss a secret that is being sealed.</summary>
internal sealed class VaultTurn
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Runs alone.</summary>
    public async Task<T> Alone<T>(Func<Task<T>> work, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await work();
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>The vault over the tier's database.</summary>
internal sealed class SealedVault(VaultDb db, DataKeys keys, VaultTurn turn, IAuditTrail audit, CurrentActor current, TimeProvider clock) : IVault
{
    private const int MostBytes = 16 * 1024;
    private const int LongestPart = 200;

    public Task<Guid> Keep(SecretPlace place, Secret secret, CancellationToken ct)
    {
        if (new[] { place.Module, place.Object, place.Field }.Any(p => p.Length is 0 or > LongestPart)) throw new ArgumentException("A part of a secret's place has 1 to 200 characters.", nameof(place));
        var plain = BytesOf(secret);
        return turn.Alone(async () =>
        {
            var (keyId, key) = await keys.Current(ct);
            var row = new SecretRow { Module = place.Module, Object = place.Object, Field = place.Field, KeyId = keyId, Sealed = [], ChangedAt = clock.GetUtcNow() };
            row.Sealed = Close(row, key, plain);
            db.Add(row);
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
            return row.Id;
        }, ct);
    }

    public Task Replace(Guid id, Secret secret, CancellationToken ct)
    {
        var plain = BytesOf(secret);
        return turn.Alone(async () =>
        {
            var row = await db.Secrets.SingleOrDefaultAsync(s => s.Id == id, ct) ?? throw new SecretGoneException("missing");
            (row.KeyId, var key) = await keys.Current(ct);
            (row.Sealed, row.ChangedAt) = (Close(row, key, plain), clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
            return Done.Value;
        }, ct);
    }

    public Task Remove(Guid id, CancellationToken ct) => turn.Alone(() => db.Secrets.Where(s => s.Id == id).ExecuteDeleteAsync(ct), ct);

    public async Task<Secret> Open(Guid id, SecretPlace place, string purpose, CancellationToken ct)
    {
        var (secret, reason) = await Look(id, place, ct);
        var arguments = JsonSerializer.Serialize(new { id, place.Module, place.Object, place.Field, purpose }, JsonSerializerOptions.Web);
        var actor = current.Actor;
        // Before it is handed out: an opening that can't be recorded does not take place.
        await audit.Append(new AuditEntry("OpenSecret", actor.Kind, actor.Id, actor.Name, actor.Address, arguments, reason is null ? "done" : "vault." + reason), ct);
        return reason is null ? secret : throw new SecretGoneException(reason);
    }

    private async Task<(Secret Secret, string? Reason)> Look(Guid id, SecretPlace place, CancellationToken ct)
    {
        // One statement: between two of them a rotation could take the key away.
        var found = await (from s in db.Secrets.AsNoTracking() where s.Id == id join k in db.Keys.AsNoTracking() on s.KeyId equals k.Id into of from k in of.DefaultIfEmpty() select new { Row = s, Key = k }).SingleOrDefaultAsync(ct);
        if (found is null) return (default, "missing");
        if (new SecretPlace(found.Row.Module, found.Row.Object, found.Row.Field) != place) return (default, "elsewhere");
        if (keys.Unwrap(found.Key, out var reason) is not { } key) return (default, reason);
        var plain = Open(found.Row, key);
        if (plain is null) return (default, "seal");
        var secret = new Secret(Encoding.UTF8.GetString(plain));
        CryptographicOperations.ZeroMemory(plain);
        return (secret, null);
    }

    /// <summary>Seals under a data key, which is cleared, as is the plain text.</summary>
    public static byte[] Close(SecretRow row, byte[] key, byte[] plain)
    {
        var sealedBytes = Seal.Close(key, plain, row.Module, row.Object, row.Field, row.Id.ToString());
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(plain);
        return sealedBytes;
    }

    /// <summary>Opens with a data key, which is cleared; null when the seal is broken.</summary>
    public static byte[]? Open(SecretRow row, byte[] key)
    {
        var plain = Seal.Open(key, row.Sealed, row.Module, row.Object, row.Field, row.Id.ToString());
        CryptographicOperations.ZeroMemory(key);
        return plain;
    }

    private static byte[] BytesOf(Secret secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret.Value);
        return plain.Length <= MostBytes ? plain : throw new ArgumentException("A secret has at most 16 KiB of UTF-8.", nameof(secret));
    }
}
