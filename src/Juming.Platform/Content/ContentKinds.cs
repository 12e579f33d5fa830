namespace Juming.Platform.Content;

/// <summary>Kinds of content; each is a delegation of its own, and the first part of its paths.</summary>
public static class ContentKinds
{
    /// <summary>Indicators.</summary>
    public const string Intelligence = "intel";

    /// <summary>Detection rules.</summary>
    public const string Rules = "rules";

    /// <summary>Playbooks.</summary>
    public const string Playbooks = "playbooks";

    /// <summary>Recipes for consoles of devices.</summary>
    public const string Recipes = "recipes";

    /// <summary>Parser packs.</summary>
    public const string Parsers = "parsers";

    /// <summary>Those that travel as packs.</summary>
    public static IReadOnlyList<string> Packs { get; } = [Rules, Parsers, Playbooks, Recipes];
}
