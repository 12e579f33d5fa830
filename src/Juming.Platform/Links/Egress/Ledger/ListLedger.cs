using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Gate;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>What left, newest first.</summary>
/// <param name="Text">Part of destination or subject; empty for all.</param>
/// <param name="Place">Where to; null for everywhere.</param>
/// <param name="Type">Number of a message, 0 for calls and mails; null for all.</param>
/// <param name="From">At or after.</param>
/// <param name="To">Before.</param>
/// <param name="Before">Only entries before this number.</param>
/// <param name="Take">1 to 200.</param>
internal sealed record ListLedger(string? Text, EgressPlace? Place, int? Type, DateTimeOffset? From, DateTimeOffset? To, long? Before, int Take = 50) : IQuery<LedgerPage>, INeeds<EgressRead>;

/// <summary>A page of it.</summary>
/// <param name="Items">Entries.</param>
/// <param name="Total">How many fit in all.</param>
/// <param name="Days">How much left on each day where to, of those that fit; the last 30 days at most.</param>
internal sealed record LedgerPage(IReadOnlyList<LedgerLine> Items, long Total, IReadOnlyList<LedgerDay> Days);

/// <summary>One entry; the message's name is empty for what is none.</summary>
internal sealed record LedgerLine(long Seq, DateTimeOffset At, EgressKind Kind, string Destination, EgressPlace Place, string Sender, string Message, string About, int Level, long Bytes, string Sha256, string Hash, string Approver = "")
{
    public static LedgerLine Of(LedgerRow row) => new(
        row.Seq, row.At, row.Kind, row.Destination, row.Place, row.Sender, row.Kind == EgressKind.Message ? MessageRule.Of(row.Type)?.Name ?? "" : "", row.About, row.Level, row.Bytes, Convert.ToHexStringLower(row.Sha256), Convert.ToHexStringLower(row.Hash), row.Approver);
}

/// <summary>How much left on a day.</summary>
internal sealed record LedgerDay(DateOnly Day, string Destination, EgressPlace Place, long Entries, long Bytes);

file sealed class Validator : AbstractValidator<ListLedger>
{
    public Validator()
    {
        RuleFor(r => r.Text).MaximumLength(100);
        RuleFor(r => r.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(LinksDb db, TimeProvider clock) : IQueryHandler<ListLedger, LedgerPage>
{
    private const int MostDays = 30;

    public async Task<Result<LedgerPage>> Handle(ListLedger request, CancellationToken ct)
    {
        var fitting = Fitting(request);
        var rows = await (request.Before is { } before ? fitting.Where(r => r.Seq < before) : fitting).OrderByDescending(r => r.Seq).Take(request.Take).ToListAsync(ct);
        return new LedgerPage([.. rows.Select(LedgerLine.Of)], await fitting.LongCountAsync(ct), await Days(fitting, ct));
    }

    private IQueryable<LedgerRow> Fitting(ListLedger request)
    {
        var rows = db.Ledger.AsNoTracking();
        if (!string.IsNullOrWhiteSpace(request.Text))
        {
            var text = request.Text.Trim();
            rows = rows.Where(r => r.Destination.Contains(text) || r.About.Contains(text));
        }
        if (request.Place is { } place) rows = rows.Where(r => r.Place == place);
        if (request.Type is { } type) rows = type == 0 ? rows.Where(r => r.Kind != EgressKind.Message) : rows.Where(r => r.Kind == EgressKind.Message && r.Type == type);
        if (request.From is { } from) rows = rows.Where(r => r.At >= from);
        if (request.To is { } to) rows = rows.Where(r => r.At < to);
        return rows;
    }

    /// <summary>Days are those of the site's zone, one bounded question each: an index of instants knows no zones.</summary>
    private async Task<IReadOnlyList<LedgerDay>> Days(IQueryable<LedgerRow> fitting, CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Web.SiteZone.Zone).DateTime);
        var first = Start(today.AddDays(1 - MostDays));
        if (!await fitting.AnyAsync(r => r.At >= first, ct)) return [];
        var days = new List<LedgerDay>();
        for (var day = today; day > today.AddDays(-MostDays); day = day.AddDays(-1))
        {
            var (from, to) = (Start(day), Start(day.AddDays(1)));
            var found = await fitting.Where(r => r.At >= from && r.At < to).GroupBy(r => new { r.Destination, r.Place }).Select(g => new { g.Key.Destination, g.Key.Place, Entries = g.LongCount(), Bytes = g.Sum(r => r.Bytes) }).ToListAsync(ct);
            days.AddRange(found.OrderByDescending(f => f.Bytes).ThenBy(f => f.Destination, StringComparer.Ordinal).Select(f => new LedgerDay(day, f.Destination, f.Place, f.Entries, f.Bytes)));
        }
        return days;
    }

    private static DateTimeOffset Start(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, Web.SiteZone.Zone.GetUtcOffset(local));
    }
}
