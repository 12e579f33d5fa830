using System.Text.Json;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Engine;

/// <summary>
/// One run in one hand. Every turn ends with a save, and only after it do steps act: so each step's state is a row before it acts, and what came of it
/// is a row before the next one does.
/// </summary>
internal sealed partial class RunSession(RunDesk desk, Hand hand, ResponseDb db, PlaybookShelf shelf, StepRunner runner, ResponseSettings settings, IRunPoints points, TimeProvider clock)
{
    private static readonly TimeSpan SlowLook = TimeSpan.FromMinutes(10);

    private readonly List<(StepRow Row, StepWork Work)> _toDo = [];
    private readonly List<(RunOrder Order, Juming.Platform.Handlers.Error? Refusal)> _answers = [];
    private readonly HashSet<Guid> _acting = [];
    private readonly HashSet<Guid> _lookAgain = [];
    private readonly List<Task> _tasks = [];
    private readonly List<string> _recorded = [];
    private RunRow _run = null!;
    private List<StepRow> _rows = null!;
    private RunFlow _flow = null!;

    public async Task Go(CancellationToken ct)
    {
        try
        {
            await Drive(ct);
        }
        finally
        {
            foreach (var (order, _) in _answers) order.Answer.TrySetException(new InvalidOperationException("The run broke off before the order was kept."));
            // Whoever takes the run up again must not meet an act of this hand that is still under way.
            await Task.WhenAll(_tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Drive(CancellationToken ct)
    {
        if (!await Load(ct)) return;
        var message = await hand.Mail.Reader.ReadAsync(ct);
        while (true)
        {
            do Take(message);
            while (hand.Mail.Reader.TryRead(out message!));
            Advance();
            await Save(ct);
            Launch(ct);
            if (_acting.Count == 0 && desk.TryLeave(hand)) break;
            message = await hand.Mail.Reader.ReadAsync(ct);
        }
        if (_run.IsOver && _run.ParentRun is { } parent) desk.Wake(parent);
    }

    private async Task<bool> Load(CancellationToken ct)
    {
        if (await db.Runs.FirstOrDefaultAsync(r => r.Id == hand.Run, ct) is not { } run || await shelf.Of(db, run.PlaybookId, run.Version, ct) is not { } model)
        {
            do
            {
                while (hand.Mail.Reader.TryRead(out var message))
                    if (message is RunOrder order) order.Answer.TrySetResult(ResponseErrors.NoSuchRun);
            }
            while (!desk.TryLeave(hand));
            return false;
        }
        _run = run;
        _rows = await db.Steps.Where(s => s.RunId == run.Id).OrderBy(s => s.Number).ToListAsync(ct);
        _flow = new RunFlow(model, run, _rows, settings.MostSteps, clock.GetUtcNow);
        // The row was saved and the answer was not: the process ended in between, and what became of the effect must be read.
        foreach (var row in _rows.Where(r => r.State == StepState.Acting)) (row.State, row.DueAt, row.Code) = (StepState.Unknown, clock.GetUtcNow(), "broke-off");
        return true;
    }

    private void Take(object message)
    {
        switch (message)
        {
            case LookNow:
                // What acts just now may have been answered before its answer could be waited for.
                _lookAgain.UnionWith(_acting);
                foreach (var row in _rows.Where(r => r.State is StepState.Waiting or StepState.Unknown or StepState.Undoing && !_acting.Contains(r.Id))) row.DueAt = clock.GetUtcNow();
                break;
            case StepAnswer answer:
                _acting.Remove(answer.Row.Id);
                Apply(answer.Row, answer.Work, answer.Outcome);
                _recorded.Add(answer.Row.Key);
                break;
            case RunOrder order:
                _answers.Add((order, new OrderDesk(_run, _rows, _flow, _acting, clock.GetUtcNow()).Obey(order)));
                break;
        }
    }

    /// <summary>Does in memory all that needs no waiting, and finds what is to act.</summary>
    private void Advance()
    {
        var now = clock.GetUtcNow();
        if (_run.IsOver) return;
        if (_run.StoppedBy.Length > 0 && _run.State != RunState.RollingBack)
        {
            StopAll(now);
            return;
        }
        if (_rows.Count == 0) Enter(now);
        bool moved;
        do
        {
            // What was entered just now is due just now.
            (moved, now) = (false, clock.GetUtcNow());
            if (_run.State == RunState.RollingBack) NextUndo(now);
            foreach (var row in _rows.Where(r => r.DueAt is { } due && due <= now && !_acting.Contains(r.Id)).ToList()) moved |= Begin(row, now);
        }
        while (moved && !_run.IsOver);
    }

    private void Enter(DateTimeOffset now)
    {
        if (!_run.Asks)
        {
            _run.State = RunState.Running;
            _flow.Begin();
            return;
        }
        _run.State = RunState.Asking;
        var question = new StepRow { RunId = _run.Id, StepId = RunFlow.StartQuestion, Number = 0, State = StepState.Ready, Action = ActionBook.AskPerson, StartedAt = now, DueAt = now };
        _rows.Add(question);
        _flow.Fresh.Add(question);
    }

    /// <summary>True when it moved the flow, so that there may be more to begin.</summary>
    private bool Begin(StepRow row, DateTimeOffset now)
    {
        var step = _flow.StepOf(row);
        if (row.State == StepState.Ready && step is not null && step.Type is not (StepType.Action or StepType.PlaybookAction))
        {
            _flow.BeginDelayed(row);
            return true;
        }
        var work = row.State switch { StepState.Ready => StepWork.Act, StepState.Undoing => StepWork.Undo, _ => StepWork.Settle };
        if (work == StepWork.Act)
        {
            row.State = StepState.Acting;
            row.Attempt++;
            row.Input = JsonSerializer.Serialize(Inputs(row, step));
            if (step?.Timeout is { } limit) row.DeadlineAt ??= now + limit;
        }
        row.DueAt = work == StepWork.Act ? now : row.DueAt;
        _acting.Add(row.Id);
        _toDo.Add((row, work));
        return false;
    }

    private Dictionary<string, string> Inputs(StepRow row, Step? step)
    {
        if (step is null) return new Dictionary<string, string> { ["does"] = string.Join(", ", _flow.Model.Steps.Values.Select(ActionBook.CodeOf).Where(c => c.Length > 0).Distinct()), ["attacker"] = _flow.Read(null, RunVariables.Attacker) ?? "" };
        return runner.InputsOf(_flow, step);
    }

    private void NextUndo(DateTimeOffset now)
    {
        if (_acting.Count > 0 || _rows.Any(r => r.State == StepState.Undoing)) return;
        var next = _rows.Where(r => r.State is StepState.Succeeded or StepState.Stopped or StepState.Failed && runner.CanUndo(r)).MaxBy(r => r.Number);
        if (next is not null) (next.State, next.DueAt, next.Looks) = (StepState.Undoing, now, 0);
        else
        {
            _run.State = _run.Failure.Length > 0 && _run.StoppedBy.Length == 0 ? RunState.Failed : RunState.RolledBack;
            _run.EndedAt = now;
        }
    }

    private void StopAll(DateTimeOffset now)
    {
        foreach (var row in _rows.Where(r => r.IsOpen && !_acting.Contains(r.Id)))
        {
            if (row.State == StepState.Waiting) _toDo.Add((row, StepWork.Abandon));
            // What is unknown stays unknown: stopping settles nothing.
            if (row.State != StepState.Unknown) (row.State, row.EndedAt) = (StepState.Stopped, now);
            row.DueAt = null;
        }
        if (_acting.Count == 0) (_run.State, _run.EndedAt) = (RunState.Stopped, now);
    }

    private async Task Save(CancellationToken ct)
    {
        if (_run.IsOver) _run.DueAt = null;
        else
        {
            _run.DueAt = _rows.Where(r => r.IsOpen).Min(r => r.DueAt) ?? _run.DueAt;
            if (_run.State is RunState.Running or RunState.Waiting or RunState.Unsettled)
                _run.State = _rows.Any(r => r.State == StepState.Unknown && r.Looks > settings.MostLooks) ? RunState.Unsettled : _acting.Count == 0 ? RunState.Waiting : RunState.Running;
        }
        if (_run.IsOver && db.Entry(_run).Property(r => r.EndedAt).IsModified)
            db.Publish(new PlaybookRunEnded(_run.Id, _run.ShortNumber, _run.PlaybookId, _run.IncidentId, _run.State.ToString(), _run.Failure, _run.EndedAt!.Value));
        db.Steps.AddRange(_flow.Fresh);
        _flow.Fresh.Clear();
        await db.SaveChangesAsync(ct);
        foreach (var (order, refusal) in _answers) order.Answer.TrySetResult(refusal);
        _answers.Clear();
        foreach (var key in _recorded) points.Reach(IRunPoints.Recorded, key);
        _recorded.Clear();
    }

    private void Launch(CancellationToken ct)
    {
        foreach (var (row, work) in _toDo)
        {
            if (work == StepWork.Act) points.Reach(IRunPoints.BeforeAct, row.Key);
            var call = StepRunner.CallOf(_run, row, _flow.Model, _flow.StepOf(row));
            var task = Task.Run(async () =>
            {
                var outcome = await runner.Run(row.Action, work, call, _flow.StepOf(row), ct);
                points.Reach(IRunPoints.Acted, row.Key);
                if (work != StepWork.Abandon && outcome is not null) hand.Mail.Writer.TryWrite(new StepAnswer(row, work, outcome));
            }, CancellationToken.None);
            _tasks.RemoveAll(t => t.IsCompleted);
            _tasks.Add(task);
        }
        _toDo.Clear();
    }
}

/// <summary>What is done with a step.</summary>
internal enum StepWork
{
    Act,
    Settle,
    Undo,
    Abandon,
}

/// <summary>What came of it.</summary>
internal sealed record StepAnswer(StepRow Row, StepWork Work, ActionOutcome Outcome);
