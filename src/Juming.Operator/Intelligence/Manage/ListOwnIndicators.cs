using System.Globalization;
using System.Text;
using FluentValidation;
using Juming.Contracts.Indicators;
using Juming.Operator.Customers;
using Juming.Operator.Intelligence.Data;
using Juming.Operator.Intelligence.Press;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Intelligence.Manage;

/// <summary>Lists the operator's own indicators, the latest first.</summary>
internal sealed record ListOwnIndicators : IQuery<OwnIndicatorPage>, INeeds<OwnIntelRead>
{
    /// <summary>Part of a value, name, technique or note.</summary>
    public string? Text { get; init; }

    /// <summary>One kind.</summary>
    public IndicatorKind? Kind { get; init; }

    /// <summary>Those that have ended instead of those that count.</summary>
    public bool Ended { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>One of them.</summary>
public sealed record OwnIndicatorView(Guid Id, IndicatorKind Kind, string Value, int Confidence, int Severity, Sharing Tlp, string Family, IReadOnlyList<string> Techniques, string Note, DateTimeOffset ValidUntil, string By, DateTimeOffset At, DateTimeOffset? EndedAt, string EndedBy);

/// <summary>A page of them.</summary>
/// <param name="Items">The indicators.</param>
/// <param name="Total">How many fit.</param>
/// <param name="Published">How those that count stand on their way to sites.</param>
internal sealed record OwnIndicatorPage(IReadOnlyList<OwnIndicatorView> Items, int Total, PressStanding Published);

file sealed class Validator : AbstractValidator<ListOwnIndicators>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(300);
        RuleFor(q => q.Kind).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(OwnIntelDb db, OwnPress press, TimeProvider clock) : IQueryHandler<ListOwnIndicators, OwnIndicatorPage>
{
    public async Task<Result<OwnIndicatorPage>> Handle(ListOwnIndicators request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var found = request.Ended ? db.Indicators.Where(o => o.EndedAt != null || o.ValidUntil <= now) : db.Indicators.Where(o => o.EndedAt == null && o.ValidUntil > now);
        if (request.Kind is { } kind) found = found.Where(o => o.Kind == kind);
        if (request.Text?.Trim().ToLowerInvariant() is { Length: > 0 } text)
        {
            var part = "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            found = found.Where(o => EF.Functions.Like(o.Value, part, "\\") || EF.Functions.Like(o.Family.ToLower(), part, "\\") || EF.Functions.Like(o.Techniques.ToLower(), part, "\\") || EF.Functions.Like(o.Note.ToLower(), part, "\\"));
        }
        var rows = await found.OrderByDescending(o => o.At).ThenBy(o => o.Id).Skip(request.Skip).Take(request.Take).AsNoTracking().ToListAsync(cancellationToken);
        return new OwnIndicatorPage(rows.ConvertAll(View), await found.CountAsync(cancellationToken), press.Standing);
    }

    private static OwnIndicatorView View(OwnIndicatorRow o) => new(o.Id, o.Kind, o.Value, o.Confidence, o.Severity, o.Tlp, o.Family, o.Techniques.Split(',', StringSplitOptions.RemoveEmptyEntries), o.Note, o.ValidUntil, o.By, o.At, o.EndedAt, o.EndedBy);
}

/// <summary>Own indicators as CSV.</summary>
internal static class OwnCsv
{
    /// <summary>Writes the first page and asks for the others.</summary>
    public static Task Write(Stream stream, Sender sender, ListOwnIndicators filter, OwnIndicatorPage page, CancellationToken ct) => PagedCsv.Write(
        stream, "value,kind,confidence,severity,tlp,family,techniques,note,until,by,at,ended_at,ended_by", page, p => p.Total, p => p.Items.Select(Line), skip => sender.Send(filter with { Skip = skip, Take = PagedCsv.Rows }, ct), ct);

    /// <summary>The first page of a filter.</summary>
    public static ListOwnIndicators First(ListOwnIndicators filter) => filter with { Skip = 0, Take = PagedCsv.Rows };

    private static StringBuilder Line(OwnIndicatorView row) => new StringBuilder().AppendCell(row.Value).AppendCell(row.Kind.ToString()).AppendCell(Number(row.Confidence)).AppendCell(Number(row.Severity)).AppendCell(row.Tlp.ToString()).AppendCell(row.Family)
        .AppendCell(string.Join(' ', row.Techniques)).AppendCell(row.Note).AppendCell(PagedCsv.Instant(row.ValidUntil)).AppendCell(row.By).AppendCell(PagedCsv.Instant(row.At)).AppendCell(PagedCsv.Instant(row.EndedAt)).AppendCell(row.EndedBy);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
