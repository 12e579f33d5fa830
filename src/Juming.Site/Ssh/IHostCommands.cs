using System.Text.Json.Serialization;
using Juming.Platform.Access;

namespace Juming.Site.Ssh;

/// <summary>
/// Runs command templates on the hosts of the register over SSH, for playbooks. An effect has a key and is done once: before it a row tells that it begins, after it the
/// host itself is read. Nothing but templates can be run, and nothing but registered hosts is connected to.
/// </summary>
public interface IHostCommands
{
    /// <summary>Hosts in the register, by name.</summary>
    Task<IReadOnlyList<CommandHost>> Hosts(CancellationToken ct);

    /// <summary>Templates of a kind, in the reader's language.</summary>
    Task<IReadOnlyList<CommandBrief>> Commands(CommandKind kind, CancellationToken ct);

    /// <summary>What an order would do, and whether it would be refused. Connects to nothing.</summary>
    Task<CommandForecast> Foresee(CommandOrder order, CancellationToken ct);

    /// <summary>Does it, unless it is done. The actor needs the permission of the kind.</summary>
    Task<CommandOutcome> Apply(CommandOrder order, Actor by, CancellationToken ct);

    /// <summary>Reads from the host what became of it, without doing anything.</summary>
    Task<CommandOutcome> Look(CommandOrder order, Actor by, CancellationToken ct);

    /// <summary>Takes it back to what was read before it, and reads that it is so. What changed nothing is not touched.</summary>
    Task<CommandOutcome> Undo(CommandOrder order, Actor by, CancellationToken ct);
}

/// <summary>What a template is for; each kind has its own permission.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum CommandKind
{
    /// <summary>Reads, or has an effect of an incident's moment.</summary>
    Command,

    /// <summary>Brings a setting to what a baseline asks for.</summary>
    Fix,

    /// <summary>Changes what an account may do.</summary>
    Rights,
}

/// <summary>A host.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Address">Address or name in the network.</param>
/// <param name="Unable">Code of why it can't be signed in to at the moment; null when it can.</param>
public sealed record CommandHost(Guid Id, string Name, string Address, string? Unable);

/// <summary>A template in the reader's language.</summary>
/// <param name="Id">Stable name, "lock-account".</param>
/// <param name="Name">Name for people.</param>
/// <param name="About">What it does.</param>
/// <param name="Risk">Whom it may hit; empty where it only reads.</param>
/// <param name="Changes">It has an effect.</param>
/// <param name="CanUndo">The effect can be taken back.</param>
/// <param name="Parameters">What it takes.</param>
public sealed record CommandBrief(string Id, string Name, string About, string Risk, bool Changes, bool CanUndo, IReadOnlyList<CommandField> Parameters);

/// <summary>A parameter in the reader's language.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Label">Name for people.</param>
/// <param name="Hint">What is accepted.</param>
/// <param name="Values">All values that it can have; empty where it is not a choice.</param>
/// <param name="Default">Value where none is given; empty when one must be.</param>
public sealed record CommandField(string Name, string Label, string Hint, IReadOnlyList<string> Values, string Default);

/// <summary>An order.</summary>
/// <param name="Host">Identity, name or address of the host.</param>
/// <param name="Command">Name of the template.</param>
/// <param name="Kind">Kind that the template must have.</param>
/// <param name="Key">Identity of the effect; the same key never does it twice.</param>
/// <param name="Inputs">Values of the parameters.</param>
public sealed record CommandOrder(string Host, string Command, CommandKind Kind, string Key, IReadOnlyDictionary<string, string> Inputs);

/// <summary>What an order would do.</summary>
/// <param name="Refusal">Code of why it would be refused; null when it would not.</param>
/// <param name="Detail">More about the refusal: the parameter.</param>
/// <param name="Host">The host; null when it is not in the register.</param>
/// <param name="Command">The template; null when there is none.</param>
public sealed record CommandForecast(string? Refusal, string Detail, CommandHost? Host, CommandBrief? Command);

/// <summary>How an order stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum CommandStanding
{
    /// <summary>The host shows that it is so.</summary>
    Done,

    /// <summary>It is not so.</summary>
    Failed,

    /// <summary>It may still be under way on the host; look again later.</summary>
    Pending,

    /// <summary>It never began, or had no effect: it may be done now.</summary>
    NotBegun,

    /// <summary>Nobody can tell.</summary>
    Unknown,
}

/// <summary>What came of an order.</summary>
public sealed record CommandOutcome
{
    /// <summary>How it stands.</summary>
    public required CommandStanding Standing { get; init; }

    /// <summary>Code of why it failed or waits; empty when there is nothing to say.</summary>
    public string Code { get; init; } = "";

    /// <summary>A failure that may pass by itself. Refused sign-ins never do.</summary>
    public bool MayPass { get; init; }

    /// <summary>The row of the effect; null when none was begun.</summary>
    public Guid? Effect { get; init; }

    /// <summary>The host was changed; false when it was so already.</summary>
    public bool Changed { get; init; }

    /// <summary>When to look again at what is pending.</summary>
    public DateTimeOffset? LookAt { get; init; }

    /// <summary>What the command wrote, as text; attacker-controlled.</summary>
    public string Output { get; init; } = "";

    /// <summary>What proves it, as named values; attacker-controlled.</summary>
    public IReadOnlyDictionary<string, string> Evidence { get; init; } = new Dictionary<string, string>();
}
