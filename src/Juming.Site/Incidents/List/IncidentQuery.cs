using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Severity = Juming.Site.Detection.Severity;

namespace Juming.Site.Incidents.List;

/// <summary>Query string of the list of incidents and of its export.</summary>
internal sealed record IncidentQuery(
    [property: Description("open (default), mine, unassigned, closed or all")] string? View,
    [property: Description("Least severity")] Severity? Severity,
    IncidentState? State,
    [property: Description("A party in any role, exact"), StringLength(400)] string? Entity,
    [property: Description("Number, or text within title, attacker or target"), StringLength(200)] string? Text,
    [property: Description("Last evidence at or after")] DateTimeOffset? From,
    [property: Description("Last evidence before")] DateTimeOffset? To,
    [property: Description("urgency (default), last, detected or severity")] string? Sort,
    [property: Description("Rows passed over; the export has all"), Range(0, 100_000)] int? Skip,
    [property: Description("Rows of the page, 50 by default; the export has all"), Range(1, 200)] int? Limit)
{
    public ListIncidents ToRequest() => new() { View = View ?? "open", LeastSeverity = Severity, State = State, Entity = Entity, Text = Text, From = From, To = To, Sort = Sort ?? "urgency", Skip = Skip ?? 0, Take = Limit ?? 50 };
}
