namespace Juming.Site.Detection.Alerts.List;

/// <summary>Query string of the alert list.</summary>
internal sealed record AlertQuery(
    Severity? Severity, string? Rule, string? Entity, DateTimeOffset? From, DateTimeOffset? To, string? Text, string? Technique, bool? New, string? Sort, int? Skip, int? Limit, string? Cursor)
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
