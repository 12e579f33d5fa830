using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Severity = Juming.Site.Detection.Severity;

namespace Juming.Site.Incidents.List;

/// <summary>Query string of the list of incidents and of its export.</summary>
internal sealed record IncidentQuery
{
    [Description("open (default), mine, unassigned, closed or all")]
    public string? View { get; init; }

    [Description("Least severity")]
    public Severity? Severity { get; init; }

    public IncidentState? State { get; init; }

    [Description("A party in any role, exact"), StringLength(400)]
    public string? Entity { get; init; }

    [Description("Number, or text within title, attacker or target"), StringLength(200)]
    public string? Text { get; init; }

    [Description("Last evidence at or after")]
    public DateTimeOffset? From { get; init; }

    [Description("Last evidence before")]
    public DateTimeOffset? To { get; init; }

    [Description("urgency (default), last, detected or severity")]
    public string? Sort { get; init; }

    [Description("Rows passed over; the export has all"), Range(0, 100_000)]
    public int? Skip { get; init; }

    [Description("Rows of the page, 50 by default; the export has all"), Range(1, 200)]
    public int? Limit { get; init; }

    public ListIncidents ToRequest() => new() { View = View ?? "open", LeastSeverity = Severity, State = State, Entity = Entity, Text = Text, From = From, To = To, Sort = Sort ?? "urgency", Skip = Skip ?? 0, Take = Limit ?? 50 };
}
