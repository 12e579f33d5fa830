using Juming.Platform.Handlers;
using Juming.Platform.Links.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>Recomputes the whole ledger of what left, and holds kept contents and signed heads against it.</summary>
internal sealed record VerifyEgress : IQuery<LedgerVerdict>, INeeds<EgressRead>, IAudited;

file sealed class Handler(LinksDb db) : IQueryHandler<VerifyEgress, LedgerVerdict>
{
    public async Task<Result<LedgerVerdict>> Handle(VerifyEgress request, CancellationToken ct)
    {
        // Entries that come meanwhile are left for the next time.
        var end = await db.LedgerEnds.AsNoTracking().Select(e => (long?)e.Last).FirstOrDefaultAsync(ct) ?? 0;
        var held = await db.Receipts.AsNoTracking().Where(r => r.State == HeldState.Continues).Select(r => new HeldHead(r.Day, r.Entries, r.Hash)).ToListAsync(ct);
        var verifier = new LedgerVerifier(await SignedHeads.All(db, ct), held);
        var entries = from row in db.Ledger.AsNoTracking()
                      where row.Seq <= end
                      join content in db.LedgerContents.AsNoTracking() on row.Seq equals content.Seq into contents
                      from content in contents.DefaultIfEmpty()
                      orderby row.Seq
                      select new { Row = row, Content = content == null ? null : content.Content };
        await foreach (var entry in entries.AsAsyncEnumerable().WithCancellation(ct))
            if (verifier.Take(entry.Row, entry.Content) is { } bad) return bad;
        return verifier.End(end);
    }
}

/// <summary>Reads the signed heads with their keys.</summary>
internal static class SignedHeads
{
    public static async Task<IReadOnlyList<SignedHead>> All(LinksDb db, CancellationToken ct)
    {
        var keys = await db.LedgerKeys.AsNoTracking().ToDictionaryAsync(k => k.Id, k => k.PublicKey, ct);
        var heads = await db.LedgerHeads.AsNoTracking().OrderBy(h => h.Day).ToListAsync(ct);
        return [.. heads.Select(h => new SignedHead(h.Day, h.Last, h.Hash, h.Signature, keys.GetValueOrDefault(h.KeyId, [])))];
    }
}
