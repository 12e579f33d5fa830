using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Held;
using Juming.Platform.Links.Identity;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>Signs where the ledger stood at the end of a day, and says so in the audit trail and to the host above: who rewrites the ledger later would have to rewrite those too.</summary>
internal sealed partial class LedgerHeads(LinksDb db, IVault vault, IEgress egress, IAuditTrail trail, TimeProvider clock, ILogger<LedgerHeads> log)
{
    private const int MostDays = 400;

    /// <summary>Signs every day that is over, on which something left, and that is not signed yet.</summary>
    public async Task SignWhatEnded(CancellationToken ct)
    {
        var today = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        for (var i = 0; i < MostDays; i++)
        {
            var before = await db.LedgerHeads.AsNoTracking().OrderByDescending(h => h.Day).FirstOrDefaultAsync(ct);
            var (from, seq) = (DateTimeOffset.UnixEpoch.AddDays((before?.Day ?? -1) + 1), before?.Last ?? 0);
            // By its number, not by its time: a clock that was put back makes no earlier day longer.
            if (await db.Ledger.AsNoTracking().Where(r => r.Seq > seq && r.At >= from && r.At < today).OrderBy(r => r.Seq).Select(r => (DateTimeOffset?)r.At).FirstOrDefaultAsync(ct) is not { } first) return;
            var day = (int)(first.ToUnixTimeSeconds() / 86_400);
            var end = DateTimeOffset.UnixEpoch.AddDays(day + 1);
            await Sign(day, await db.Ledger.AsNoTracking().Where(r => r.Seq > seq && r.At < end).OrderByDescending(r => r.Seq).FirstAsync(ct), before, ct);
        }
    }

    private async Task Sign(int day, LedgerRow row, LedgerHeadRow? before, CancellationToken ct)
    {
        var (key, secret) = await Key(ct);
        using var held = secret;
        var head = new LedgerHeadRow { Day = day, Last = row.Seq, Hash = row.Hash, KeyId = key, SignedAt = clock.GetUtcNow() };
        head.Signature = secret.SignData(LedgerChain.SignedOf(day, row.Seq, row.Hash), HashAlgorithmName.SHA256);
        db.Add(head);
        var first = before?.Last ?? 0;
        var told = LedgerStatement.Of(head, before, await db.Ledger.Where(r => r.Seq > first && r.Seq <= row.Seq).SumAsync(r => r.Bytes, ct), secret);
        egress.SendWith(db, told);
        await db.SaveChangesAsync(ct);
        var arguments = JsonSerializer.Serialize(new { day = DateTimeOffset.UnixEpoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), entries = row.Seq, hash = Convert.ToHexStringLower(row.Hash) });
        await trail.Append(new AuditEntry("EgressLedgerSigned", Actor.System.Kind, Actor.System.Id, Actor.System.Name, null, arguments, "done"), ct);
    }

    private async Task<(Guid Id, ECDsa Key)> Key(CancellationToken ct)
    {
        if (await db.LedgerKeys.AsNoTracking().OrderByDescending(k => k.MadeAt).FirstOrDefaultAsync(ct) is { } known)
        {
            try
            {
                return (known.Id, KeyText.Read(await vault.Open(known.Secret, KeyText.PlaceOf(known.Id, "ledger"), "links.sign-ledger", ct)));
            }
            catch (SecretGoneException e)
            {
                // The vault's key was lost. Days go on to be signed, with another key, and the host above tells people of it.
                LogNewKey(log, e.Reason);
            }
        }
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var row = new LedgerKeyRow { Id = Guid.CreateVersion7(), PublicKey = key.ExportSubjectPublicKeyInfo(), MadeAt = clock.GetUtcNow() };
        row.Secret = await vault.Keep(KeyText.PlaceOf(row.Id, "ledger"), KeyText.Write(key), ct);
        db.Add(row);
        await db.SaveChangesAsync(ct);
        return (row.Id, key);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The key that signs the ledger's days can't be had ({Reason}); another one is made")]
    private static partial void LogNewKey(ILogger log, string reason);
}

/// <summary>Forgets contents that are older than they are kept; the ledger itself stays whole.</summary>
internal sealed class LedgerUpkeep(LinksDb db, LinksSettings settings, TimeProvider clock)
{
    public async Task Run(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-settings.EgressContentDays);
        await db.SaveWith(_ => db.LedgerContents.Where(c => c.At < before).ExecuteDeleteAsync(ct), ct);
    }
}
