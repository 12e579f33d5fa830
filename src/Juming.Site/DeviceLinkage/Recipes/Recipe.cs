namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>A recipe as it is run: what it wants, how it goes about it, how it proves it and how it takes it back.</summary>
internal sealed record Recipe
{
    public required string Id { get; init; }
    public string NameZh { get; init; } = "";
    public string NameEn { get; init; } = "";
    public string Vendor { get; init; } = "";
    public string Product { get; init; } = "";
    public required string Capability { get; init; }

    /// <summary>True changes the device.</summary>
    public bool Mutates { get; init; }
    public IReadOnlyDictionary<string, RecipeInput> Inputs { get; init; } = new Dictionary<string, RecipeInput>();
    public IReadOnlyList<string> Outputs { get; init; } = [];
    public TimeSpan MinInterval { get; init; }
    public TimeSpan? MaxRun { get; init; }

    /// <summary>Name of the input that protected addresses are checked against; null for none.</summary>
    public string? ProtectedCheck { get; init; }
    public IReadOnlyList<Step> Steps { get; init; } = [];
    public IReadOnlyList<Step> Verify { get; init; } = [];
    public IReadOnlyList<Step> Rollback { get; init; } = [];

    public string Title(string culture) => (culture.StartsWith("zh", StringComparison.Ordinal) ? NameZh : NameEn) is { Length: > 0 } name ? name : Id;
}

/// <summary>One input of a recipe.</summary>
internal sealed record RecipeInput(string Type, bool Required, string? Default, IReadOnlyList<string> Values, double? Min, double? Max, int? MaxLength);

/// <summary>What a step looks for: ranked candidates, scored on every visible element.</summary>
internal sealed record Target
{
    public string? Role { get; init; }
    public IReadOnlyList<string> Name { get; init; } = [];
    public IReadOnlyList<string> Label { get; init; } = [];
    public IReadOnlyList<string> Text { get; init; } = [];
    public IReadOnlyList<string> Placeholder { get; init; } = [];
    public IReadOnlyList<string> Near { get; init; } = [];
    public string? Id { get; init; }
    public string? Field { get; init; }
    public string? Css { get; init; }
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();

    /// <summary>True takes no link for a button.</summary>
    public bool Strict { get; init; }

    /// <summary>Name of the saved row that it must stand in; null for the whole page.</summary>
    public string? In { get; init; }

    /// <summary>For people: the words that are looked for.</summary>
    public string Words => string.Join(" / ", Name.Concat(Label).Concat(Text).Concat(Placeholder)) is { Length: > 0 } words ? words : Id ?? Field ?? Css ?? "";
}

/// <summary>One step. What it does not use is empty.</summary>
internal sealed record Step
{
    public required string Id { get; init; }
    public required string Op { get; init; }
    public int Line { get; init; }
    public Target? Target { get; init; }
    public string? Value { get; init; }

    /// <summary>Options of a select, any of which will do; for "by", the texts of the values.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
    public IReadOnlyDictionary<string, string> OptionsBy { get; init; } = new Dictionary<string, string>();
    public string? Key { get; init; }
    public string? Path { get; init; }

    /// <summary>"open: {ref}": the step up to whose page it goes back.</summary>
    public string? Ref { get; init; }
    public IReadOnlyList<string> Texts { get; init; } = [];
    public IReadOnlyList<string> NoneOf { get; init; } = [];
    public IReadOnlyList<string> Gone { get; init; } = [];
    public IReadOnlyDictionary<string, string> OnText { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns and the value that each must have.</summary>
    public IReadOnlyDictionary<string, string> Row { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> NotRow { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Header { get; init; } = [];
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Where { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
    public string? Search { get; init; }
    public int MaxPages { get; init; } = 1;
    public string? Save { get; init; }
    public string? Expr { get; init; }
    public string? Regex { get; init; }
    public string? Cast { get; init; }
    public bool Accept { get; init; }
    public IReadOnlyList<string> Expect { get; init; } = [];
    public bool? Changed { get; init; }
    public string? Reason { get; init; }
    public IReadOnlyList<Step> Then { get; init; } = [];
    public IReadOnlyList<Step> Else { get; init; } = [];
    public bool Optional { get; init; }
    public TimeSpan? Timeout { get; init; }

    /// <summary>True is the point of no return or beyond: it needs a better score, and no healing is applied to it.</summary>
    public bool Mutates { get; init; }
}
