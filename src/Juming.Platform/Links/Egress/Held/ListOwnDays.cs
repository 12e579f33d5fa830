using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Platform.Links.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress.Held;

/// <summary>Signed days of this host's own ledger, latest first, with what the host above holds of each.</summary>
/// <param name="Skip">Days passed over.</param>
/// <param name="Take">1 to 200.</param>
internal sealed record ListOwnDays(int Skip = 0, int Take = 50) : IQuery<OwnDays>, INeeds<EgressRead>;

/// <summary>Some of them, how many there are, and how many the host above doubts.</summary>
internal sealed record OwnDays(IReadOnlyList<OwnDay> Items, int Total, int Doubted);

/// <summary>A day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Last">Number of its last entry; 0 for a day that only the host above knows.</param>
/// <param name="Entries">Entries of the day alone.</param>
/// <param name="Bytes">What left on it.</param>
/// <param name="Hash">The chain after its last entry.</param>
/// <param name="SignedAt">When it was signed.</param>
/// <param name="Above">What the host above says; null while it said nothing.</param>
/// <param name="AboveHash">The chain's hash that it holds.</param>
/// <param name="AboveAt">When it took the day in, by its clock.</param>
internal sealed record OwnDay(DateOnly Day, long Last, long Entries, long Bytes, string Hash, DateTimeOffset? SignedAt, HeldState? Above, string? AboveHash, DateTimeOffset? AboveAt);

file sealed class Validator : AbstractValidator<ListOwnDays>
{
    public Validator()
    {
        RuleFor(r => r.Skip).InclusiveBetween(0, 100_000);
        RuleFor(r => r.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(LinksDb db) : IQueryHandler<ListOwnDays, OwnDays>
{
    public async Task<Result<OwnDays>> Handle(ListOwnDays request, CancellationToken ct)
    {
        var days = db.LedgerHeads.AsNoTracking().Select(h => h.Day).Union(db.Receipts.AsNoTracking().Select(r => r.Day));
        var shown = await days.OrderByDescending(d => d).Skip(request.Skip).Take(request.Take).ToListAsync(ct);
        var heads = await db.LedgerHeads.AsNoTracking().Where(h => shown.Contains(h.Day)).ToDictionaryAsync(h => h.Day, ct);
        // A host that joined another one later has the words of both; the latest counts.
        var receipts = (await db.Receipts.AsNoTracking().Where(r => shown.Contains(r.Day)).ToListAsync(ct)).GroupBy(r => r.Day).ToDictionary(g => g.Key, g => g.MaxBy(r => r.At)!);
        var items = new List<OwnDay>();
        foreach (var day in shown) items.Add(await View(day, heads.GetValueOrDefault(day), receipts.GetValueOrDefault(day), ct));
        return new OwnDays(items, await days.CountAsync(ct), await db.Receipts.CountAsync(r => r.State != HeldState.Continues, ct));
    }

    private async Task<OwnDay> View(int day, Ledger.LedgerHeadRow? head, ReceiptRow? receipt, CancellationToken ct)
    {
        var date = new DateOnly(1970, 1, 1).AddDays(day);
        var (above, hash, at) = (receipt?.State, receipt is null ? null : Convert.ToHexStringLower(receipt.Hash), receipt?.ReceivedAt);
        if (head is null) return new OwnDay(date, 0, 0, 0, "", null, above, hash, at);
        var before = await db.LedgerHeads.Where(h => h.Day < day).MaxAsync(h => (long?)h.Last, ct) ?? 0;
        var bytes = await db.Ledger.Where(r => r.Seq > before && r.Seq <= head.Last).SumAsync(r => r.Bytes, ct);
        return new OwnDay(date, head.Last, head.Last - before, bytes, Convert.ToHexStringLower(head.Hash), head.SignedAt, above, hash, at);
    }
}
