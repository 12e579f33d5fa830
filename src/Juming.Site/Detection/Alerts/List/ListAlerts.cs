using System.Globalization;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Rules;
using Juming.Site.Detection.Rules.Filters;
using Juming.Site.Detection.Sigma;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts.List;

/// <summary>Lists alerts, one page at a time.</summary>
internal sealed record ListAlerts : IQuery<AlertPage>, INeeds<DetectionRead>
{
    /// <summary>Least severity, or null for all.</summary>
    public Severity? LeastSeverity { get; init; }

    /// <summary>Only these severities; empty for all.</summary>
    public IReadOnlyList<Severity> Severities { get; init; } = [];

    /// <summary>Rule, or null for all.</summary>
    public string? RuleId { get; init; }

    /// <summary>An address, host or account that takes part in any role, whatever its case; several separated by "|", of which one must fit.</summary>
    public string? Entity { get; init; }

    /// <summary>Last match at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last match before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Text within title, rule or parties.</summary>
    public string? Text { get; init; }

    /// <summary>A technique, "T1110" with what is below it, or null.</summary>
    public string? Technique { get; init; }

    /// <summary>True: without verdict; false: with one; null: both.</summary>
    public bool? IsNew { get; init; }

    /// <summary>"last" (default), "severity" or "count"; the highest first.</summary>
    public string Sort { get; init; } = "last";

    /// <summary>Rows passed over; for pages by number. Ignored with a cursor.</summary>
    public int Skip { get; init; }

    /// <summary>Rows, 1 to 500.</summary>
    public int Take { get; init; } = 50;

    /// <summary>Where the former page ended (only by time).</summary>
    public string? Cursor { get; init; }

    /// <summary>Counts all that fit as well.</summary>
    public bool WithTotal { get; init; } = true;
}

/// <summary>A page of alerts.</summary>
/// <param name="Items">The alerts.</param>
/// <param name="Total">How many fit in all; null when it was not asked for.</param>
/// <param name="Cursor">Where the next page begins; null at the end or when the order is not by time.</param>
/// <param name="BySeverity">How many fit by severity; empty when the total was not asked for.</param>
internal sealed record AlertPage(IReadOnlyList<AlertItem> Items, int? Total, string? Cursor, IReadOnlyDictionary<Severity, int> BySeverity);

/// <summary>An alert in a list or on its own.</summary>
internal sealed record AlertItem
{
    public required AlertView Alert { get; init; }

    /// <summary>Stable code of an alert that no rule made.</summary>
    public string? Code { get; init; }

    /// <summary>Verdict; null while it is new.</summary>
    public Verdict? Verdict { get; init; }
    public string? VerdictReason { get; init; }
    public string? VerdictBy { get; init; }
    public DateTimeOffset? VerdictAt { get; init; }

    /// <summary>Titles of the rule by language, as far as it brings any.</summary>
    public IReadOnlyDictionary<string, string> Titles { get; init; } = None;

    /// <summary>What to do, by language; only of a single alert.</summary>
    public IReadOnlyDictionary<string, string> Advice { get; init; } = None;

    /// <summary>Fields and values that a site filter can narrow it down by: those that events of the rule bear under these names.</summary>
    public IReadOnlyDictionary<string, string> Narrowing { get; init; } = None;

    /// <summary>The incident it belongs to, or null.</summary>
    public AlertPlace? Incident { get; init; }

    private static readonly Dictionary<string, string> None = [];

    /// <summary>The item of a row.</summary>
    public static AlertItem Of(AlertRow row, SigmaDocument? rule = null, bool withAdvice = false) => new()
    {
        Titles = rule?.Titles ?? None,
        Advice = withAdvice ? rule?.Advice ?? None : None,
        Narrowing = withAdvice && row.Code is null ? FilterFields.Of(row, rule) : None,
        Alert = AlertViews.Of(row),
        Code = row.Code,
        Verdict = row.Verdict is { } verdict ? Enum.Parse<Verdict>(verdict) : null,
        VerdictReason = row.VerdictReason,
        VerdictBy = row.VerdictBy,
        VerdictAt = row.VerdictAt,
    };
}

/// <summary>The filter of a list as a query over rows.</summary>
internal static class AlertFilter
{
    /// <summary>Alerts that fit.</summary>
    public static IQueryable<AlertRow> Apply(IQueryable<AlertRow> rows, ListAlerts q)
    {
        if (q.LeastSeverity is { } least) rows = rows.Where(a => a.Severity >= (int)least);
        if (q.Severities.Count > 0)
        {
            var some = q.Severities.Select(s => (int)s).ToArray();
            rows = rows.Where(a => some.Contains(a.Severity));
        }
        if (!string.IsNullOrWhiteSpace(q.RuleId)) rows = rows.Where(a => a.RuleId == q.RuleId);
        if (q.Entity is { } entity && Names(entity) is { Length: > 0 } names)
            rows = rows.Where(a => names.Contains(a.Attacker!.ToLower()) || names.Contains(a.Victim!.ToLower()) || names.Contains(a.Host!.ToLower()) || names.Contains(a.Account!.ToLower()));
        if (q.From is { } from) rows = rows.Where(a => a.LastAt >= from);
        if (q.To is { } to) rows = rows.Where(a => a.LastAt < to);
        if (q.IsNew is { } isNew) rows = isNew ? rows.Where(a => a.Verdict == null) : rows.Where(a => a.Verdict != null);
        if (!string.IsNullOrWhiteSpace(q.Technique))
        {
            string whole = $" {q.Technique} ", below = $" {q.Technique}.";
            rows = rows.Where(a => a.Techniques.Contains(whole) || a.Techniques.Contains(below));
        }
        if (!string.IsNullOrWhiteSpace(q.Text))
        {
            var text = q.Text.Trim().ToLower(CultureInfo.InvariantCulture);
            rows = rows.Where(a => a.Title.ToLower().Contains(text) || a.RuleId.ToLower() == text || a.Attacker!.ToLower().Contains(text) || a.Victim!.ToLower().Contains(text)
                || a.Host!.ToLower().Contains(text) || a.Account!.ToLower().Contains(text));
        }
        return rows;
    }

    /// <summary>Each name in the form that a database brings it to: PostgreSQL lowers every letter, SQLite those of ASCII.</summary>
    private static string[] Names(string entities) =>
        [.. entities.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(100).SelectMany(n => new[] { n.ToLowerInvariant(), string.Concat(n.Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c)) }).Distinct()];
}

file sealed class Validator : AbstractValidator<ListAlerts>
{
    public Validator()
    {
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Entity).MaximumLength(20_000);
        RuleFor(q => q.Sort).Must(s => s is "last" or "severity" or "count");
        RuleFor(q => q.Technique).Matches("^T[0-9]{4}(\\.[0-9]{3})?$").When(q => !string.IsNullOrWhiteSpace(q.Technique));
    }
}

file sealed class Handler(DetectionDb db, RuleBook book) : IQueryHandler<ListAlerts, AlertPage>
{
    public async Task<Result<AlertPage>> Handle(ListAlerts request, CancellationToken cancellationToken)
    {
        var rows = AlertFilter.Apply(db.Alerts.AsNoTracking(), request);
        var bySeverity = request.WithTotal
            ? await rows.GroupBy(a => a.Severity).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => (Severity)g.Key, g => g.Count, cancellationToken)
            : [];
        var ordered = request.Sort switch
        {
            "severity" => rows.OrderByDescending(a => a.Severity).ThenByDescending(a => a.LastAt).ThenByDescending(a => a.Id),
            "count" => rows.OrderByDescending(a => a.Count).ThenByDescending(a => a.LastAt).ThenByDescending(a => a.Id),
            _ => rows.OrderByDescending(a => a.LastAt).ThenByDescending(a => a.Id),
        };
        IQueryable<AlertRow> page = ordered;
        if (request.Cursor is { Length: > 0 } cursor)
        {
            if (request.Sort != "last" || !AlertCursor.TryRead(cursor, out var at, out var id)) return DetectionErrors.BadCursor;
            page = page.Where(a => a.LastAt < at || (a.LastAt == at && a.Id.CompareTo(id) < 0));
        }
        else page = page.Skip(request.Skip);
        var found = await page.Take(request.Take + 1).ToListAsync(cancellationToken);
        var more = found.Count > request.Take;
        if (more) found.RemoveAt(request.Take);
        var next = more && request.Sort == "last" ? AlertCursor.Of(found[^1]) : null;
        return new AlertPage([.. found.Select(a => AlertItem.Of(a, book.Find(a.RuleId)))], request.WithTotal ? bySeverity.Values.Sum() : null, next, bySeverity);
    }
}

/// <summary>Marks the end of a page: time and identity of its last alert.</summary>
internal static class AlertCursor
{
    /// <summary>The cursor after a row.</summary>
    public static string Of(AlertRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.LastAt.UtcTicks}-{row.Id:N}");

    /// <summary>Reads a cursor.</summary>
    public static bool TryRead(string cursor, out DateTimeOffset at, out Guid id)
    {
        (at, id) = (default, default);
        var dash = cursor.IndexOf('-', StringComparison.Ordinal);
        if (dash <= 0 || !long.TryParse(cursor.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTime.MaxValue.Ticks) return false;
        at = new DateTimeOffset(ticks, TimeSpan.Zero);
        return Guid.TryParseExact(cursor.AsSpan(dash + 1), "N", out id);
    }
}
