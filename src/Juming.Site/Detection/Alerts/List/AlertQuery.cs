using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Detection.Alerts.List;

/// <summary>Query string of the alert list.</summary>
internal sealed record AlertQuery(
    [property: Description("Least severity")] Severity? Severity,
    [property: Description("Identity of the rule")] string? Rule,
    [property: Description("An address, host or account that takes part in any role, whole, whatever its case; several separated by |"), StringLength(20_000)] string? Entity,
    [property: Description("Last match at or after")] DateTimeOffset? From,
    [property: Description("Last match before")] DateTimeOffset? To,
    [property: Description("Text within title, rule or parties"), StringLength(200)] string? Text,
    [property: Description("A technique such as T1110, with what is below it")] string? Technique,
    [property: Description("true: without a verdict; false: with one")] bool? New,
    [property: Description("last (default), severity or count")] string? Sort,
    [property: Description("Rows passed over; not with a cursor"), Range(0, 100_000)] int? Skip,
    [property: Description("Rows of the page, 50 by default; the export has all"), Range(1, 500)] int? Limit,
    [property: Description("Where the former page ended; with sort=last only")] string? Cursor)
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
