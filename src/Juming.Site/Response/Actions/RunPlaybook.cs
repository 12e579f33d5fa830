using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.Incidents;
using Juming.Site.Response.Data;
using Juming.Site.Response.Engine;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Actions;

/// <summary>Starts another playbook and waits for its end.</summary>
internal sealed class RunPlaybook(ResponseDb db, RunStarter starter, RunDesk desk, TimeProvider clock, IIncidentWork? incidents = null) : IResponseAction
{
    private const int MostDepth = 5;

    public ActionSpec Spec { get; } = new() { Code = ActionBook.RunPlaybook, Group = "flow", Permission = ResponseWrite.Code, Inputs = [new("playbook", "text", true)], Changes = true, Inverse = "roll-back" };

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) =>
        await Find(call, ct) is { } playbook ? ActionPlan.Of("plan.playbook", ("playbook", playbook.Name)) : new ActionPlan([PlanLine.Of("plan.no-playbook", ("playbook", call.Of("playbook")))], "no-playbook");

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        if (call.Depth + 1 >= MostDepth) return ActionOutcome.Failed(ResponseErrors.TooDeep.Code);
        if (await Find(call, ct) is not { } playbook) return ActionOutcome.Failed("no-playbook");
        var facts = call.Incident is { } incident && incidents is not null ? await incidents.Facts(incident.ToString(), ct) : null;
        var run = await starter.Start(new StartOrder
        {
            Playbook = playbook.Id,
            Version = playbook.Published,
            Cause = "playbook",
            CauseKey = "step:" + call.Key,
            By = call.By,
            ById = call.ById,
            Automatic = call.Automatic,
            Incident = facts,
            Inputs = call.Inputs.Where(i => i.Key.StartsWith("__", StringComparison.Ordinal)).ToDictionary(i => i.Key, i => i.Value),
            ParentRun = call.Run,
            Depth = call.Depth + 1,
        }, ct);
        return run is null ? ActionOutcome.Failed("no-playbook") : Standing(run);
    }

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) => await Child(call, ct) is { } run ? Standing(run) : ActionOutcome.NotBegun;

    public async Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct)
    {
        if (await Child(call, ct) is not { } run) return ActionOutcome.NotBegun;
        if (run.State == RunState.RolledBack) return ActionOutcome.Done();
        Error? refusal = null;
        if (run.IsOver) refusal = await desk.Give(run.Id, new RunOrder(OrderKind.RollBack, call.By));
        return refusal is null ? ActionOutcome.Pending(run.Id.ToString(), clock.GetUtcNow() + TimeSpan.FromSeconds(2)) : ActionOutcome.Failed(refusal.Code);
    }

    public async Task Abandon(ActionCall call, CancellationToken ct)
    {
        if (await Child(call, ct) is { IsOver: false } run) await desk.Give(run.Id, new RunOrder(OrderKind.Stop, call.By));
    }

    private ActionOutcome Standing(RunRow run) => run.State switch
    {
        RunState.Succeeded => ActionOutcome.Done(JsonSerializer.Deserialize<Dictionary<string, string>>(run.Variables)!, new Dictionary<string, string> { ["run"] = run.ShortNumber }, run.Id.ToString()),
        RunState.Failed or RunState.Stopped or RunState.RolledBack => ActionOutcome.Failed("child-" + run.State.ToString().ToLowerInvariant(), evidence: new Dictionary<string, string> { ["run"] = run.ShortNumber, ["failure"] = run.Failure }) with { Reference = run.Id.ToString() },
        _ => ActionOutcome.Pending(run.Id.ToString(), clock.GetUtcNow() + TimeSpan.FromMinutes(1), "runs", new Dictionary<string, string> { ["run"] = run.ShortNumber }),
    };

    private Task<RunRow?> Child(ActionCall call, CancellationToken ct)
    {
        var key = "step:" + call.Key;
        return db.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.CauseKey == key, ct);
    }

    private Task<PlaybookRow?> Find(ActionCall call, CancellationToken ct)
    {
        var id = call.Of("playbook");
        return db.Playbooks.AsNoTracking().FirstOrDefaultAsync(p => p.CacaoId == id && p.Published > 0, ct);
    }
}
