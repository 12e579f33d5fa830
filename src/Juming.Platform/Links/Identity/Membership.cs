using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Juming.Platform.Links.Data;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Identity;

/// <summary>Who this host is below another: its certificate with its key, and the authority that it holds the other to.</summary>
internal sealed class Membership(IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>A membership in use.</summary>
    public sealed record Held(Guid Upper, Guid Self, Uri Url, X509Certificate2 Authority, X509Certificate2 Certificate);

    /// <summary>The membership, or null when this host has joined nobody.</summary>
    public async Task<Held?> Get(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<LinksDb>().Memberships.AsNoTracking().OrderBy(m => m.JoinedAt).LastOrDefaultAsync(ct);
        if (row is null) return null;
        using var key = KeyText.Read(await scope.ServiceProvider.GetRequiredService<IVault>().Open(row.Key, KeyText.PlaceOf(row.Self, "member"), "links.dial", ct));
        return new Held(row.Upper, row.Self, new Uri(row.Url), X509CertificateLoader.LoadCertificate(row.Authority), KeyText.Join(row.Certificate, key));
    }

    /// <summary>What is known without opening the key.</summary>
    public async Task<(Guid Upper, Guid Self, string Url, DateTimeOffset CertificateUntil)?> Look(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<LinksDb>().Memberships.AsNoTracking().OrderBy(m => m.JoinedAt).LastOrDefaultAsync(ct);
        if (row is null) return null;
        using var certificate = X509CertificateLoader.LoadCertificate(row.Certificate);
        return (row.Upper, row.Self, row.Url, new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
    }

    /// <summary>Forgets it, key first out of use.</summary>
    public async Task<bool> Forget(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        var rows = await db.Memberships.ToListAsync(ct);
        db.RemoveRange(rows);
        await db.SaveChangesAsync(ct);
        foreach (var row in rows) await scope.ServiceProvider.GetRequiredService<IVault>().Remove(row.Key, ct);
        return rows.Count > 0;
    }

    /// <summary>Keeps a membership, new or renewed: the key first, so that no certificate is ever without its key.</summary>
    public async Task Keep(Guid upper, Guid self, Uri url, byte[] authority, byte[] certificate, ECDsa key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        var vault = scope.ServiceProvider.GetRequiredService<IVault>();
        var kept = await vault.Keep(KeyText.PlaceOf(self, "member"), KeyText.Write(key), ct);
        var row = await db.Memberships.FirstOrDefaultAsync(m => m.Upper == upper, ct);
        var old = row?.Key;
        if (row is null) db.Add(row = new MembershipRow { Upper = upper, JoinedAt = clock.GetUtcNow() });
        (row.Self, row.Url, row.Authority, row.Certificate, row.Key) = (self, url.AbsoluteUri, authority, certificate, kept);
        if (!await db.Peers.AnyAsync(p => p.Id == upper, ct)) db.Add(new PeerRow { Id = upper, Side = PeerSide.Upper, CreatedAt = clock.GetUtcNow(), EnrolledAt = clock.GetUtcNow() });
        await db.SaveChangesAsync(ct);
        if (old is { } gone) await vault.Remove(gone, ct);
    }
}
