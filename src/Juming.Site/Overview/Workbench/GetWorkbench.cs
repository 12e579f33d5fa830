using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Events;

namespace Juming.Site.Overview.Workbench;

/// <summary>The last 24 hours in figures.</summary>
internal sealed record GetWorkbench : IQuery<WorkbenchView>, INeeds<OverviewRead>;

/// <summary>The last 24 hours in figures.</summary>
internal sealed record WorkbenchView(AlertOverview Alerts, long Events, long Dropped, int Sources, IReadOnlyList<(DateTimeOffset At, long Count)> Hours);

file sealed class Handler(IAlertOverview alerts, ILedger ledger, TimeProvider clock) : IQueryHandler<GetWorkbench, WorkbenchView>
{
    public async Task<Result<WorkbenchView>> Handle(GetWorkbench request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var minute = now.ToUnixTimeSeconds() / 60;
        var rows = await ledger.Read(minute - 1439, minute + 1, null, cancellationToken);
        var stored = rows.Where(r => r.Reason == "stored").ToList();
        var halfHours = Enumerable.Range(0, 48).Select(i => (DateTimeOffset.FromUnixTimeSeconds((minute - 1439 + (i * 30)) * 60), stored.Where(r => (r.Minute - minute + 1439) / 30 == i).Sum(r => r.Count))).ToList();
        return new WorkbenchView(await alerts.Since(now.AddHours(-24), cancellationToken), stored.Sum(r => r.Count), rows.Where(r => r.Reason is not ("stored" or "received")).Sum(r => r.Count),
            stored.Where(r => r.SourceId != 0).Select(r => r.SourceId).Distinct().Count(), halfHours);
    }
}
