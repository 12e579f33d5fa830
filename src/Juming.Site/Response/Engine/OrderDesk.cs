using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.Response.Data;

namespace Juming.Site.Response.Engine;

/// <summary>Does what a person wants of a run, in memory.</summary>
internal sealed class OrderDesk(RunRow run, List<StepRow> rows, RunFlow flow, HashSet<Guid> acting, DateTimeOffset now)
{
    /// <summary>Obeys; answers why not.</summary>
    public Error? Obey(RunOrder order)
    {
        var row = order.Step is { } id ? rows.FirstOrDefault(r => r.Id == id) : null;
        return order.Kind switch
        {
            OrderKind.Stop => Stop(order.By),
            OrderKind.RollBack => RollBack(order.By),
            _ when row is null || acting.Contains(row.Id) => ResponseErrors.NoSuchStep,
            OrderKind.Retry => Retry(row),
            _ => Settle(row, order),
        };
    }

    private Error? Stop(string by)
    {
        if (run.IsOver || run.State == RunState.RollingBack) return ResponseErrors.RunIsOver;
        run.StoppedBy = by;
        return null;
    }

    private Error? RollBack(string by)
    {
        if (!run.IsOver) return ResponseErrors.RunGoesOn;
        if (run.State == RunState.RolledBack) return ResponseErrors.RolledBackAlready;
        (run.State, run.StoppedBy, run.EndedAt, run.DueAt) = (RunState.RollingBack, by, null, now);
        return null;
    }

    private Error? Retry(StepRow row)
    {
        if (run.State != RunState.Failed || row.State != StepState.Failed || row.Attempt == 0) return ResponseErrors.NothingToRetry;
        flow.Reopen(row);
        Anew(row);
        (run.State, run.Failure, run.EndedAt, run.DueAt) = (RunState.Running, "", null, now);
        return null;
    }

    /// <summary>A person looked at the device and says what became of the step.</summary>
    private Error? Settle(StepRow row, RunOrder order)
    {
        if (row.State != StepState.Unknown) return ResponseErrors.NothingToSettle;
        row.Evidence = JsonSerializer.Serialize(new Dictionary<string, string> { ["settled-by"] = order.By });
        if (run.IsOver) (row.State, row.EndedAt) = (order.Kind == OrderKind.SettleAsDone ? StepState.Succeeded : StepState.Failed, now);
        else if (order.Kind == OrderKind.SettleAsDone) flow.Succeed(row, new Dictionary<string, string>());
        else Anew(row);
        return null;
    }

    private void Anew(StepRow row) => (row.State, row.Code, row.Attempt, row.Looks, row.Tries, row.Reference, row.DeadlineAt, row.EndedAt, row.DueAt) = (StepState.Ready, "", 0, 0, row.Tries + 1, "", null, null, now);
}
