using System.Text.Json;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>A step found its target otherwise than the recipe says.</summary>
/// <param name="Step">The step.</param>
/// <param name="Wanted">Words that the recipe looks for.</param>
/// <param name="Found">Words on the page; attacker-controlled.</param>
/// <param name="Score">How well the recipe's own target fits what was found, 0 to 1.</param>
/// <param name="How">"synonym", "form", "opens-form", "row", "option"; for the way to the list "entries" or "words".</param>
internal sealed record Healing(string Step, string Wanted, string Found, double Score, string How)
{
    public const string Synonym = "synonym", Form = "form", OpensForm = "opens-form", Row = "row", Option = "option", Entries = "entries", Words = "words";

    /// <summary>The target as a recipe would name it now; undefined for a way and an option.</summary>
    public JsonElement Spec { get; init; }

    /// <summary>It stands in the row that was looked for.</summary>
    public bool InRow { get; init; }

    /// <summary>Targets of the clicks that lead to the list now, in order; empty where the way is as before.</summary>
    public IReadOnlyList<JsonElement> Way { get; init; } = [];

    /// <summary>For people, and kept with the suggestion.</summary>
    public HealedStep ToStep() => new(Cut(Step, 100), Cut(Wanted, 300), Cut(Found, 300), (int)Math.Round(Score * 100), How);

    private static string Cut(string text, int most) => text.Length > most ? text[..most] : text;
}

/// <summary>One change of a suggestion, for people.</summary>
/// <param name="Step">The step.</param>
/// <param name="Wanted">What the recipe looks for.</param>
/// <param name="Found">What the page has; attacker-controlled.</param>
/// <param name="Score">Points of 100 by which the recipe's own target fits it.</param>
/// <param name="How">By what it was found.</param>
internal sealed record HealedStep(string Step, string Wanted, string Found, int Score, string How);
