namespace Juming.Site.Response.Cacao;

/// <summary>Kinds of steps.</summary>
internal enum StepType
{
    Start,
    End,
    Action,
    PlaybookAction,
    Parallel,
    If,
    While,
    Switch,
}

/// <summary>A playbook as the engine walks it; read from a CACAO 2.0 document that keeps everything else.</summary>
internal sealed record PlaybookModel
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Start { get; init; }

    /// <summary>Step that is taken when one fails and nothing else says what then; null for none.</summary>
    public string? Exception { get; init; }
    public required IReadOnlyDictionary<string, Variable> Variables { get; init; }
    public required IReadOnlyDictionary<string, Step> Steps { get; init; }
    public required IReadOnlyList<Trigger> Triggers { get; init; }

    /// <summary>True takes back what was done when the run fails.</summary>
    public bool Compensates { get; init; }

    /// <summary>
    /// Ends of the whole run: those that the way outside of all branches leads to. An end that only a branch knows ends that branch.
    /// </summary>
    public required IReadOnlySet<string> Ends { get; init; }
}

/// <summary>A variable: "__attacker__".</summary>
internal sealed record Variable(string Name, string Type, string Value, bool IsConstant, bool IsExternal);

/// <summary>What starts a playbook by itself.</summary>
/// <param name="On">"incident-opened", "incident-escalated", "incident-state", "schedule" or "manual".</param>
/// <param name="When">Condition on the run's variables; empty for always.</param>
/// <param name="Cron">Five fields, in the site's zone; of a schedule.</param>
internal sealed record Trigger(string On, string When, string Cron);

/// <summary>One step; what its kind does not have is null or empty.</summary>
internal sealed record Step
{
    public required string Id { get; init; }
    public required StepType Type { get; init; }
    public string Name { get; init; } = "";
    public TimeSpan Delay { get; init; }
    public TimeSpan? Timeout { get; init; }
    public IReadOnlyDictionary<string, Variable> Variables { get; init; } = new Dictionary<string, Variable>();
    public string? OnCompletion { get; init; }
    public string? OnSuccess { get; init; }
    public string? OnFailure { get; init; }
    public IReadOnlyList<Command> Commands { get; init; } = [];
    public IReadOnlyList<string> InArgs { get; init; } = [];
    public IReadOnlyList<string> OutArgs { get; init; } = [];
    public string PlaybookId { get; init; } = "";
    public IReadOnlyList<string> Branches { get; init; } = [];
    public string Condition { get; init; } = "";
    public string? OnTrue { get; init; }
    public string? OnFalse { get; init; }
    public string Switch { get; init; } = "";
    public IReadOnlyDictionary<string, string> Cases { get; init; } = new Dictionary<string, string>();

    /// <summary>How often a failure that may pass is tried again; null for the usual.</summary>
    public int? Retries { get; init; }

    /// <summary>Where the flow goes after a success.</summary>
    public string? Next => OnCompletion ?? OnSuccess;

    /// <summary>Steps that come after this one outside of its branches.</summary>
    public IEnumerable<string> After => new[] { OnCompletion, OnSuccess, OnFailure }.OfType<string>();

    /// <summary>First steps of its branches.</summary>
    public IEnumerable<string> Inside => Branches.Concat(new[] { OnTrue, OnFalse }.OfType<string>()).Concat(Cases.Values);
}

/// <summary>A command of an action step.</summary>
/// <param name="Type">"x-juming-capability", "manual", "http-api" and others of the vocabulary, which is open.</param>
/// <param name="Text">Its command, decoded.</param>
/// <param name="Capability">What is wanted, "block-ip"; of our own type.</param>
/// <param name="Args">Inputs, with variables in them.</param>
internal sealed record Command(string Type, string Text, string Capability, IReadOnlyDictionary<string, string> Args);
