using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Links;
using Juming.Site.Incidents.Data;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Upward;

/// <summary>Tells the host above how an incident stands, in numbers and identifiers of ATT&amp;CK alone, where the customer lets it out.</summary>
file sealed class OpenedHandler(IncidentsDb db, IEgress egress) : INotificationHandler<IncidentOpened>
{
    public Task Handle(IncidentOpened notification, CancellationToken cancellationToken) => IncidentSummaries.Send(db, egress, notification.Incident, cancellationToken);
}

/// <summary>The same when it became more urgent.</summary>
file sealed class EscalatedHandler(IncidentsDb db, IEgress egress) : INotificationHandler<IncidentEscalated>
{
    public Task Handle(IncidentEscalated notification, CancellationToken cancellationToken) => IncidentSummaries.Send(db, egress, notification.Incident, cancellationToken);
}

/// <summary>The same when a person moved it on.</summary>
file sealed class ChangedHandler(IncidentsDb db, IEgress egress) : INotificationHandler<IncidentStateChanged>
{
    public Task Handle(IncidentStateChanged notification, CancellationToken cancellationToken) => IncidentSummaries.Send(db, egress, notification.Incident, cancellationToken);
}

/// <summary>Makes summaries. What names people, machines or events never comes in here.</summary>
internal static class IncidentSummaries
{
    public static async Task Send(IncidentsDb db, IEgress egress, Guid incident, CancellationToken ct)
    {
        if (await db.Incidents.AsNoTracking().SingleOrDefaultAsync(i => i.Id == incident, ct) is { } row) await egress.Send(Of(row), ct);
    }

    public static IncidentSummary Of(Incident incident)
    {
        var summary = new IncidentSummary
        {
            Incident = ByteString.CopyFrom(incident.Id.ToByteArray(bigEndian: true)),
            Severity = (uint)Math.Clamp(incident.Severity + 1, 1, 5),
            Priority = (uint)Math.Clamp(incident.Priority, 1, 4),
            Stage = (IncidentStage)((int)incident.State + 1),
            Verdict = incident.Verdict is { } verdict ? (IncidentVerdict)((int)verdict + 1) : IncidentVerdict.Unspecified,
            // A rule's own title names an incident that no technique does; it is text of the customer's.
            Attack = incident.Attack.StartsWith('T') ? incident.Attack : "",
            Alerts = (uint)Math.Max(0, incident.Alerts),
            DetectedAt = Micros(incident.DetectedAt),
            AcknowledgedAt = Micros(incident.AcknowledgedAt),
            ContainedAt = Micros(incident.ContainedAt),
            ResolvedAt = Micros(incident.ResolvedAt),
            ClosedAt = Micros(incident.ClosedAt),
        };
        summary.Tactics.AddRange(incident.Tactics.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return summary;
    }

    private static long Micros(DateTimeOffset? at) => at is { } instant && instant > DateTimeOffset.UnixEpoch ? Platform.Data.PlainStatements.Micros(instant) : 0;
}
