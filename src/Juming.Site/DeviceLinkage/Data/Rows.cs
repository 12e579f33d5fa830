using System.Text.Json.Serialization;

namespace Juming.Site.DeviceLinkage.Data;

/// <summary>How a device stands with us.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum DeviceState
{
    /// <summary>Nobody has signed in yet.</summary>
    New,

    /// <summary>The last sign-in worked.</summary>
    Ready,

    /// <summary>The device refused the password: nothing is tried until a person enters another.</summary>
    WrongPassword,

    /// <summary>The device says that the account is locked.</summary>
    Locked,

    /// <summary>The device shows another certificate: nothing is opened until a person accepts it.</summary>
    CertificateChanged,

    /// <summary>The console wants a person: a new password, a licence, a code.</summary>
    NeedsPerson,

    /// <summary>The last sign-in failed for another reason; it may be tried again after a pause.</summary>
    Failing,
}

/// <summary>How far a recipe is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum RecipeState
{
    /// <summary>Waits for a person to look at its rehearsal.</summary>
    Draft,

    /// <summary>In use.</summary>
    Approved,

    /// <summary>No longer used.</summary>
    Retired,
}

/// <summary>Where a recipe comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum RecipeOrigin
{
    /// <summary>A file that a person brought.</summary>
    Imported,

    /// <summary>Found by the program on the device's own pages.</summary>
    Explored,

    /// <summary>Written down while a person did it.</summary>
    Recorded,

    /// <summary>Comes with the program, for consoles that nobody has described.</summary>
    Ready,
}

/// <summary>How far a run is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum RunState
{
    /// <summary>Under way, nothing sent that changes the device.</summary>
    Running,

    /// <summary>The point of no return is behind it.</summary>
    Acting,

    /// <summary>Ended as it should.</summary>
    Done,

    /// <summary>Ended otherwise.</summary>
    Failed,
}

/// <summary>What a run is for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum RunKind
{
    /// <summary>Sign in and nothing else.</summary>
    SignIn,

    /// <summary>A recipe.</summary>
    Recipe,

    /// <summary>A recipe's inverse.</summary>
    Inverse,

    /// <summary>Only reads whether it is there.</summary>
    Look,

    /// <summary>Looks for the way to block.</summary>
    Explore,

    /// <summary>A person works the console by hand.</summary>
    Record,
}

/// <summary>A device with a web console.</summary>
internal sealed class DeviceRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    public required string Address { get; set; }
    public string Vendor { get; set; } = "";
    public string Model { get; set; } = "";
    public string DeviceGroup { get; set; } = "";
    public string Business { get; set; } = "";
    public required string Account { get; set; }
    public Guid? PasswordId { get; set; }
    public Guid? SeedId { get; set; }

    /// <summary>Language that the console is asked for: "zh" or "en".</summary>
    public string Language { get; set; } = "zh";

    /// <summary>True takes the place of another session of the same account; by default a person is never put out.</summary>
    public bool TakesOver { get; set; }

    /// <summary>Entries that its block table takes; null when unknown.</summary>
    public int? Capacity { get; set; }
    public required string AuthorisedBy { get; set; }
    public required string AuthorisedReference { get; set; }
    public DateTimeOffset AuthorisedAt { get; set; }

    /// <summary>SHA-256 of its certificate's public key; empty before the first use or without TLS.</summary>
    public string Pin { get; set; } = "";
    public DeviceState State { get; set; }

    /// <summary>What the console said when it refused; attacker-controlled.</summary>
    public string StateDetail { get; set; } = "";
    public DateTimeOffset? StateAt { get; set; }

    /// <summary>Last time a password was sent, kept before it was.</summary>
    public DateTimeOffset? TriedAt { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public required string ChangedBy { get; set; }
    public long Version { get; set; } = 1;
}

/// <summary>One version of a recipe.</summary>
internal sealed class RecipeRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>The recipe's own name, the same for all its versions.</summary>
    public required string Name { get; set; }
    public int Version { get; set; } = 1;
    public required string Capability { get; set; }
    public string Vendor { get; set; } = "";
    public string Product { get; set; } = "";

    /// <summary>The device it was found on; null for every device of its vendor and product.</summary>
    public Guid? DeviceId { get; set; }
    public required string Yaml { get; set; }
    public RecipeState State { get; set; }
    public RecipeOrigin Origin { get; set; }

    /// <summary>Run whose film shows what it would press.</summary>
    public Guid? RehearsalId { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public string DecidedBy { get; set; } = "";
    public DateTimeOffset? DecidedAt { get; set; }
}

/// <summary>One run on a device.</summary>
internal sealed class RunRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid DeviceId { get; set; }
    public RunKind Kind { get; set; }
    public string Capability { get; set; } = "";

    /// <summary>Identity of the effect with the kind in front; unique on a device.</summary>
    public string? EffectKey { get; set; }
    public Guid? RecipeId { get; set; }

    /// <summary>Inputs as JSON; secrets are never among them.</summary>
    public string Inputs { get; set; } = "{}";
    public bool Rehearsal { get; set; }
    public RunState State { get; set; }
    public DateTimeOffset StartedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public int TookMs { get; set; }
    public string? Failure { get; set; }
    public string? FailedStep { get; set; }

    /// <summary>What the page said; attacker-controlled.</summary>
    public string Detail { get; set; } = "";

    /// <summary>"Present", "Absent" or "Unknown"; empty where nothing was to be read.</summary>
    public string Reading { get; set; } = "";
    public bool? Changed { get; set; }

    /// <summary>What was read, as JSON; attacker-controlled.</summary>
    public string Outputs { get; set; } = "{}";

    /// <summary>The film, as JSON: steps with candidates, scores, times and names of pictures.</summary>
    public string Film { get; set; } = "[]";
    public string StartedBy { get; set; } = "";
}

/// <summary>A run found its way on a console that had changed: the recipe as it would have to be, for a person to take or turn down.</summary>
internal sealed class SuggestionRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid RecipeId { get; set; }
    public Guid RunId { get; set; }
    public Guid? DeviceId { get; set; }

    /// <summary>The change that fits the recipe least.</summary>
    public required string Step { get; set; }
    public required string Wanted { get; set; }

    /// <summary>Words on the page; attacker-controlled.</summary>
    public required string Found { get; set; }
    public int Score { get; set; }

    /// <summary>All changes, as JSON.</summary>
    public string Changes { get; set; } = "[]";

    /// <summary>The whole recipe with the changes.</summary>
    public string Yaml { get; set; } = "";
    public DateTimeOffset At { get; set; }

    /// <summary>Null while open; true when taken.</summary>
    public bool? Taken { get; set; }
    public string DecidedBy { get; set; } = "";
    public DateTimeOffset? DecidedAt { get; set; }
}

/// <summary>What a device's block list showed when a run last proved something by it: by these addresses the list is known again.</summary>
internal sealed class ListRow
{
    public Guid DeviceId { get; set; }

    /// <summary>Addresses as JSON; at most 60.</summary>
    public string Addresses { get; set; } = "[]";
    public DateTimeOffset At { get; set; }
}
