using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>Asks for a part of the ledger as an auditor takes it away.</summary>
/// <param name="After">Entries after this number.</param>
/// <param name="Take">1 to 1,000.</param>
internal sealed record ExportLedger(long After, int Take = 500) : IQuery<LedgerPart>, INeeds<EgressRead>, IPartOfLook
{
    /// <inheritdoc/>
    public IAudited Look => new LookAtLedger();
}

/// <summary>An auditor takes the ledger away; named in the audit trail once for all its parts.</summary>
internal sealed record LookAtLedger : IAudited;

/// <summary>A part of it.</summary>
/// <param name="Heads">Signed ends of days; with the first part alone.</param>
/// <param name="Entries">Entries, oldest first.</param>
internal sealed record LedgerPart(IReadOnlyList<ExportedHead> Heads, IReadOnlyList<ExportedEntry> Entries);

/// <summary>A signed end of a day.</summary>
internal sealed record ExportedHead(int Day, long Last, string Hash, string Signature, string PublicKey);

/// <summary>An entry with all that its hash is over.</summary>
internal sealed record ExportedEntry(long Seq, long AtMicros, string Kind, string Destination, string Place, string Sender, int Type, string About, int Level, long Bytes, int Labels, string Sha256, string? KeptSha256, string Hash, byte[]? Content, string? Approver = null);

file sealed class Handler(LinksDb db) : IQueryHandler<ExportLedger, LedgerPart>
{
    public async Task<Result<LedgerPart>> Handle(ExportLedger request, CancellationToken ct)
    {
        var rows = await db.Ledger.AsNoTracking().Where(r => r.Seq > request.After).OrderBy(r => r.Seq).Take(Math.Clamp(request.Take, 1, 1000)).ToListAsync(ct);
        var (first, last) = rows.Count == 0 ? (0, 0) : (rows[0].Seq, rows[^1].Seq);
        var contents = await db.LedgerContents.AsNoTracking().Where(c => c.Seq >= first && c.Seq <= last).ToDictionaryAsync(c => c.Seq, c => c.Content, ct);
        var heads = request.After == 0 ? await SignedHeads.All(db, ct) : [];
        return new LedgerPart([.. heads.Select(ExportedForm.Of)], [.. rows.Select(r => ExportedForm.Of(r, contents.GetValueOrDefault(r.Seq)))]);
    }
}

/// <summary>The ledger as a file.</summary>
internal static class LedgerExport
{
    /// <summary>Heads first, then every entry, one JSON object a line.</summary>
    public static async Task<IResult> Answer(Sender sender, CancellationToken ct)
    {
        var first = await sender.Send(new ExportLedger(0), ct);
        return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => Write(stream, sender, first.Value, ct), "application/x-ndjson", "egress-ledger.ndjson");
    }

    private static async Task Write(Stream stream, Sender sender, LedgerPart part, CancellationToken ct)
    {
        foreach (var head in part.Heads) await Line(stream, new { head }, ct);
        while (part.Entries.Count > 0)
        {
            foreach (var entry in part.Entries) await Line(stream, new { entry }, ct);
            var next = await sender.Send(new ExportLedger(part.Entries[^1].Seq), ct);
            // The answer has begun: breaking it off is the only way to say that it is not complete.
            if (next.Error is { } error) throw new IOException(error.ToString());
            part = next.Value;
        }
    }

    private static async Task Line<T>(Stream stream, T value, CancellationToken ct)
    {
        await JsonSerializer.SerializeAsync(stream, value, JsonSerializerOptions.Web, ct);
        await stream.WriteAsync("\n"u8.ToArray(), ct);
    }
}
