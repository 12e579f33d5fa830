using Juming.Platform.Web;
using Juming.Site.Assets;
using Juming.Site.Incidents;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Juming.Site.Response.Engine;
using Juming.Site.Response.Expressions;
using Juming.Site.Response.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Response.Triggering;

/// <summary>Starts playbooks that are switched on when something happens that they wait for. The same happening starts each of them once.</summary>
internal sealed partial class TriggerDesk(ResponseDb db, PlaybookShelf shelf, RunStarter starter, ResponseSettings settings, TimeProvider clock, ILogger<TriggerDesk> log, IIncidentWork? incidents = null, IAssetDirectory? assets = null)
{
    /// <summary>An incident was opened, became more urgent or moved.</summary>
    /// <param name="kind">Kind of trigger.</param>
    /// <param name="incident">The incident.</param>
    /// <param name="happening">What tells this happening from others of the same incident.</param>
    /// <param name="ct">Cancels.</param>
    public async Task Happened(string kind, Guid incident, string happening, CancellationToken ct)
    {
        var waiting = await Waiting(kind, ct);
        if (waiting.Count == 0 || incidents is null || await incidents.Facts(incident.ToString(), ct) is not { } facts) return;
        var values = RunVariables.Of(facts, assets);
        foreach (var (playbook, model) in waiting)
            if (model.Triggers.Any(t => t.On == kind && Holds(playbook, t, values))) await Start(playbook, kind, $"{kind}:{playbook.Id:N}:{incident:N}:{happening}", facts, ct);
    }

    /// <summary>Starts what a schedule made due since the last look; what was missed while the site was away starts once.</summary>
    public async Task LookAtSchedules(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var (playbook, model) in await Waiting("schedule", ct))
        {
            var since = playbook.ScheduledAt ?? playbook.OnAt ?? now;
            var due = model.Triggers.Where(t => t.On == "schedule").Select(t => Schedule.LastDue(t.Cron, since, now, SiteZone.Zone)).Max();
            if (due is not { } at) continue;
            await Start(playbook, "schedule", $"schedule:{playbook.Id:N}:{at.ToUnixTimeSeconds()}", null, ct);
            playbook.ScheduledAt = at;
            await db.SaveChangesAsync(ct);
        }
    }

    private async Task<List<(PlaybookRow, PlaybookModel)>> Waiting(string kind, CancellationToken ct)
    {
        var found = new List<(PlaybookRow, PlaybookModel)>();
        foreach (var playbook in await db.Playbooks.Where(p => p.On && p.Published > 0).ToListAsync(ct))
            if (await shelf.Of(db, playbook.Id, playbook.Published, ct) is { } model && model.Triggers.Any(t => t.On == kind)) found.Add((playbook, model));
        return found;
    }

    private async Task Start(PlaybookRow playbook, string kind, string key, IncidentFacts? facts, CancellationToken ct) => await starter.Start(new StartOrder
    {
        Playbook = playbook.Id,
        Version = playbook.Published,
        Cause = kind,
        CauseKey = key,
        By = playbook.OnBy,
        Automatic = true,
        Asks = await db.AutomaticRuns(playbook, ct) < settings.FirstRunsAsk,
        Incident = facts,
    }, ct);

    private bool Holds(PlaybookRow playbook, Trigger trigger, Dictionary<string, string> values)
    {
        if (trigger.When.Length == 0) return true;
        try
        {
            return Expression.Parse(trigger.When).Holds(values.GetValueOrDefault);
        }
        catch (ExpressionException e)
        {
            // A condition without a value is none that holds.
            LogNoValue(log, playbook.Name, e.Error.Code);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The condition of a trigger of playbook {Playbook} has no value: {Code}")]
    private static partial void LogNoValue(ILogger log, string playbook, string code);
}
