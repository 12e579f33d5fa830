using System.Text.Json;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Data;

namespace Juming.Site.Response.Engine;

/// <summary>What becomes of a step with what came of its call.</summary>
internal sealed partial class RunSession
{
    private void Apply(StepRow row, StepWork work, ActionOutcome outcome)
    {
        var now = clock.GetUtcNow();
        if (outcome.Reference.Length > 0) row.Reference = outcome.Reference;
        if (outcome.Evidence.Count > 0) row.Evidence = JsonSerializer.Serialize(outcome.Evidence);
        if (work == StepWork.Undo)
        {
            ApplyUndo(row, outcome, now);
            return;
        }
        row.Code = outcome.Code;
        if (outcome.Standing is not Standing.Unknown) row.Looks = 0;
        switch (outcome.Standing)
        {
            case Standing.Done:
                row.Output = JsonSerializer.Serialize(outcome.Outputs);
                _flow.Succeed(row, outcome.Outputs);
                break;
            case Standing.Failed:
                ApplyFailure(row, outcome, now);
                break;
            case Standing.Pending when row.DeadlineAt <= now:
                // That was the last look: what is not there by its own limit did not come about.
                _flow.Fail(row, "timeout");
                break;
            case Standing.Pending:
                var look = outcome.LookAt ?? now + SlowLook;
                if (_lookAgain.Remove(row.Id)) look = now;
                (row.State, row.DueAt) = (StepState.Waiting, row.DeadlineAt < look ? row.DeadlineAt : look);
                break;
            case Standing.NotBegun when row.Attempt > Retries(row):
                _flow.Fail(row, row.Code.Length > 0 ? row.Code : "not-begun");
                break;
            case Standing.NotBegun:
                (row.State, row.DueAt) = (StepState.Ready, now);
                break;
            default:
                ApplyUnknown(row, now);
                break;
        }
    }

    private void ApplyFailure(StepRow row, ActionOutcome outcome, DateTimeOffset now)
    {
        if (row.StepId == RunFlow.StartQuestion)
        {
            (row.State, row.EndedAt, row.DueAt) = (StepState.Failed, now, null);
            (_run.State, _run.Failure, _run.EndedAt) = (RunState.Stopped, outcome.Code, now);
        }
        else if (outcome.MayPass && row.Attempt <= Retries(row) && _run.StoppedBy.Length == 0) (row.State, row.Tries, row.DueAt) = (StepState.Ready, row.Tries + 1, now + settings.RestBefore(row.Attempt));
        else _flow.Fail(row, outcome.Code);
    }

    private int Retries(StepRow row) => _flow.StepOf(row)?.Retries ?? settings.Retries;

    /// <summary>Reading settled nothing: look again with growing pauses, then slowly until a person says what became of it. Never act again.</summary>
    private void ApplyUnknown(StepRow row, DateTimeOffset now)
    {
        row.Looks++;
        (row.State, row.DueAt) = (StepState.Unknown, now + (row.Looks <= settings.MostLooks ? TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, row.Looks))) : SlowLook));
    }

    private void ApplyUndo(StepRow row, ActionOutcome outcome, DateTimeOffset now)
    {
        row.Code = outcome.Code;
        if (outcome.Standing is Standing.Done or Standing.NotBegun) (row.State, row.DueAt, row.EndedAt) = (StepState.Undone, null, now);
        else if (outcome.Standing == Standing.Failed && !(outcome.MayPass && row.Looks < settings.Retries)) (row.State, row.DueAt, row.EndedAt) = (StepState.UndoFailed, null, now);
        else if (++row.Looks > settings.MostLooks && outcome.Standing == Standing.Unknown) (row.State, row.DueAt, row.EndedAt, row.Code) = (StepState.UndoFailed, null, now, "unknown");
        else row.DueAt = outcome.LookAt ?? now + settings.RestBefore(row.Looks);
    }
}
