using System.Collections.Concurrent;
using System.Security.Cryptography;
using Juming.Platform.Content.Data;
using Juming.Platform.Content.Format;
using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Content.Sign;

/// <summary>Keys that this host signs with. They lie in the vault; each is opened once a process, since signing is what it is there for all day.</summary>
internal sealed class SigningKeys(IServiceScopeFactory scopes, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<string, ECDsa> _open = new();

    /// <summary>The key of a role that is among those that count; null when it is not here.</summary>
    public async Task<ECDsa?> Find(string role, RoleKeys counting, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var ids = counting.Keys.Select(k => k.Id).ToList();
        var row = await scope.ServiceProvider.GetRequiredService<ContentDb>().Keys.AsNoTracking().FirstOrDefaultAsync(k => k.Role == role && ids.Contains(k.KeyId), ct);
        return row is null ? null : await Open(row, scope.ServiceProvider, ct);
    }

    /// <summary>The newest key of a role; made when there is none.</summary>
    public async Task<ECDsa> Newest(string role, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<ContentDb>().Keys.AsNoTracking().Where(k => k.Role == role).OrderByDescending(k => k.CreatedAt).FirstOrDefaultAsync(ct);
        return row is null ? await Make(role, ct) : await Open(row, scope.ServiceProvider, ct);
    }

    /// <summary>Makes another key of a role; the one that counts so far stays until <see cref="Forget"/>.</summary>
    public async Task<ECDsa> Make(string role, CancellationToken ct)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = ContentKey.Of(key);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ContentDb>();
        var secret = await scope.ServiceProvider.GetRequiredService<IVault>().Keep(PlaceOf(name.Id), new Secret(Convert.ToBase64String(key.ExportPkcs8PrivateKey())), ct);
        db.Add(new KeyRow { KeyId = name.Id, Role = role, Public = name.Public, Secret = secret, CreatedAt = clock.GetUtcNow() });
        await db.SaveChangesAsync(ct);
        return _open[name.Id] = key;
    }

    /// <summary>Forgets the keys of a role, but for those named.</summary>
    public async Task Forget(string role, IReadOnlyCollection<string> but, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ContentDb>();
        var rows = await db.Keys.Where(k => k.Role == role && !but.Contains(k.KeyId)).ToListAsync(ct);
        db.RemoveRange(rows);
        await db.SaveChangesAsync(ct);
        foreach (var row in rows)
        {
            if (_open.TryRemove(row.KeyId, out var key)) key.Dispose();
            await scope.ServiceProvider.GetRequiredService<IVault>().Remove(row.Secret, ct);
        }
    }

    public void Dispose()
    {
        foreach (var key in _open.Values) key.Dispose();
    }

    private async Task<ECDsa> Open(KeyRow row, IServiceProvider services, CancellationToken ct)
    {
        if (_open.TryGetValue(row.KeyId, out var open)) return open;
        var secret = await services.GetRequiredService<IVault>().Open(row.Secret, PlaceOf(row.KeyId), "content.sign", ct);
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(secret.Value), out _);
        return _open.GetOrAdd(row.KeyId, key);
    }

    private static SecretPlace PlaceOf(string keyId) => new("content", keyId, "key");
}
