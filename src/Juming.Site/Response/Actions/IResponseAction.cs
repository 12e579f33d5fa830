namespace Juming.Site.Response.Actions;

/// <summary>
/// Something that a playbook can do. Before <see cref="Act"/> the step is a row with the effect's key; what Act answers becomes a row too. Where the
/// process ends in between, <see cref="Settle"/> finds out from the other side what became of it: nothing is done again blindly.
/// </summary>
internal interface IResponseAction
{
    /// <summary>What it is.</summary>
    ActionSpec Spec { get; }

    /// <summary>True when what it needs is part of this site.</summary>
    bool IsOffered => true;

    /// <summary>What it would do, without doing it.</summary>
    Task<ActionPlan> Plan(ActionCall call, CancellationToken ct);

    /// <summary>Does it, or begins it.</summary>
    Task<ActionOutcome> Act(ActionCall call, CancellationToken ct);

    /// <summary>Looks how it stands, without doing anything.</summary>
    Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct);

    /// <summary>Takes it back. The same call again changes nothing more.</summary>
    Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct) => Task.FromResult(ActionOutcome.Failed("no-inverse"));

    /// <summary>Nobody waits for it any more.</summary>
    Task Abandon(ActionCall call, CancellationToken ct) => Task.CompletedTask;

    /// <summary>What its inputs can be here and now, beside those that they always can: hosts, templates.</summary>
    Task<IReadOnlyList<InputOffer>> Offers(CancellationToken ct) => Task.FromResult<IReadOnlyList<InputOffer>>([]);

    /// <summary>Whether it could work now, without doing anything: the test button.</summary>
    Task<ActionPlan> Probe(CancellationToken ct) => Task.FromResult(ActionPlan.Of("probe.ready"));
}

/// <summary>What an action is: resources hold its texts, "action.block-ip" and its kin.</summary>
internal sealed record ActionSpec
{
    /// <summary>Stable code, "block-ip".</summary>
    public required string Code { get; init; }

    /// <summary>Group in the palette: "network", "people", "incident", "device", "flow", "look".</summary>
    public required string Group { get; init; }

    /// <summary>Permission that whoever starts or switches on a playbook with it must hold.</summary>
    public required string Permission { get; init; }

    public IReadOnlyList<InputSpec> Inputs { get; init; } = [];

    /// <summary>Names of what it gives, to be taken by out_args: "entry" for "__entry__".</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>It changes something outside of the run.</summary>
    public bool Changes { get; init; }

    /// <summary>Code of the action that takes it back; null when it can't be.</summary>
    public string? Inverse { get; init; }

    /// <summary>It ends by itself.</summary>
    public bool Expires { get; init; }

    /// <summary>How long acting may take before it counts as broken off.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>An input.</summary>
/// <param name="Name">Name in "args".</param>
/// <param name="Kind">"text", "long-text", "address", "minutes", "choice", "number", "list", "url", "json", "headers", "pairs" (one name=value a line).</param>
/// <param name="Required">It can't do without.</param>
/// <param name="Choices">Values of a choice.</param>
internal sealed record InputSpec(string Name, string Kind, bool Required = false, params string[] Choices);

/// <summary>A value that an input can have.</summary>
/// <param name="Input">Name of the input.</param>
/// <param name="Value">The value.</param>
/// <param name="Label">What it is, in the reader's language.</param>
/// <param name="About">What it does; empty where there is nothing to say.</param>
/// <param name="IsClosed">The input can have none but such values; else they are proposals.</param>
/// <param name="Fields">What the pairs of the action are when this is chosen.</param>
internal sealed record InputOffer(string Input, string Value, string Label, string About = "", bool IsClosed = false, IReadOnlyList<PairField>? Fields = null);

/// <summary>A pair that is asked for, in the reader's language.</summary>
public sealed record PairField(string Name, string Label, string Hint, IReadOnlyList<string> Values, string Default);

/// <summary>One call of an action.</summary>
internal sealed record ActionCall
{
    /// <summary>Identity of the effect: the same for every attempt of the same step.</summary>
    public required string Key { get; init; }
    public required Guid Run { get; init; }
    public required string RunNumber { get; init; }

    /// <summary>Name of the playbook.</summary>
    public required string Playbook { get; init; }

    /// <summary>Name of the step, for people.</summary>
    public required string Step { get; init; }
    public Guid? Incident { get; init; }
    public string IncidentNumber { get; init; } = "";
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>What an earlier call left as its reference; empty for none.</summary>
    public string Reference { get; init; } = "";

    /// <summary>Name of who started it.</summary>
    public required string By { get; init; }

    /// <summary>Identity of that person; empty for the program.</summary>
    public string ById { get; init; } = "";

    /// <summary>It is the question before a run's first step.</summary>
    public bool IsStart { get; init; }

    /// <summary>No person decided on it.</summary>
    public bool Automatic { get; init; }

    /// <summary>How many runs deep.</summary>
    public int Depth { get; init; }

    /// <summary>When the step began.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>The step's own limit, or null.</summary>
    public DateTimeOffset? Deadline { get; init; }

    public string Of(string name) => Inputs.GetValueOrDefault(name, "").Trim();
}

/// <summary>How an effect stands.</summary>
internal enum Standing
{
    /// <summary>Done, and proven where that can be.</summary>
    Done,

    /// <summary>Not done, and it will not be.</summary>
    Failed,

    /// <summary>Begun; what comes of it shows later.</summary>
    Pending,

    /// <summary>It never began: it may be done now.</summary>
    NotBegun,

    /// <summary>Nobody can tell.</summary>
    Unknown,
}

/// <summary>What came of a call.</summary>
internal sealed record ActionOutcome
{
    public required Standing Standing { get; init; }

    /// <summary>Code of why it failed or waits.</summary>
    public string Code { get; init; } = "";

    /// <summary>A failure that may pass: it is tried again. Refused logins never do.</summary>
    public bool MayPass { get; init; }

    public IReadOnlyDictionary<string, string> Outputs { get; init; } = Nothing;

    /// <summary>What proves it, as named values; attacker-controlled.</summary>
    public IReadOnlyDictionary<string, string> Evidence { get; init; } = Nothing;

    /// <summary>When to look again at what is pending.</summary>
    public DateTimeOffset? LookAt { get; init; }

    /// <summary>What the other side calls it.</summary>
    public string Reference { get; init; } = "";

    public static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    public static ActionOutcome Done(IReadOnlyDictionary<string, string>? outputs = null, IReadOnlyDictionary<string, string>? evidence = null, string reference = "") =>
        new() { Standing = Standing.Done, Outputs = outputs ?? Nothing, Evidence = evidence ?? Nothing, Reference = reference };

    public static ActionOutcome Failed(string code, bool mayPass = false, IReadOnlyDictionary<string, string>? evidence = null) => new() { Standing = Standing.Failed, Code = code, MayPass = mayPass, Evidence = evidence ?? Nothing };

    public static ActionOutcome Pending(string reference, DateTimeOffset? lookAt, string code = "", IReadOnlyDictionary<string, string>? evidence = null) =>
        new() { Standing = Standing.Pending, Reference = reference, LookAt = lookAt, Code = code, Evidence = evidence ?? Nothing };

    public static readonly ActionOutcome NotBegun = new() { Standing = Standing.NotBegun };

    public static ActionOutcome Unknown(string code) => new() { Standing = Standing.Unknown, Code = code };
}

/// <summary>What an action would do: sentences as code and arguments.</summary>
/// <param name="Lines">The sentences.</param>
/// <param name="Refusal">Code of why it would be refused; null when it would not.</param>
/// <param name="Target">Address that it would touch; null for none.</param>
/// <param name="Protected">The target is one of those that must not be blocked.</param>
internal sealed record ActionPlan(IReadOnlyList<PlanLine> Lines, string? Refusal = null, string? Target = null, bool Protected = false)
{
    public static ActionPlan Of(string code, params ReadOnlySpan<(string Name, string Value)> arguments) => new([PlanLine.Of(code, arguments)]);
}

/// <summary>One sentence.</summary>
internal sealed record PlanLine(string Code, IReadOnlyDictionary<string, string> Arguments)
{
    public static PlanLine Of(string code, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        var values = new Dictionary<string, string>(arguments.Length);
        foreach (var (name, value) in arguments) values[name] = value;
        return new PlanLine(code, values);
    }
}
