using Juming.Platform.Access;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>What is to be done on a device.</summary>
internal sealed record RunWish(Guid Device, RunKind Kind, Actor By)
{
    public RecipeRow? Recipe { get; init; }

    /// <summary>The same, read.</summary>
    public Recipe? Steps { get; init; }
    public string Capability { get; init; } = "";
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();
    public string? Key { get; init; }
    public bool Rehearsal { get; init; }

    /// <summary>For a look at many: which of these stand on the list; empty for the one of the inputs.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>A person wants it now: a pause after a failed sign-in does not hold it back. A wrong password still does.</summary>
    public bool Insists { get; init; }

    /// <summary>A person's work on the signed-in console; the run lasts as long as it does.</summary>
    public IHandWork? ByHand { get; init; }

    /// <summary>Longest that the run may take where it is not the settings' word; null for that.</summary>
    public TimeSpan? Longest { get; init; }

    /// <summary>Identity for the run, so that it can be watched from its start.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();
}

/// <summary>What a person does in a run's window.</summary>
internal interface IHandWork
{
    /// <summary>What the person works on, known again in lists; empty for nothing.</summary>
    string Target { get; }

    /// <summary>Hears what the page tells of a press or a key.</summary>
    void Heard(string told);

    /// <summary>Ends when the person has ended.</summary>
    /// <param name="window">The window, signed in.</param>
    /// <param name="film">The run's film.</param>
    /// <param name="signIn">Signs in anew with the kept password.</param>
    /// <param name="ct">Cancels.</param>
    Task Work(DeviceWindow window, Film film, Func<CancellationToken, Task> signIn, CancellationToken ct);
}

/// <summary>What became of it.</summary>
internal sealed record RunReport(Guid? Run, string? Failure)
{
    public string? Step { get; init; }

    /// <summary>What the page said; attacker-controlled.</summary>
    public string Detail { get; init; } = "";

    /// <summary>True: there and in force; false: not there; null: nobody knows.</summary>
    public bool? Present { get; init; }
    public bool? Changed { get; init; }
    public bool? Verified { get; init; }
    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    /// <summary>Of many targets those that stand on the list and are in force.</summary>
    public IReadOnlySet<string> Standing { get; init; } = new HashSet<string>();

    /// <summary>Recipe that an exploration wrote.</summary>
    public string? Yaml { get; init; }
}
