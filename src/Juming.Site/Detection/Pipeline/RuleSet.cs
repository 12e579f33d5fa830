using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>What became of a rule, a correlation or a filter that could be read.</summary>
internal enum RuleState
{
    /// <summary>It is asked, and the product reads sources that feed it.</summary>
    Active,

    /// <summary>It is sound but can't match for now; the code says why.</summary>
    Idle,

    /// <summary>It cost too much and is no longer asked.</summary>
    CutOff,
}

/// <summary>State of a document with its reason.</summary>
/// <param name="Document">The rule, correlation or filter.</param>
/// <param name="State">State.</param>
/// <param name="Code">Stable code of the reason: "", "no-source", "needs-list", "disabled", "unsupported", "fits-no-rule", "rule-idle", "cost", "regex-timeout".</param>
/// <param name="Argument">What the code is about: the log source, the list, the rule.</param>
internal sealed record RuleVerdict(SigmaDocument Document, RuleState State, string Code, string Argument)
{
    /// <summary>The reason in English, for machines' logs; pages render <see cref="Code"/>.</summary>
    public string Reason => Code switch
    {
        "" => "",
        "no-source" => $"no source feeds {Argument}",
        "needs-list" => $"needs list {Argument}",
        "disabled" => "switched off",
        "unsupported" => "its author calls it unsupported",
        "fits-no-rule" => "fits none of the loaded rules",
        "rule-idle" => $"the rule {Argument} is idle",
        "cost" => "cut off: it costs too much",
        _ => "cut off: its regular expression meets the time limit",
    };
}

/// <summary>Choices for a rule set.</summary>
internal sealed record RuleSetOptions
{
    /// <summary>Ids of rules that are switched off.</summary>
    public IReadOnlySet<string> Disabled { get; init; } = new HashSet<string>();

    /// <summary>The set that is replaced: counts, costs and the memory of unchanged correlations go on.</summary>
    public RuleSet? Former { get; init; }
}

/// <summary>All rules, compiled. Immutable but for counters; replaced as one reference.</summary>
internal sealed class RuleSet
{
    private readonly IReadOnlyList<RuleVerdict> _idle;

    internal RuleSet(RuleSetBuilder built)
    {
        Rules = built.Rules;
        Correlations = built.Correlations;
        Lanes = built.Lanes;
        Filters = built.Filters;
        Refused = built.Refused;
        SlotCount = built.SlotCount;
        AtomCount = built.AtomCount;
        Router = built.Router;
        _idle = built.Idle;
        ClosingCorrelations = [.. Correlations.Where(c => c.ClosesWindows)];
    }

    /// <summary>A set without rules.</summary>
    public static RuleSet Empty { get; } = Compile(new LoadedRules { Rules = [], Correlations = [], Filters = [], Refused = [] });

    /// <summary>Rules that are asked.</summary>
    public IReadOnlyList<CompiledRule> Rules { get; }

    /// <summary>Correlations that are kept.</summary>
    public IReadOnlyList<CompiledCorrelation> Correlations { get; }

    /// <summary>Filters that take part.</summary>
    public IReadOnlyList<SigmaFilter> Filters { get; }

    /// <summary>Log sources with their rules and live counts.</summary>
    public IReadOnlyList<Lane> Lanes { get; }

    /// <summary>What was refused, with file, line and reason.</summary>
    public IReadOnlyList<Refusal> Refused { get; }

    /// <summary>Events seen so far by log source, as "product/category/service".</summary>
    public IReadOnlyDictionary<string, long> SourcesSeen => Lanes.GroupBy(l => l.Source.ToString()).ToDictionary(g => g.Key, g => g.Sum(l => l.Seen));

    internal int SlotCount { get; }

    internal int AtomCount { get; }

    internal Router Router { get; }

    internal FieldAliases Aliases { get; } = new();

    internal CompiledCorrelation[] ClosingCorrelations { get; }

    /// <summary>Compiles what was read.</summary>
    public static RuleSet Compile(LoadedRules loaded, RuleSetOptions? options = null) => new(new RuleSetBuilder(loaded, options ?? new RuleSetOptions()));

    /// <summary>State of every document that was not refused, at this moment: a rule wakes up when its source is first seen.</summary>
    public IReadOnlyList<RuleVerdict> Verdicts()
    {
        var verdicts = new List<RuleVerdict>(Rules.Count + Correlations.Count + _idle.Count);
        foreach (var rule in Rules) verdicts.Add(VerdictOf(rule));
        foreach (var correlation in Correlations)
        {
            var asleep = correlation.Sources.FirstOrDefault(r => VerdictOf(r).State != RuleState.Active);
            verdicts.Add(asleep is null ? new RuleVerdict(correlation.Spec, RuleState.Active, "", "") : new RuleVerdict(correlation.Spec, RuleState.Idle, "rule-idle", asleep.Rule.Title));
        }
        foreach (var filter in Filters) verdicts.Add(new RuleVerdict(filter, RuleState.Active, "", ""));
        verdicts.AddRange(_idle);
        return verdicts;
    }

    /// <summary>State of a rule that is asked.</summary>
    public static RuleVerdict VerdictOf(CompiledRule rule)
    {
        rule.Cost.CheckTimeouts();
        if (rule.Cost.CutOffReason is { } reason) return new RuleVerdict(rule.Rule, RuleState.CutOff, reason, "");
        return rule.Lane.Plan.IsKnown || rule.Lane.Seen > 0
            ? new RuleVerdict(rule.Rule, RuleState.Active, "", "")
            : new RuleVerdict(rule.Rule, RuleState.Idle, "no-source", rule.Lane.Source.ToString());
    }
}
