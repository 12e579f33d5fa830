using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.Incidents;

namespace Juming.Site.Overview.Workbench;

/// <summary>The last 24 hours in figures.</summary>
internal sealed record GetWorkbench : IQuery<WorkbenchView>, INeeds<OverviewRead>;

/// <summary>The last 24 hours in figures.</summary>
internal sealed record WorkbenchView(AlertOverview Alerts, long Events, long Dropped, int Sources, IReadOnlyList<(DateTimeOffset At, long Count)> Hours, WorkbenchIncidents? Incidents);

/// <summary>Open incidents, those of the caller, and how fast the last seven days' were answered compared with the seven before.</summary>
internal sealed record WorkbenchIncidents(IReadOnlyDictionary<Severity, int> Open, IncidentShare Mine, int Unassigned, IReadOnlyList<ResponseTime> Week, IReadOnlyList<ResponseTime> WeekBefore);

file sealed class Handler(IAlertOverview alerts, IIncidentDirectory incidents, ILedger ledger, CurrentActor current, TimeProvider clock) : IQueryHandler<GetWorkbench, WorkbenchView>
{
    public async Task<Result<WorkbenchView>> Handle(GetWorkbench request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var minute = now.ToUnixTimeSeconds() / 60;
        var rows = await ledger.Read(minute - 1439, minute + 1, null, cancellationToken);
        var stored = rows.Where(r => r.Reason == "stored").ToList();
        var halfHours = Enumerable.Range(0, 48).Select(i => (DateTimeOffset.FromUnixTimeSeconds((minute - 1439 + (i * 30)) * 60), stored.Where(r => (r.Minute - minute + 1439) / 30 == i).Sum(r => r.Count))).ToList();
        return new WorkbenchView(await alerts.Since(now.AddHours(-24), cancellationToken), stored.Sum(r => r.Count), rows.Where(r => r.Reason is not ("stored" or "received")).Sum(r => r.Count),
            stored.Where(r => r.SourceId != 0).Select(r => r.SourceId).Distinct().Count(), halfHours, await Incidents(now, cancellationToken));
    }

    /// <summary>Null for those who may not look at incidents.</summary>
    private async Task<WorkbenchIncidents?> Incidents(DateTimeOffset now, CancellationToken ct) => !current.Actor.Holds(IncidentsRead.Code) ? null : new WorkbenchIncidents(
        await incidents.OpenBySeverity(ct), await incidents.Open(current.Actor.Name, 8, ct), (await incidents.Open("", 1, ct)).Total,
        await incidents.ResponseTimes(now.AddDays(-7), now, ct), await incidents.ResponseTimes(now.AddDays(-14), now.AddDays(-7), ct));
}
