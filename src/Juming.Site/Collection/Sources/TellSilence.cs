using Juming.Platform.Notify;
using Juming.Site.Detection;
using MediatR;

namespace Juming.Site.Collection.Sources;

/// <summary>Tells people that a sender has fallen silent. Its alert is the notice's identity, so that an announcement that comes twice is told once.</summary>
file sealed class Handler(IAlertDirectory alerts, INotices notices) : INotificationHandler<AlertsRaised>
{
    private const string Silent = "collection.source-silent";

    public async Task Handle(AlertsRaised notification, CancellationToken cancellationToken)
    {
        foreach (var alert in (await alerts.Read(notification.Alerts, cancellationToken)).Where(a => a.RuleId == Silent))
            await notices.Post(new Notice
            {
                Id = alert.Id,
                Code = Silent,
                Weight = NoticeWeight.Warning,
                Arguments = new Dictionary<string, string> { ["minutes"] = alert.Matched.GetValueOrDefault("minutes", "") },
                Private = new Dictionary<string, string> { ["source"] = alert.Matched.GetValueOrDefault("source", "") },
                Path = "/sources",
                SameAs = $"{Silent}:{alert.SourceId}",
            }, cancellationToken);
    }
}
