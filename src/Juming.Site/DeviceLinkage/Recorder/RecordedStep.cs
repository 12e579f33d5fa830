using System.Text.Json;
using System.Text.Json.Serialization;
using Juming.Site.DeviceLinkage.Recipes;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>What a person is showing at the moment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum RecorderPhase
{
    /// <summary>How an address is blocked.</summary>
    Block,

    /// <summary>What proves it.</summary>
    Proof,

    /// <summary>How it is taken back.</summary>
    Undo,
}

/// <summary>What a press counts as.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum StepMeaning
{
    /// <summary>As its place and words say.</summary>
    Auto,

    /// <summary>Leads somewhere and changes nothing.</summary>
    Way,

    /// <summary>The point of no return.</summary>
    Submit,

    /// <summary>Puts into effect what was sent before.</summary>
    Commit,
}

/// <summary>One way to say which element a step means, scored on the page where it was pressed.</summary>
/// <param name="By">"role", "near", "text", "label", "placeholder" or "id".</param>
/// <param name="Spec">The target of the recipe, as JSON of known keys.</param>
/// <param name="Score">How well it fits, 0 to 1.</param>
/// <param name="Margin">How far the next best element lies behind.</param>
internal sealed record RecordedCandidate(string By, JsonElement Spec, double Score, double Margin)
{
    /// <summary>Good enough for a step that changes the device.</summary>
    public bool IsClear => Score >= RecipeRunner.EnoughToChange && Margin >= RecipeRunner.Margin;

    /// <summary>Good enough for a step that changes nothing.</summary>
    public bool IsUsable => Score >= 0.6 && Margin >= 0.15;
}

/// <summary>One act of a person on the console. All words in it are the page's.</summary>
internal sealed record RecordedStep
{
    public required int Number { get; init; }
    public required RecorderPhase Phase { get; init; }

    /// <summary>"click", "fill", "select", "check", "press" or "dialog".</summary>
    public required string Op { get; init; }

    /// <summary>Words on the element.</summary>
    public string Words { get; init; } = "";

    /// <summary>What was typed, chosen or asked.</summary>
    public string Value { get; init; } = "";

    /// <summary>The words' group: "confirm", "commit", "comment" and the like; empty for none.</summary>
    public string Means { get; init; } = "";

    /// <summary>Address in whose row it stood; null outside of rows.</summary>
    public string? Row { get; init; }

    /// <summary>It belongs to the list's own search.</summary>
    public bool Searches { get; init; }
    public IReadOnlyList<RecordedCandidate> Candidates { get; init; } = [];

    /// <summary>Headings of the lists that were to be seen before it.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>The page before it was one on which addresses are blocked.</summary>
    public bool OnList { get; init; }

    /// <summary>Identity of the field within the recording.</summary>
    public string Field { get; init; } = "";

    /// <summary>Name that the person gave it; empty for none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Parameter that the typed value stands for; empty when it is always the same.</summary>
    public string Varies { get; init; } = "";
    public StepMeaning Meaning { get; init; }

    /// <summary>Which candidate the recipe is to use.</summary>
    public int Chosen { get; init; }

    public RecordedCandidate? Candidate => Chosen < Candidates.Count ? Candidates[Chosen] : null;
}

/// <summary>What proves the block.</summary>
/// <param name="Column">Heading over the address; empty where the list has none.</param>
/// <param name="Columns">All headings of the list.</param>
/// <param name="List">The same as one text, to know the list again.</param>
/// <param name="Said">Words of the row; attacker-controlled.</param>
/// <param name="State">The cell of the row that says so, where it is not the target's own; null for the row itself.</param>
internal sealed record RecordedProof(string Column, IReadOnlyList<string> Columns, string List, string Said, RecordedState? State = null);

/// <summary>A cell that shows how it stands.</summary>
/// <param name="Column">Its heading, without spaces.</param>
/// <param name="Text">What it says.</param>
internal sealed record RecordedState(string Column, string Text);
