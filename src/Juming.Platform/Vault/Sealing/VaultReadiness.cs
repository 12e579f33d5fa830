using Juming.Platform.Data;
using Juming.Platform.Modules;
using Juming.Platform.Vault.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Vault.Sealing;

/// <summary>The key is there, fits, and is its owner's alone.</summary>
internal sealed class VaultReadiness(KeyFile file, SealedKeyRing ring, IServiceScopeFactory scopes) : IReadiness
{
    public string Name => "vault";

    public async Task<ReadinessReport> Look(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<VaultDb>();
        try
        {
            var secrets = await (from s in db.Secrets join k in db.Keys on s.KeyId equals k.Id into of from k in of.DefaultIfEmpty() group s by k == null ? "" : k.WrappedBy into g select new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
            var newest = await db.Keys.AsNoTracking().OrderByDescending(k => k.Id).Select(k => k.WrappedBy).FirstOrDefaultAsync(ct);
            return Report(secrets, newest);
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            return new ReadinessReport(ReadinessLevel.Bad, $"The secrets can't be read: {DatabaseErrors.Reason(e)}", "See what is said of the database.");
        }
    }

    private ReadinessReport Report(Dictionary<string, int> secrets, string? newest)
    {
        var all = secrets.Values.Sum();
        var key = file.Newest();
        string[] marks = [.. new[] { file.Read(), file.ReadNext() }.OfType<byte[]>().Select(k => KeyFile.MarkOf(k))];
        if (key is null && newest is null && file.IsOwn && !file.Exists && !ring.HasSealed) return new ReadinessReport(ReadinessLevel.Good, "No secret is kept yet; the key is made at the first start.");
        if (key is null)
            return new ReadinessReport(ReadinessLevel.Bad, $"The key '{file.Location}' {(file.Exists ? "can't be read or is not a key" : "is missing")}; {all} secrets and the key ring can't be opened.", "Put the file back from where it is kept apart. If it is lost: 'juming vault new-key', then enter the secrets again.");
        if (newest is not null && !marks.Contains(newest))
            return new ReadinessReport(ReadinessLevel.Bad, $"The key '{file.Location}' is not the one that {all} secrets are sealed with.", "Put the right file back. If it is lost: 'juming vault new-key' takes this one, then enter the secrets again.");
        if (file.IsOpenToOthers) return new ReadinessReport(ReadinessLevel.Warning, $"Others than its owner may use the key '{file.Location}'.", $"chmod 600 '{file.Location}', and find out who has read it.");
        if (file.ReadNext() is not null)
            return new ReadinessReport(ReadinessLevel.Warning, "A change of the key was begun and is not finished; both keys are needed until it is.", file.IsOwn ? "juming vault rotate-key" : $"'juming vault rotate-key', then move '{file.NextLocation}' over '{file.Location}'.");
        var lost = all - marks.Sum(m => secrets.GetValueOrDefault(m));
        return lost > 0
            ? new ReadinessReport(ReadinessLevel.Warning, $"{lost} of {all} secrets are sealed with a key that is gone.", "Enter them again where their devices and channels are set up.")
            : new ReadinessReport(ReadinessLevel.Good, $"{all} secrets are sealed; the key is '{file.Location}'.");
    }
}
