using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Detection.Alerts.List;

/// <summary>Query string of the alert list.</summary>
internal sealed record AlertQuery(
    [Description("Least severity")] Severity? Severity,
    [Description("Identity of the rule")] string? Rule,
    [Description("An address, host or account that takes part in any role, exact"), StringLength(256)] string? Entity,
    [Description("Last match at or after")] DateTimeOffset? From,
    [Description("Last match before")] DateTimeOffset? To,
    [Description("Text within title, rule or parties"), StringLength(200)] string? Text,
    [Description("A technique such as T1110, with what is below it")] string? Technique,
    [Description("true: without a verdict; false: with one")] bool? New,
    [Description("last (default), severity or count")] string? Sort,
    [Description("Rows passed over; not with a cursor"), Range(0, 100_000)] int? Skip,
    [Description("Rows of the page, 50 by default; the export has all"), Range(1, 500)] int? Limit,
    [Description("Where the former page ended; with sort=last only")] string? Cursor)
{
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
