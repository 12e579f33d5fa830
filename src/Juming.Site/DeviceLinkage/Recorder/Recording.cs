using System.Text.Json;
using System.Text.Json.Serialization;
using Juming.Platform.Access;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Site.DeviceLinkage.SignIn;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>How far a recording is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum RecordingState
{
    /// <summary>Waits for the device and signs in.</summary>
    Opening,

    /// <summary>The person works.</summary>
    Live,

    /// <summary>The browser is closed; the steps are still there.</summary>
    Ended,
}

/// <summary>A question or a choice that the page puts to the person.</summary>
/// <param name="Text">The page's words.</param>
/// <param name="Options">What there is to choose from; null for yes or no.</param>
internal sealed record ConsoleQuestion(string Text, IReadOnlyList<string>? Options);

/// <summary>One person's work on one console, and the steps that came of it.</summary>
internal sealed class Recording(Guid id, DeviceRow device, Actor by, string target, RecordedSubject subject)
{
    public const int MostSteps = 200;
    private readonly Lock _gate = new();
    private readonly List<RecordedStep> _steps = [];
    private readonly List<string> _texts = [];
    private readonly List<RecordedFigure> _figures = [];
    private TaskCompletionSource<bool>? _answer;
    private int _last;

    /// <summary>Identity; its run has the same.</summary>
    public Guid Id => id;

    public DeviceRow Device => device;

    public Actor By => by;

    /// <summary>To what the person does it for the recording; empty where it is only read.</summary>
    public string Target => target;

    public RecordedSubject Subject => subject;

    public RecordingState State { get; private set; }

    /// <summary>Why it ended by itself; null when the person ended it.</summary>
    public string? Failure { get; private set; }

    /// <summary>What the page said; attacker-controlled.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>Code of what the person must know now; empty for nothing.</summary>
    public string Notice { get; set; } = "";

    public RecorderPhase Phase { get; private set; }

    public RecordedProof? Proof { get; private set; }

    public ConsoleQuestion? Question { get; private set; }

    public string Url { get; set; } = "";

    /// <summary>The draft that was kept of it; null before.</summary>
    public Guid? Recipe { get; set; }

    public IReadOnlyList<RecordedStep> Steps
    {
        get { lock (_gate) return [.. _steps]; }
    }

    /// <summary>Words that the person marked.</summary>
    public IReadOnlyList<string> Texts
    {
        get { lock (_gate) return [.. _texts]; }
    }

    /// <summary>Figures that the person marked.</summary>
    public IReadOnlyList<RecordedFigure> Figures
    {
        get { lock (_gate) return [.. _figures]; }
    }

    public void Live() => State = RecordingState.Live;

    public void End(string? failure, string detail)
    {
        (State, Failure, Detail, Question) = (RecordingState.Ended, failure, detail, null);
        _answer?.TrySetResult(false);
    }

    public void Turn(RecorderPhase phase) => (Phase, Notice) = (phase, "");

    /// <summary>Takes in what the page tells, while the person works.</summary>
    public void Hear(JsonElement told, Film film)
    {
        switch (SignInSkill.Text(told, "t"))
        {
            case "choices":
                Question = new ConsoleQuestion(StepTold.Cut(SignInSkill.Text(told, "name"), 80), StepTold.Texts(told, "options", 200, 80));
                return;
            case "secret":
                Notice = "secret";
                return;
        }
        lock (_gate)
        {
            if (StepTold.Step(told, _last + 1, Phase) is not { } step) return;
            if (_steps.Count >= MostSteps) { Notice = "too-many-steps"; return; }
            Add(step with { Varies = Guess(step) });
            film.Begin(step.Op, "hand").End("done", $"{step.Words} {step.Value}".Trim());
        }
    }

    /// <summary>Asks the person; a page whose question nobody answers is told no.</summary>
    public async Task<bool> Ask(string text, TimeSpan patience, TimeProvider clock)
    {
        var answer = _answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Question = new ConsoleQuestion(text, null);
        var agreed = false;
        try
        {
            agreed = await answer.Task.WaitAsync(patience, clock);
        }
        catch (TimeoutException)
        {
            Notice = "not-answered";
        }
        Question = null;
        lock (_gate)
            if (agreed && _steps.Count < MostSteps) _steps.Add(new RecordedStep { Number = ++_last, Phase = Phase, Op = "dialog", Words = text, Value = "accept" });
        return agreed;
    }

    /// <summary>Answers an open question; false when there is none.</summary>
    public bool Answer(bool agrees) => _answer?.TrySetResult(agrees) ?? false;

    /// <summary>Closes a choice.</summary>
    public void Chosen() => Question = null;

    public void Prove(RecordedProof proof) => (Proof, Notice) = (proof, "");

    public void ProveByText(string text)
    {
        lock (_gate)
            if (_texts.Count < 5 && !_texts.Contains(text)) _texts.Add(text);
        Notice = "";
    }

    public void ProveByFigure(RecordedFigure figure)
    {
        lock (_gate)
            if (_figures.Count < 20 && !_figures.Exists(f => f.Label == figure.Label)) _figures.Add(figure);
        Notice = "";
    }

    public void ForgetProof()
    {
        lock (_gate)
        {
            _texts.Clear();
            _figures.Clear();
        }
        Proof = null;
    }

    /// <summary>Changes a step, or takes it away where <paramref name="change"/> answers null; false when it is not there.</summary>
    public bool Change(int number, Func<RecordedStep, RecordedStep?> change)
    {
        lock (_gate)
        {
            var at = _steps.FindIndex(s => s.Number == number);
            if (at < 0) return false;
            if (change(_steps[at]) is { } changed) _steps[at] = changed;
            else _steps.RemoveAt(at);
            return true;
        }
    }

    private void Add(RecordedStep step)
    {
        // A field is filled key by key; what stands in it in the end is the step.
        if (step.Op == "fill")
        {
            var at = _steps.FindLastIndex(s => s.Op == "fill" && s.Field == step.Field && s.Phase == step.Phase);
            if (at >= 0 && _steps.Skip(at + 1).All(s => s.Op is "fill" or "select" or "check"))
            {
                _steps[at] = _steps[at] with { Value = step.Value, Varies = step.Varies };
                return;
            }
        }
        _last++;
        _steps.Add(step);
    }

    private string Guess(RecordedStep step) => step.Op != "fill" ? "" : step.Value == Target ? subject.Input : step.Means == "comment" ? "comment" : step.Means is "minutes" or "term" && step.Value.Length > 0 && step.Value.All(char.IsAsciiDigit) ? "minutes" : "";
}
