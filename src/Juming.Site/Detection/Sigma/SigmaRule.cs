namespace Juming.Site.Detection.Sigma;

/// <summary>Where the events of a rule come from.</summary>
internal sealed record Logsource(string? Category, string? Product, string? Service)
{
    /// <summary>"product/category/service" with "*" for what is not said.</summary>
    public override string ToString() => $"{Product ?? "*"}/{Category ?? "*"}/{Service ?? "*"}";
}

/// <summary>A sample that comes with a rule: lines, and whether they must make it match.</summary>
internal sealed record SigmaSample(IReadOnlyList<string> Lines, bool Match);

/// <summary>What rules, correlations and filters have in common.</summary>
internal abstract record SigmaDocument
{
    /// <summary>Identity: the id as written, or one made of the text where there is none.</summary>
    public required string Id { get; init; }

    /// <summary>Unique name for correlations, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Title, English.</summary>
    public required string Title { get; init; }

    /// <summary>Titles in other languages ("zh", "en"): our own key.</summary>
    public IReadOnlyDictionary<string, string> Titles { get; init; } = new Dictionary<string, string>();

    /// <summary>What to do about it, by language: our own key.</summary>
    public IReadOnlyDictionary<string, string> Advice { get; init; } = new Dictionary<string, string>();

    /// <summary>Description.</summary>
    public string Description { get; init; } = "";

    /// <summary>Author.</summary>
    public string Author { get; init; } = "";

    /// <summary>Licence, or empty.</summary>
    public string License { get; init; } = "";

    /// <summary>stable, test, experimental, deprecated, unsupported; or empty.</summary>
    public string Status { get; init; } = "";

    /// <summary>Day of creation as written.</summary>
    public string Date { get; init; } = "";

    /// <summary>Day of change as written.</summary>
    public string Modified { get; init; } = "";

    /// <summary>Severity; medium where none is said.</summary>
    public Severity Level { get; init; } = Severity.Medium;

    /// <summary>Tags as written.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What the tags say in ATT&amp;CK's terms.</summary>
    public AttackTags Attack { get; init; } = AttackTags.None;

    /// <summary>References.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Known false positives.</summary>
    public IReadOnlyList<string> FalsePositives { get; init; } = [];

    /// <summary>Fields worth showing.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>What is odd about it and does not hinder it, English.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Samples that come with the rule: our own key.</summary>
    public IReadOnlyList<SigmaSample> Samples { get; init; } = [];

    /// <summary>File it was read from; within an archive "archive.zip!path".</summary>
    public required string File { get; init; }

    /// <summary>First line of the document.</summary>
    public required int Line { get; init; }

    /// <summary>The document's text, for display.</summary>
    public string Source { get; init; } = "";
}

/// <summary>A detection rule.</summary>
internal sealed record SigmaRule : SigmaDocument
{
    /// <summary>Where its events come from.</summary>
    public required Logsource Logsource { get; init; }

    /// <summary>What it asks.</summary>
    public required Expression Condition { get; init; }

    /// <summary>Lists (<c>%Name%</c>) that it needs and that nobody has filled.</summary>
    public IReadOnlyList<string> MissingLists { get; init; } = [];
}

/// <summary>A filter: what it matches is no longer matched by the rules it names.</summary>
internal sealed record SigmaFilter : SigmaDocument
{
    /// <summary>Limits the filter to rules of this source; each part that is not said fits all.</summary>
    public required Logsource Logsource { get; init; }

    /// <summary>Ids or names of rules; empty for any.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>What is let pass.</summary>
    public required Expression Condition { get; init; }

    /// <summary>Lists that it needs and that nobody has filled.</summary>
    public IReadOnlyList<string> MissingLists { get; init; } = [];
}

/// <summary>Kinds of correlation.</summary>
internal enum CorrelationKind
{
    EventCount,
    ValueCount,
    Temporal,
    TemporalOrdered,
    ValueSum,
    ValueAverage,
    ValuePercentile,
}

/// <summary>One criterion of a correlation's condition.</summary>
internal readonly record struct Criterion(Comparison Comparison, double Number)
{
    /// <summary>True when a figure meets it.</summary>
    public bool Holds(double figure) => Comparison switch
    {
        Comparison.Equal => figure == Number,
        Comparison.NotEqual => figure != Number,
        Comparison.Less => figure < Number,
        Comparison.LessOrEqual => figure <= Number,
        Comparison.Greater => figure > Number,
        _ => figure >= Number,
    };
}

/// <summary>A correlation of rules or of other correlations.</summary>
internal sealed record SigmaCorrelation : SigmaDocument
{
    /// <summary>Kind.</summary>
    public required CorrelationKind Kind { get; init; }

    /// <summary>Ids or names of what it correlates, in their order.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>Fields whose values must be the same.</summary>
    public required IReadOnlyList<string> GroupBy { get; init; }

    /// <summary>Window.</summary>
    public required TimeSpan Timespan { get; init; }

    /// <summary>Criteria; all must hold.</summary>
    public required IReadOnlyList<Criterion> Criteria { get; init; }

    /// <summary>Fields whose values are counted, summed or averaged.</summary>
    public IReadOnlyList<string> ValueFields { get; init; } = [];

    /// <summary>Which percentile (0 to 100) is compared; 50 where none is said.</summary>
    public double Percentile { get; init; } = 50;

    /// <summary>Alias to rule (id or name) to field.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Aliases { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>True: the correlated rules still alert by themselves. Null where nothing is said.</summary>
    public bool? Generate { get; init; }
}
