using System.Text.Json;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Juming.Site.Response.Expressions;

namespace Juming.Site.Response.Engine;

/// <summary>
/// Where a run stands in its playbook and where it goes next. Works on rows in memory and does nothing else: the engine saves them, a rehearsal throws
/// them away. A step that fails goes its on_failure; without one its branch fails, then the branch's step, then the run goes to the exception step.
/// </summary>
internal sealed class RunFlow
{
    /// <summary>Step of the question before a run's first step.</summary>
    public const string StartQuestion = "x-start-question";

    private readonly PlaybookModel _model;
    private readonly RunRow _run;
    private readonly List<StepRow> _rows;
    private readonly Dictionary<Guid, StepRow> _byId;
    private readonly int _mostSteps;
    private readonly Func<DateTimeOffset> _now;
    private readonly Queue<System.Action> _moves = new();
    private readonly Dictionary<string, string> _values;

    public RunFlow(PlaybookModel model, RunRow run, List<StepRow> rows, int mostSteps, Func<DateTimeOffset> now)
    {
        (_model, _run, _rows, _mostSteps, _now) = (model, run, rows, mostSteps, now);
        _byId = rows.ToDictionary(r => r.Id);
        _values = JsonSerializer.Deserialize<Dictionary<string, string>>(run.Variables)!;
    }

    /// <summary>Rows made since the last look; the caller saves them.</summary>
    public List<StepRow> Fresh { get; } = [];

    public PlaybookModel Model => _model;

    /// <summary>Enters the first step.</summary>
    public void Begin() => Go(() => Enter(_model.Start, null));

    /// <summary>Begins a step whose time has come, other than an action.</summary>
    public void BeginDelayed(StepRow row) => Go(() => Start(row));

    public void Succeed(StepRow row, IReadOnlyDictionary<string, string> outputs)
    {
        Take(row, outputs);
        Go(() => Done(row));
    }

    public void Fail(StepRow row, string code) => Go(() => Failed(row, code));

    /// <summary>The step of a row; null for the question before the first.</summary>
    public Step? StepOf(StepRow row) => _model.Steps.GetValueOrDefault(row.StepId);

    /// <summary>A text with the values of its variables.</summary>
    /// <param name="step">The step that reads.</param>
    /// <param name="text">The text.</param>
    /// <param name="write">How a value is written where it stands; null as it is.</param>
    public string Resolve(Step? step, string text, Func<string, string>? write = null)
    {
        if (!text.Contains(":value", StringComparison.Ordinal)) return text;
        // One pass: a value that looks like a variable stays what it is, for values come from logs.
        return Vocabulary.Reference().Replace(text, match => Read(step, match.Value[..^":value".Length]) is { } value ? write?.Invoke(value) ?? value : match.Value);
    }

    /// <summary>The value of a variable as a step sees it; null when nobody knows it.</summary>
    public string? Read(Step? step, string name)
    {
        if (_values.TryGetValue(Scoped(step, name), out var own)) return own;
        if (step is not null && step.Variables.TryGetValue(name, out var variable)) return variable.Value;
        return _values.TryGetValue(name, out var value) ? value : _model.Variables.TryGetValue(name, out var declared) ? declared.Value : null;
    }

    /// <summary>Opens again what failed because of a row.</summary>
    public void Reopen(StepRow row)
    {
        for (var parent = ParentOf(row); parent is not null; parent = ParentOf(parent))
        {
            if (parent.State != StepState.Failed) break;
            (parent.State, parent.Code, parent.EndedAt) = (StepState.Open, "", null);
            if (StepOf(parent)?.Type == StepType.Parallel) parent.Rounds--;
        }
    }

    private void Go(System.Action move)
    {
        _moves.Enqueue(move);
        while (_moves.TryDequeue(out var next)) next();
        _run.Variables = JsonSerializer.Serialize(_values);
    }

    private void Enter(string id, StepRow? parent)
    {
        if (!_model.Steps.TryGetValue(id, out var step))
        {
            FailBranch(parent, "no-such-step");
            return;
        }
        // A branch that leads back to the loop it stands in has ended.
        for (var loop = parent; loop is not null; loop = ParentOf(loop))
            if (loop.StepId == id && step.Type == StepType.While)
            {
                CloseUpTo(parent!, loop);
                _moves.Enqueue(() => Ended(loop, ends: false));
                return;
            }
        if (_run.Steps >= _mostSteps)
        {
            FailRun("too-many-steps");
            return;
        }
        var row = new StepRow { RunId = _run.Id, StepId = id, Number = ++_run.Steps, ParentId = parent?.Id, State = StepState.Ready, Action = NameOf(step), StartedAt = _now(), DueAt = _now() + step.Delay };
        _rows.Add(row);
        _byId[row.Id] = row;
        Fresh.Add(row);
        if (step.Delay <= TimeSpan.Zero && step.Type is not (StepType.Action or StepType.PlaybookAction)) Start(row);
    }

    private static string NameOf(Step step) => step.Type is StepType.Action or StepType.PlaybookAction ? ActionBook.CodeOf(step) : Vocabulary.KindOf(step.Id);

    private void Start(StepRow row)
    {
        var step = StepOf(row)!;
        row.DueAt = null;
        switch (step.Type)
        {
            case StepType.Start:
                Done(row);
                break;
            case StepType.End:
                Close(row, StepState.Succeeded);
                row.Ends = _model.Ends.Contains(row.StepId);
                Ended(ParentOf(row), row.Ends);
                break;
            case StepType.Parallel:
                row.State = StepState.Open;
                foreach (var branch in step.Branches) _moves.Enqueue(() => Enter(branch, row));
                break;
            default:
                row.State = StepState.Open;
                Choose(row, step);
                break;
        }
    }

    /// <summary>Takes the branch that a condition chooses, or goes on.</summary>
    private void Choose(StepRow row, Step step)
    {
        string? branch;
        if (step.Type == StepType.While) _values[RunVariables.Round] = row.Rounds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        try
        {
            branch = step.Type == StepType.Switch ? CaseOf(step) : Expression.Parse(step.Condition).Holds(name => Read(step, name)) ? step.OnTrue : step.OnFalse;
        }
        catch (ExpressionException e)
        {
            _moves.Enqueue(() => Failed(row, "expression." + e.Error.Code));
            return;
        }
        if (step.Type == StepType.While) row.Rounds++;
        if (branch is null) _moves.Enqueue(() => Done(row));
        else _moves.Enqueue(() => Enter(branch, row));
    }

    private string? CaseOf(Step step)
    {
        var value = Resolve(step, step.Switch).Trim();
        return step.Cases.GetValueOrDefault(value) ?? step.Cases.GetValueOrDefault("default");
    }

    private void Done(StepRow row)
    {
        Close(row, StepState.Succeeded);
        if (row.StepId == StartQuestion)
        {
            _run.State = RunState.Running;
            _moves.Enqueue(() => Enter(_model.Start, null));
        }
        else if (StepOf(row)?.Next is { } next) _moves.Enqueue(() => Enter(next, ParentOf(row)));
        else _moves.Enqueue(() => Ended(ParentOf(row), ends: false));
    }

    private void Failed(StepRow row, string code)
    {
        Close(row, StepState.Failed);
        row.Code = code;
        if (StepOf(row)?.OnFailure is { } next) _moves.Enqueue(() => Enter(next, ParentOf(row)));
        else FailBranch(ParentOf(row), code);
    }

    private void FailBranch(StepRow? parent, string code)
    {
        if (parent is null) FailRun(code);
        else if (StepOf(parent)!.Type == StepType.Parallel)
        {
            parent.Code = code;
            _moves.Enqueue(() => Ended(parent, ends: false));
        }
        else _moves.Enqueue(() => Failed(parent, code));
    }

    /// <summary>A branch came to its end: at the top the run did.</summary>
    private void Ended(StepRow? parent, bool ends)
    {
        if (parent is null)
        {
            Finish();
            return;
        }
        var step = StepOf(parent)!;
        if (step.Type == StepType.Parallel)
        {
            parent.Rounds++;
            parent.Ends |= ends;
            if (parent.Rounds < step.Branches.Count) return;
            ends = parent.Ends;
            if (parent.Code.Length > 0)
            {
                _moves.Enqueue(() => Failed(parent, parent.Code));
                return;
            }
        }
        else if (step.Type == StepType.While && !ends)
        {
            Choose(parent, step);
            return;
        }
        if (!ends)
        {
            _moves.Enqueue(() => Done(parent));
            return;
        }
        Close(parent, StepState.Succeeded);
        _moves.Enqueue(() => Ended(ParentOf(parent), ends: true));
    }

    private void FailRun(string code)
    {
        var first = _run.Failure.Length == 0;
        if (first) _run.Failure = code;
        if (code == "too-many-steps")
        {
            foreach (var row in _rows.Where(r => r.IsOpen)) Close(row, StepState.Stopped);
            Finish();
        }
        else if (first && _model.Exception is { } exception) _moves.Enqueue(() => Enter(exception, null));
        else Finish();
    }

    private void Finish()
    {
        var failed = _run.Failure.Length > 0;
        _run.State = !failed ? RunState.Succeeded : _model.Compensates ? RunState.RollingBack : RunState.Failed;
        _moves.Clear();
        if (_run.IsOver) _run.EndedAt = _now();
    }

    private void CloseUpTo(StepRow from, StepRow loop)
    {
        for (var row = from; row != loop; row = ParentOf(row)!) Close(row, StepState.Succeeded);
    }

    private void Close(StepRow row, StepState state) => (row.State, row.EndedAt, row.DueAt) = (state, _now(), null);

    private StepRow? ParentOf(StepRow row) => row.ParentId is { } id ? _byId.GetValueOrDefault(id) : null;

    /// <summary>Puts what a step gives into the variables that it names.</summary>
    private void Take(StepRow row, IReadOnlyDictionary<string, string> outputs)
    {
        if (StepOf(row) is not { } step) return;
        foreach (var name in step.OutArgs)
            if (outputs.TryGetValue(name.Trim('_'), out var value) || outputs.TryGetValue(name, out value)) _values[step.Variables.ContainsKey(name) ? Scoped(step, name) : name] = value;
    }

    // A step's own variable is its own, also after a restart; the sign can't be part of a variable's name.
    private static string Scoped(Step? step, string name) => step is null ? name : step.Id + "#" + name;
}
