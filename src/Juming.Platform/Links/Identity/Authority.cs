using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Juming.Platform.Handlers;
using Juming.Platform.Links.Data;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Identity;

/// <summary>This host as the authority over those below it; made on first use. Its key lies in the vault.</summary>
internal sealed class Authority(IServiceScopeFactory scopes, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Held? _held;

    /// <summary>Identity of this host, the authority's certificate with its key, and the listener's.</summary>
    public sealed record Held(Guid Upper, X509Certificate2 Certificate, X509Certificate2 Listener)
    {
        /// <summary>What tokens carry to recognise it.</summary>
        public byte[] Pin => LinkCertificates.PinOf(Certificate);
    }

    /// <summary>Loads it, or makes it.</summary>
    public async Task<Held> Get(CancellationToken ct)
    {
        if (Volatile.Read(ref _held) is { } held && IsFresh(held)) return held;
        await _turn.WaitAsync(ct);
        try
        {
            if (_held is { } now && IsFresh(now)) return now;
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
            var vault = scope.ServiceProvider.GetRequiredService<IVault>();
            var row = await db.Authorities.OrderBy(r => r.CreatedAt).FirstOrDefaultAsync(ct) ?? await Make(db, vault, ct);
            using var key = KeyText.Read(await vault.Open(row.Key, KeyText.PlaceOf(row.Id, "authority"), "links.authority", ct));
            var certificate = KeyText.Join(row.Certificate, key);
            using var listenerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            held = new Held(row.Id, certificate, LinkCertificates.SignUpper(certificate, listenerKey, row.Id, clock.GetUtcNow()));
            Volatile.Write(ref _held, held);
            return held;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // The listener's certificate is made anew by each process, and by one that runs for months.
    private bool IsFresh(Held held) => held.Listener.NotAfter.ToUniversalTime() > clock.GetUtcNow().UtcDateTime.AddDays(30);

    private async Task<AuthorityRow> Make(LinksDb db, IVault vault, CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var row = new AuthorityRow { CreatedAt = clock.GetUtcNow() };
        using var certificate = LinkCertificates.MakeAuthority(key, row.Id, row.CreatedAt);
        row.Certificate = certificate.RawData;
        row.Key = await vault.Keep(KeyText.PlaceOf(row.Id, "authority"), KeyText.Write(key), ct);
        db.Add(row);
        try
        {
            await db.SaveChangesAsync(ct);
            return row;
        }
        catch (DbUpdateException)
        {
            // Another node of this host made one at the same moment; its is the one.
            db.ChangeTracker.Clear();
            if (await db.Authorities.FirstOrDefaultAsync(ct) is not { } other) throw;
            await vault.Remove(row.Key, ct);
            return other;
        }
    }
}

/// <summary>Keys of links as the vault keeps them.</summary>
internal static class KeyText
{
    /// <summary>Where a key belongs.</summary>
    public static SecretPlace PlaceOf(Guid owner, string field) => new("links", owner.ToString("N"), field);

    /// <summary>A key as text.</summary>
    public static Secret Write(ECDsa key) => new(Convert.ToBase64String(key.ExportPkcs8PrivateKey()));

    /// <summary>The key of a text.</summary>
    public static ECDsa Read(Secret secret)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(secret.Value), out _);
        return key;
    }

    /// <summary>A certificate with its key, fit for TLS.</summary>
    public static X509Certificate2 Join(byte[] certificate, ECDsa key)
    {
        using var plain = X509CertificateLoader.LoadCertificate(certificate);
        using var joined = plain.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(joined.Export(X509ContentType.Pkcs12), null);
    }
}
