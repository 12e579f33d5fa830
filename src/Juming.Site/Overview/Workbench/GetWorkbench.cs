using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.Incidents;

namespace Juming.Site.Overview.Workbench;

/// <summary>Alerts of the last 24 hours. Each part of the workbench is asked for by itself, so that one that fails takes no other with it.</summary>
internal sealed record GetAlertFigures : IQuery<AlertOverview>, INeeds<OverviewRead>;

/// <summary>Logs of the last 24 hours.</summary>
internal sealed record GetLogFigures : IQuery<LogFigures>, INeeds<OverviewRead>;

/// <summary>Incidents: open ones, those of the caller, what changed, how fast they are answered.</summary>
internal sealed record GetIncidentFigures : IQuery<IncidentFigures>, INeeds<IncidentsRead>;

/// <summary>Lines stored and lost, senders, and stored lines by half hours.</summary>
internal sealed record LogFigures(long Events, long Dropped, int Sources, IReadOnlyList<(DateTimeOffset At, long Count)> Hours);

/// <summary>Open incidents, those of the caller, what changed since the caller's last visit, and how fast the last seven days' were answered compared with the seven before.</summary>
internal sealed record IncidentFigures(IReadOnlyDictionary<Severity, int> Open, IncidentShare Mine, int Unassigned, DateTimeOffset Since, IncidentShare Changed, IReadOnlyList<ResponseTime> Week, IReadOnlyList<ResponseTime> WeekBefore);

file sealed class AlertsHandler(IAlertOverview alerts, TimeProvider clock) : IQueryHandler<GetAlertFigures, AlertOverview>
{
    public async Task<Result<AlertOverview>> Handle(GetAlertFigures request, CancellationToken cancellationToken) => await alerts.Since(clock.GetUtcNow().AddHours(-24), cancellationToken);
}

file sealed class LogsHandler(ILedger ledger, TimeProvider clock) : IQueryHandler<GetLogFigures, LogFigures>
{
    public async Task<Result<LogFigures>> Handle(GetLogFigures request, CancellationToken cancellationToken)
    {
        var minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        var rows = await ledger.Read(minute - 1439, minute + 1, null, cancellationToken);
        var stored = rows.Where(r => r.Reason == "stored").ToList();
        var halfHours = Enumerable.Range(0, 48).Select(i => (DateTimeOffset.FromUnixTimeSeconds((minute - 1439 + (i * 30)) * 60), stored.Where(r => (r.Minute - minute + 1439) / 30 == i).Sum(r => r.Count))).ToList();
        return new LogFigures(stored.Sum(r => r.Count), rows.Where(r => r.Reason is not ("stored" or "received")).Sum(r => r.Count), stored.Where(r => r.SourceId != 0).Select(r => r.SourceId).Distinct().Count(), halfHours);
    }
}

file sealed class IncidentsHandler(IIncidentDirectory incidents, LastVisits visits, CurrentActor current, TimeProvider clock) : IQueryHandler<GetIncidentFigures, IncidentFigures>
{
    public async Task<Result<IncidentFigures>> Handle(GetIncidentFigures request, CancellationToken cancellationToken)
    {
        var (ct, now) = (cancellationToken, clock.GetUtcNow());
        var since = visits.Before(current.Actor.Id, now);
        return new IncidentFigures(
            await incidents.OpenBySeverity(ct), await incidents.Open(current.Actor.Name, 8, ct), (await incidents.Open("", 1, ct)).Total, since, await incidents.ChangedSince(since, 8, ct),
            await incidents.ResponseTimes(now.AddDays(-7), now, ct), await incidents.ResponseTimes(now.AddDays(-14), now.AddDays(-7), ct));
    }
}
