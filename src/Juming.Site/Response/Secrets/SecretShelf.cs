using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Secrets;

/// <summary>Secrets that steps name. Each may be sent to one origin, so that whoever draws playbooks can't have it sent elsewhere.</summary>
internal sealed class SecretShelf(ResponseDb db, IVault vault, TimeProvider clock)
{
    public static SecretPlace PlaceOf(Guid id) => new("response", id.ToString(), "value");

    /// <summary>Scheme, host and port as they are compared; null when the address has none.</summary>
    public static string? OriginOf(Uri address) => address.IsAbsoluteUri && address.Scheme is "https" or "http" && address.UserInfo.Length == 0 ? $"{address.Scheme}://{address.IdnHost}:{address.Port}" : null;

    /// <summary>Code of why one of these can't be sent there; null when all can.</summary>
    public async Task<string?> Refusal(IReadOnlyCollection<string> names, Uri address, CancellationToken ct)
    {
        if (names.Count == 0) return null;
        var rows = await db.Secrets.AsNoTracking().Where(s => names.Contains(s.Name)).ToListAsync(ct);
        if (names.Any(name => rows.All(r => r.Name != name))) return "no-secret";
        return rows.All(r => r.Origin == OriginOf(address)) ? null : "secret-elsewhere";
    }

    /// <summary>Tries whether all of them open: how many there are, and which do not.</summary>
    public async Task<(int Kept, IReadOnlyList<string> Broken)> Try(string purpose, CancellationToken ct)
    {
        var rows = await db.Secrets.AsNoTracking().OrderBy(s => s.Name).ToListAsync(ct);
        var broken = new List<string>();
        foreach (var row in rows)
        {
            try
            {
                await vault.Open(row.Sealed, PlaceOf(row.Id), purpose + ".probe", ct);
            }
            catch (SecretGoneException)
            {
                broken.Add(row.Name);
            }
        }
        return (rows.Count, broken);
    }

    /// <summary>Opens them for one call; the vault records it, and the page shows it.</summary>
    /// <exception cref="SecretGoneException">One of them can't be had.</exception>
    public async Task<Dictionary<string, Secret>> Open(IReadOnlyCollection<string> names, Uri address, string purpose, ActionCall call, CancellationToken ct)
    {
        var opened = new Dictionary<string, Secret>();
        foreach (var name in names)
        {
            var row = await db.Secrets.AsNoTracking().FirstOrDefaultAsync(s => s.Name == name, ct);
            if (row is null || row.Origin != OriginOf(address)) throw new SecretGoneException(row is null ? "missing" : "elsewhere");
            opened[name] = await vault.Open(row.Sealed, PlaceOf(row.Id), purpose, ct);
        }
        var now = clock.GetUtcNow();
        await db.Secrets.Where(s => names.Contains(s.Name)).ExecuteUpdateAsync(s => s.SetProperty(r => r.UsedAt, now).SetProperty(r => r.UsedBy, call.Playbook).SetProperty(r => r.UsedRun, call.RunNumber), ct);
        return opened;
    }
}
