using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Detection.Alerts.List;

/// <summary>Query string of the alert list.</summary>
internal sealed record AlertQuery
{
    [Description("Least severity")]
    public Severity? Severity { get; init; }

    [Description("Identity of the rule")]
    public string? Rule { get; init; }

    [Description("An address, host or account that takes part in any role, whole, whatever its case; several separated by |"), StringLength(20_000)]
    public string? Entity { get; init; }

    [Description("Last match at or after")]
    public DateTimeOffset? From { get; init; }

    [Description("Last match before")]
    public DateTimeOffset? To { get; init; }

    [Description("Text within title, rule or parties"), StringLength(200)]
    public string? Text { get; init; }

    [Description("A technique such as T1110, with what is below it")]
    public string? Technique { get; init; }

    [Description("true: without a verdict; false: with one")]
    public bool? New { get; init; }

    [Description("last (default), severity or count")]
    public string? Sort { get; init; }

    [Description("Rows passed over; not with a cursor"), Range(0, 100_000)]
    public int? Skip { get; init; }

    [Description("Rows of the page, 50 by default; the export has all"), Range(1, 500)]
    public int? Limit { get; init; }

    [Description("Where the former page ended; with sort=last only")]
    public string? Cursor { get; init; }

    /// <summary>The request; <c>severity</c> is the least one.</summary>
    public ListAlerts ToRequest() => new()
    {
        LeastSeverity = Severity,
        RuleId = Rule,
        Entity = Entity,
        From = From,
        To = To,
        Text = Text,
        Technique = Technique,
        IsNew = New,
        Sort = Sort ?? "last",
        Skip = Skip ?? 0,
        Take = Limit ?? 50,
        Cursor = Cursor,
    };
}
