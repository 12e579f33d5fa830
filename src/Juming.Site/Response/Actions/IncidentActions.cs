using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Incidents;

namespace Juming.Site.Response.Actions;

/// <summary>The name under which a run works on incidents.</summary>
internal static class RunActor
{
    public static Actor Of(ActionCall call) => new(ActorKind.PlaybookRun, call.Run.ToString(), call.RunNumber, System.Collections.Frozen.FrozenSet.ToFrozenSet([IncidentsWrite.Code, IncidentsRead.Code]), [Scope.All]);

    /// <summary>With one permission, that of the action.</summary>
    public static Actor Of(ActionCall call, string permission) => new(ActorKind.PlaybookRun, call.Run.ToString(), call.RunNumber, System.Collections.Frozen.FrozenSet.ToFrozenSet([permission]), [Scope.All]);

    public static ActionOutcome Outcome(Result<Done> result) =>
        result.Error is { } error ? ActionOutcome.Failed(error.Code, evidence: new Dictionary<string, string> { ["refusal"] = error.ToString() }) : ActionOutcome.Done();
}

/// <summary>Writes to the incident's time line.</summary>
internal sealed class CommentIncident(IIncidentWork? incidents = null) : IResponseAction
{
    public ActionSpec Spec { get; } = new() { Code = "comment-incident", Group = "incident", Permission = IncidentsWrite.Code, Inputs = [new("text", "long-text", true)], Changes = true };

    public bool IsOffered => incidents is not null;

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(call.Incident is null ? new ActionPlan([PlanLine.Of("plan.no-incident")], "no-incident") : ActionPlan.Of("plan.comment", ("incident", call.IncidentNumber), ("text", call.Of("text"))));

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct) =>
        call.Incident is { } incident ? RunActor.Outcome(await incidents!.Comment(incident, KeyId.Of(call.Key), call.Of("text"), RunActor.Of(call), ct)) : ActionOutcome.Failed("no-incident");

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) =>
        call.Incident is { } incident && await incidents!.HasComment(incident, KeyId.Of(call.Key), ct) ? ActionOutcome.Done() : ActionOutcome.NotBegun;
}

/// <summary>Gives the incident to somebody.</summary>
internal sealed class AssignIncident(IIncidentWork? incidents = null) : IResponseAction
{
    public ActionSpec Spec { get; } = new() { Code = "assign-incident", Group = "incident", Permission = IncidentsWrite.Code, Inputs = [new("to", "text", true)], Changes = true };

    public bool IsOffered => incidents is not null;

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(call.Incident is null ? new ActionPlan([PlanLine.Of("plan.no-incident")], "no-incident") : ActionPlan.Of("plan.assign", ("incident", call.IncidentNumber), ("to", call.Of("to"))));

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct) =>
        call.Incident is { } incident ? RunActor.Outcome(await incidents!.Assign(incident, call.Of("to"), RunActor.Of(call), ct)) : ActionOutcome.Failed("no-incident");

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) =>
        call.Incident is { } incident && (await incidents!.Facts(incident.ToString(), ct))?.Brief.Assignee == call.Of("to") ? ActionOutcome.Done() : ActionOutcome.NotBegun;
}

/// <summary>Moves the incident to another state, by the rules that hold for people too.</summary>
internal sealed class MoveIncident(IIncidentWork? incidents = null) : IResponseAction
{
    public ActionSpec Spec { get; } = new() { Code = "move-incident", Group = "incident", Permission = IncidentsWrite.Code, Inputs = [new("to", "choice", true, "Acknowledged", "Contained", "Resolved")], Changes = true };

    public bool IsOffered => incidents is not null;

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(call.Incident is null ? new ActionPlan([PlanLine.Of("plan.no-incident")], "no-incident") : ActionPlan.Of("plan.move", ("incident", call.IncidentNumber), ("to", call.Of("to"))));

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        if (call.Incident is not { } incident) return ActionOutcome.Failed("no-incident");
        if (!Enum.TryParse<IncidentState>(call.Of("to"), out var state)) return ActionOutcome.Failed("bad-input");
        return RunActor.Outcome(await incidents!.MoveTo(incident, state, RunActor.Of(call), ct));
    }

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) =>
        call.Incident is { } incident && (await incidents!.Facts(incident.ToString(), ct))?.Brief.State.ToString() == call.Of("to") ? ActionOutcome.Done() : ActionOutcome.NotBegun;
}
