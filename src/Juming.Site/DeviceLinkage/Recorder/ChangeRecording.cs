using System.Text.RegularExpressions;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>Says what is shown from now on.</summary>
internal sealed record TurnRecording(Guid Id, RecorderPhase Phase) : ICommand<Done>, INeeds<LinkageRecord>;

/// <summary>Answers what the console asks, or has Juming sign in anew.</summary>
/// <param name="Id">The recording.</param>
/// <param name="Agrees">Yes or no to a question; null where it is none.</param>
/// <param name="Choice">Number of what is chosen, from 0; null where nothing is.</param>
/// <param name="SignIn">True signs in anew with the kept password.</param>
/// <param name="Home">True goes to the page where the console begins.</param>
internal sealed record AnswerConsole(Guid Id, bool? Agrees = null, int? Choice = null, bool SignIn = false, bool Home = false) : ICommand<Done>, INeeds<LinkageRecord>;

/// <summary>Changes a recorded step; what is absent stays as it is.</summary>
internal sealed record ChangeStep(Guid Id, int Step) : ICommand<Done>, INeeds<LinkageRecord>
{
    /// <summary>Takes the step away.</summary>
    public bool Remove { get; init; }

    /// <summary>Its name in the recipe.</summary>
    public string? Name { get; init; }

    /// <summary>Parameter that the typed value stands for; empty for the value itself.</summary>
    public string? Varies { get; init; }

    /// <summary>What the press counts as.</summary>
    public StepMeaning? Meaning { get; init; }

    /// <summary>Which way to find the element is used.</summary>
    public int? Candidate { get; init; }
}

/// <summary>Forgets what was marked as proof.</summary>
internal sealed record ForgetProof(Guid Id) : ICommand<Done>, INeeds<LinkageRecord>;

file sealed class Validator : AbstractValidator<ChangeStep>
{
    public Validator()
    {
        RuleFor(c => c.Name).MaximumLength(60).Must(n => n is null || !n.Any(char.IsControl));
        RuleFor(c => c.Meaning).IsInEnum();
    }
}

file sealed class TurnValidator : AbstractValidator<TurnRecording>
{
    public TurnValidator() => RuleFor(c => c.Phase).IsInEnum();
}

file sealed class Handler(RecordingDesk desk, CurrentActor current) : ICommandHandler<TurnRecording, Done>, ICommandHandler<AnswerConsole, Done>, ICommandHandler<ChangeStep, Done>, ICommandHandler<ForgetProof, Done>
{
    public Task<Result<Done>> Handle(TurnRecording request, CancellationToken cancellationToken) => With(request.Id, recording =>
    {
        recording.Turn(request.Phase);
        return null;
    });

    public Task<Result<Done>> Handle(AnswerConsole request, CancellationToken cancellationToken) => With(request.Id, recording =>
    {
        if (desk.Hand(request.Id) is not { } hand) return LinkageErrors.RecordingEnded;
        if (request.Agrees is { } agrees) recording.Answer(agrees);
        if (request.Choice is { } choice) hand.Take(new HandInput("pick", V: choice.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (request.Home) hand.Take(new HandInput("home"));
        if (request.SignIn) hand.Take(new HandInput("sign-in"));
        return null;
    });

    public Task<Result<Done>> Handle(ChangeStep request, CancellationToken cancellationToken) => With(request.Id, recording =>
    {
        if (request.Varies is { Length: > 0 } name && !Regex.IsMatch(name, "^[a-z][a-z0-9_]{0,30}$", RegexOptions.None, TimeSpan.FromMilliseconds(100))) return LinkageErrors.NotAParameter.With("value", name);
        return recording.Change(request.Step, step => request.Remove ? null : step with
        {
            Name = request.Name?.Trim() ?? step.Name,
            Varies = step.Op == "fill" ? request.Varies ?? step.Varies : "",
            Meaning = request.Meaning ?? step.Meaning,
            Chosen = request.Candidate is { } chosen && chosen >= 0 && chosen < step.Candidates.Count ? chosen : step.Chosen,
        }) ? null : LinkageErrors.NoSuchStep;
    });

    public Task<Result<Done>> Handle(ForgetProof request, CancellationToken cancellationToken) => With(request.Id, recording =>
    {
        recording.ForgetProof();
        return null;
    });

    private Task<Result<Done>> With(Guid id, Func<Recording, Error?> change)
    {
        var error = desk.Find(id, current.Actor) is { } recording ? change(recording) : LinkageErrors.NoSuchRecording;
        return Task.FromResult(error is null ? Done.Value : (Result<Done>)error);
    }
}
