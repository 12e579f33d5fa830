using System.Text.Json;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Response.Engine;

/// <summary>Calls actions, each call in a scope of its own and within its limit of time.</summary>
internal sealed partial class StepRunner(IServiceScopeFactory scopes, ActionBook book, ILogger<StepRunner> log)
{
    /// <summary>True when a row did something that can be taken back.</summary>
    public bool CanUndo(StepRow row) =>
        row.Attempt > 0 && (row.State == StepState.Succeeded || row.Reference.Length > 0) && book.Find(row.Action)?.Spec.Inverse is not null;

    /// <summary>Inputs of a step, with the values of their variables.</summary>
    public Dictionary<string, string> InputsOf(RunFlow flow, Step step) => book.InputsOf(flow, step);

    public static ActionCall CallOf(RunRow run, StepRow row, PlaybookModel model, Step? step) => new()
    {
        Key = row.Key,
        Run = run.Id,
        RunNumber = run.ShortNumber,
        Playbook = model.Name,
        Step = step?.Name ?? "",
        Incident = run.IncidentId,
        IncidentNumber = run.IncidentNumber,
        Inputs = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Input)!,
        Reference = row.Reference,
        By = run.StartedBy,
        ById = run.StartedById,
        IsStart = step is null,
        Automatic = run.Automatic,
        Depth = run.Depth,
        Began = row.StartedAt,
        Deadline = row.DeadlineAt,
    };

    /// <summary>Does it; null when the host stops meanwhile: the row tells that it had begun.</summary>
    public async Task<ActionOutcome?> Run(string code, StepWork work, ActionCall call, Step? step, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (scope.ServiceProvider.GetRequiredService<ActionBook>().Find(code) is not { } action) return ActionOutcome.Failed("not-offered");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(work == StepWork.Act && step?.Timeout is { } own && own < action.Spec.Limit ? own : action.Spec.Limit);
        try
        {
            return await Do(action, work, call, limit.Token);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            // It may have had its effect all the same: what became of it is read, not assumed.
            return ActionOutcome.Unknown("timeout");
        }
        catch (Exception e)
        {
            LogBroken(log, code, call.RunNumber, e);
            return ActionOutcome.Unknown("broke-off");
        }
    }

    private static async Task<ActionOutcome> Do(IResponseAction action, StepWork work, ActionCall call, CancellationToken ct)
    {
        if (work == StepWork.Act) return await action.Act(call, ct);
        if (work == StepWork.Settle) return await action.Settle(call, ct);
        if (work == StepWork.Undo) return await action.Undo(call, ct);
        await action.Abandon(call, ct);
        return ActionOutcome.Done();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Action} of {Run} broke off")]
    private static partial void LogBroken(ILogger log, string action, string run, Exception error);
}
