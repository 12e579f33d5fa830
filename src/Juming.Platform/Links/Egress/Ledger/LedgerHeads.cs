using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Access;
using Juming.Platform.Data;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Identity;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>Signs where the ledger stood at the end of a day, and says so in the audit trail and to the host above: who rewrites the ledger later would have to rewrite those too.</summary>
internal sealed class LedgerHeads(LinksDb db, IVault vault, IEgress egress, IAuditTrail trail, TimeProvider clock)
{
    /// <summary>Signs the last day that is over, when something left on it and it is not signed yet.</summary>
    public async Task SignWhatEnded(CancellationToken ct)
    {
        var today = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        if (await db.Ledger.AsNoTracking().Where(r => r.At < today).OrderByDescending(r => r.Seq).FirstOrDefaultAsync(ct) is not { } row) return;
        var day = (int)(row.At.ToUnixTimeSeconds() / 86_400);
        if (await db.LedgerHeads.AnyAsync(h => h.Day >= day, ct)) return;
        await Sign(day, row, ct);
    }

    private async Task Sign(int day, LedgerRow row, CancellationToken ct)
    {
        var key = await Key(ct);
        using var secret = KeyText.Read(await vault.Open(key.Secret, KeyText.PlaceOf(key.Id, "ledger"), "links.sign-ledger", ct));
        var signature = secret.SignData(LedgerChain.SignedOf(day, row.Seq, row.Hash), HashAlgorithmName.SHA256);
        db.Add(new LedgerHeadRow { Day = day, Last = row.Seq, Hash = row.Hash, KeyId = key.Id, Signature = signature, SignedAt = clock.GetUtcNow() });
        egress.SendWith(db, new LedgerHead { Day = PlainStatements.Micros(DateTimeOffset.UnixEpoch.AddDays(day)), Entries = (ulong)row.Seq, Hash = ByteString.CopyFrom(row.Hash), Signature = ByteString.CopyFrom(signature) });
        await db.SaveChangesAsync(ct);
        var arguments = JsonSerializer.Serialize(new { day = DateTimeOffset.UnixEpoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), entries = row.Seq, hash = Convert.ToHexStringLower(row.Hash) });
        await trail.Append(new AuditEntry("EgressLedgerSigned", Actor.System.Kind, Actor.System.Id, Actor.System.Name, null, arguments, "done"), ct);
    }

    private async Task<LedgerKeyRow> Key(CancellationToken ct)
    {
        if (await db.LedgerKeys.AsNoTracking().OrderByDescending(k => k.MadeAt).FirstOrDefaultAsync(ct) is { } known) return known;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var row = new LedgerKeyRow { Id = Guid.CreateVersion7(), PublicKey = key.ExportSubjectPublicKeyInfo(), MadeAt = clock.GetUtcNow() };
        row.Secret = await vault.Keep(KeyText.PlaceOf(row.Id, "ledger"), KeyText.Write(key), ct);
        db.Add(row);
        await db.SaveChangesAsync(ct);
        return row;
    }
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
