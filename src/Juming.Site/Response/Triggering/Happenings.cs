using System.Globalization;
using Juming.Site.Approvals;
using Juming.Site.Blocking;
using Juming.Site.Incidents;
using Juming.Site.Response.Data;
using Juming.Site.Response.Engine;
using MediatR;

namespace Juming.Site.Response.Triggering;

file sealed class WhenIncidentOpened(TriggerDesk desk) : INotificationHandler<IncidentOpened>
{
    public Task Handle(IncidentOpened notification, CancellationToken cancellationToken) => desk.Happened("incident-opened", notification.Incident, "", cancellationToken);
}

file sealed class WhenIncidentEscalated(TriggerDesk desk) : INotificationHandler<IncidentEscalated>
{
    public Task Handle(IncidentEscalated notification, CancellationToken cancellationToken) => desk.Happened("incident-escalated", notification.Incident, notification.To.ToString(), cancellationToken);
}

file sealed class WhenIncidentMoved(TriggerDesk desk) : INotificationHandler<IncidentStateChanged>
{
    public Task Handle(IncidentStateChanged notification, CancellationToken cancellationToken) =>
        desk.Happened("incident-state", notification.Incident, string.Create(CultureInfo.InvariantCulture, $"{notification.To}:{notification.At.UtcTicks}"), cancellationToken);
}

file sealed class WhenDecided(RunDesk desk) : INotificationHandler<ApprovalDecided>
{
    public Task Handle(ApprovalDecided notification, CancellationToken cancellationToken)
    {
        if (StepRow.RunOf(notification.Key) is { } run) desk.Wake(run);
        return Task.CompletedTask;
    }
}

file sealed class WhenBlockMoved(RunDesk desk) : INotificationHandler<BlockMoved>
{
    public Task Handle(BlockMoved notification, CancellationToken cancellationToken)
    {
        if (StepRow.RunOf(notification.Key) is { } run) desk.Wake(run);
        return Task.CompletedTask;
    }
}
