using Juming.Platform.Notify;
using Juming.Site.Incidents.Data;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Tell;

/// <summary>Tells people of incidents that can't wait: those that open as P1 or P2 and those that become it.</summary>
file sealed class OpenedHandler(IncidentsDb db, INotices notices) : INotificationHandler<IncidentOpened>
{
    // The incident's identity names its notice: the event may come twice, the notice does not.
    public Task Handle(IncidentOpened notification, CancellationToken cancellationToken) =>
        IncidentNotice.Post(db, notices, "incidents.opened", notification.Incident, notification.Incident, notification.Priority, cancellationToken);
}

/// <summary>The same for an incident that became more urgent.</summary>
file sealed class EscalatedHandler(IncidentsDb db, INotices notices) : INotificationHandler<IncidentEscalated>
{
    public Task Handle(IncidentEscalated notification, CancellationToken cancellationToken) =>
        IncidentNotice.Post(db, notices, "incidents.escalated", IncidentNotice.IdOf(notification), notification.Incident, notification.To, cancellationToken);
}

/// <summary>The notice of an incident: what names it may leave the network, who is concerned stays.</summary>
internal static class IncidentNotice
{
    /// <summary>The same for the same step of the same incident.</summary>
    public static Guid IdOf(IncidentEscalated step)
    {
        var bytes = step.Incident.ToByteArray();
        bytes[15] ^= (byte)(0xA0 | (int)step.To);
        return new Guid(bytes);
    }

    public static async Task Post(IncidentsDb db, INotices notices, string code, Guid id, Guid incidentId, IncidentPriority priority, CancellationToken ct)
    {
        if (priority > IncidentPriority.P2 || await db.Incidents.AsNoTracking().SingleOrDefaultAsync(i => i.Id == incidentId, ct) is not { State: not IncidentState.Merged } incident) return;
        var attack = incident.Attack.StartsWith('=') ? incident.Attack[1..] : incident.Attack;
        await notices.Post(new Notice
        {
            Id = id,
            Code = code,
            Weight = priority == IncidentPriority.P1 ? NoticeWeight.Critical : NoticeWeight.Urgent,
            Arguments = new Dictionary<string, string> { ["number"] = incident.ShortNumber, ["severity"] = incident.Brief.Severity.ToString(), ["priority"] = priority.ToString(), ["attack"] = attack, ["alerts"] = incident.Alerts.ToString(System.Globalization.CultureInfo.InvariantCulture) },
            Private = new Dictionary<string, string> { ["title"] = incident.OwnTitle ?? "", ["attacker"] = incident.Attacker ?? "", ["target"] = incident.Target ?? "" },
            Path = "/incidents/" + incident.ShortNumber,
            SameAs = $"{code}:{incident.Id}:{priority}",
        }, ct);
    }
}
