using System.Text.Json;
using Juming.Site.Assets;
using Juming.Site.Incidents;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Juming.Site.Response.Engine;

namespace Juming.Site.Response.Rehearsal;

/// <summary>What a step would do.</summary>
internal sealed record RehearsedStep
{
    public required string StepId { get; init; }
    public required int Number { get; init; }
    public required int Depth { get; init; }
    public required string Name { get; init; }
    public required string Action { get; init; }

    /// <summary>What it would be given.</summary>
    public required IReadOnlyDictionary<string, string> Input { get; init; }

    /// <summary>What it would do, in the reader's language.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>Code of why it would be refused; null when it would not.</summary>
    public string? Refusal { get; init; }

    /// <summary>Address that it would touch.</summary>
    public string? Target { get; init; }

    /// <summary>The address is one of those that must not be blocked.</summary>
    public bool Protected { get; init; }

    /// <summary>The address is one of the site's own.</summary>
    public bool Own { get; init; }

    /// <summary>It would change something.</summary>
    public bool Changes { get; init; }
}

/// <summary>What a run would do. Nothing acts; people are taken to agree, and what steps would find out is not known.</summary>
internal sealed record RehearsedRun(IReadOnlyList<RehearsedStep> Steps, RunState State, string Failure);

/// <summary>Walks a playbook as the engine does, asking each action for its plan in place of doing it.</summary>
internal sealed class Rehearser(ActionBook book, TimeProvider clock, IAssetDirectory? assets = null)
{
    // A loop that waits for something to come about would go round for ever here.
    private const int MostSteps = 300;

    public async Task<RehearsedRun> Walk(PlaybookModel model, IncidentFacts? incident, IReadOnlyDictionary<string, string> inputs, string by, CancellationToken ct)
    {
        var run = new RunRow { Cause = "rehearsal", CauseKey = "rehearsal", StartedBy = by, IncidentId = incident?.Brief.Id, IncidentNumber = incident?.Brief.Number ?? "", State = RunState.Running, Automatic = true, Year = clock.GetUtcNow().Year };
        run.Variables = JsonSerializer.Serialize(RunStarter.Values(model, new StartOrder { Playbook = Guid.Empty, Version = 0, Cause = "rehearsal", CauseKey = "", By = by, Incident = incident, Inputs = inputs }, run, assets));
        var rows = new List<StepRow>();
        var flow = new RunFlow(model, run, rows, MostSteps, clock.GetUtcNow);
        flow.Begin();
        var steps = new List<RehearsedStep>();
        while (!run.IsOver && run.State != RunState.RollingBack && rows.Where(r => r.State == StepState.Ready).MinBy(r => r.Number) is { } row) steps.AddRange(await Take(flow, run, rows, row, ct));
        return new RehearsedRun(steps, run.State == RunState.RollingBack ? RunState.Failed : run.State, run.Failure);
    }

    private async Task<IReadOnlyList<RehearsedStep>> Take(RunFlow flow, RunRow run, List<StepRow> rows, StepRow row, CancellationToken ct)
    {
        var step = flow.StepOf(row)!;
        if (step.Type is not (StepType.Action or StepType.PlaybookAction))
        {
            flow.BeginDelayed(row);
            return [];
        }
        var inputs = book.InputsOf(flow, step);
        row.Input = JsonSerializer.Serialize(inputs);
        var action = book.Find(row.Action);
        var plan = action is null ? new ActionPlan([PlanLine.Of("plan.not-offered", ("action", row.Action))], "not-offered") : await action.Plan(StepRunner.CallOf(run, row, flow.Model, step), ct);
        if (plan.Refusal is { } refusal) flow.Fail(row, refusal);
        else flow.Succeed(row, ActionOutcome.Nothing);
        return [new RehearsedStep
        {
            StepId = row.StepId,
            Number = row.Number,
            Depth = Depth(rows, row),
            Name = step.Name,
            Action = row.Action,
            Input = inputs,
            Lines = [.. plan.Lines.Select(ResponseTexts.Line)],
            Refusal = plan.Refusal,
            Target = plan.Target,
            Protected = plan.Protected,
            Own = plan.Target is { } target && assets?.IsInternal(target) == true,
            Changes = action?.Spec.Changes ?? false,
        }];
    }

    private static int Depth(List<StepRow> rows, StepRow row)
    {
        var depth = 0;
        for (var parent = row.ParentId; parent is { } id; parent = rows.First(r => r.Id == id).ParentId) depth++;
        return depth;
    }
}
