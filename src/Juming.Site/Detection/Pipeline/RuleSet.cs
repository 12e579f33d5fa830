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
/// <param name="Code">Stable code of the reason: "", "no-source", "no-source-yet", "source-silent", "needs-list", "disabled", "unsupported", "fits-no-rule", "rule-idle", "cost", "regex-timeout".</param>
/// <param name="Argument">What the code is about: the log source, the list, the rule.</param>
internal sealed record RuleVerdict(SigmaDocument Document, RuleState State, string Code, string Argument)
{
    /// <summary>Since when a silent source is silent.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The reason in English, for machines' logs; pages render <see cref="Code"/>.</summary>
    public string Reason => Code switch
    {
        "" => "",
        "no-source" => $"no source feeds {Argument}",
        "no-source-yet" => $"no source has fed {Argument} yet",
        "source-silent" => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Argument} has been silent since {Since:yyyy-MM-ddTHH:mm:ssZ}"),
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

    /// <summary>Events come as they happen: receipt bounds their time and tells how time goes on.</summary>
    public bool IsLive { get; init; }

    /// <summary>Process creation is also read from the Security channel (4688), not from Sysmon alone.</summary>
    public bool SecurityProcesses { get; init; }

    /// <summary>When log sources were last seen before this process began, by their text: receipt in microseconds since 1970 UTC.</summary>
    public IReadOnlyDictionary<string, long> LastSeen { get; init; } = new Dictionary<string, long>();

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
        IsLive = built.IsLive;
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

    internal bool IsLive { get; }

    internal int SlotCount { get; }

    internal int AtomCount { get; }

    internal Router Router { get; }

    internal FieldAliases Aliases { get; } = new();

    internal CompiledCorrelation[] ClosingCorrelations { get; }

    /// <summary>Compiles what was read.</summary>
    public static RuleSet Compile(LoadedRules loaded, RuleSetOptions? options = null) => new(new RuleSetBuilder(loaded, options ?? new RuleSetOptions()));

    /// <summary>State of every document that was not refused, at this moment.</summary>
    /// <param name="now">
    /// The hour of a running site: a rule is idle until its source was seen, and again when the source has been silent for <see cref="Lane.SilentAfter"/>.
    /// Null without a site: it is enough that the product can read such a source.
    /// </param>
    public IReadOnlyList<RuleVerdict> Verdicts(DateTimeOffset? now = null)
    {
        var verdicts = new List<RuleVerdict>(Rules.Count + Correlations.Count + _idle.Count);
        foreach (var rule in Rules) verdicts.Add(VerdictOf(rule, now));
        foreach (var correlation in Correlations) verdicts.Add(VerdictOf(correlation, now));
        foreach (var filter in Filters) verdicts.Add(new RuleVerdict(filter, RuleState.Active, "", ""));
        verdicts.AddRange(_idle);
        return verdicts;
    }

    /// <summary>State of a rule that is asked.</summary>
    public static RuleVerdict VerdictOf(CompiledRule rule, DateTimeOffset? now = null)
    {
        rule.Cost.CheckTimeouts();
        if (rule.Cost.CutOffReason is { } reason) return new RuleVerdict(rule.Rule, RuleState.CutOff, reason, "");
        var source = rule.Lane.Source.ToString();
        if (!rule.Lane.Plan.IsKnown && rule.Lane.Seen == 0 && rule.Lane.LastSeen == 0) return new RuleVerdict(rule.Rule, RuleState.Idle, "no-source", source);
        if (now is null || rule.Lane.IsAlive(now.Value)) return new RuleVerdict(rule.Rule, RuleState.Active, "", "");
        return rule.Lane.LastSeen == 0
            ? new RuleVerdict(rule.Rule, RuleState.Idle, "no-source-yet", source)
            : new RuleVerdict(rule.Rule, RuleState.Idle, "source-silent", source) { Since = DateTimeOffset.UnixEpoch.AddMicroseconds(rule.Lane.LastSeen) };
    }

    /// <summary>State of a correlation: a sequence needs all its rules, a count any of them.</summary>
    public static RuleVerdict VerdictOf(CompiledCorrelation correlation, DateTimeOffset? now = null)
    {
        if (correlation.Cost.CutOffReason is { } reason) return new RuleVerdict(correlation.Spec, RuleState.CutOff, reason, "");
        var asleep = correlation.Sources.Where(r => VerdictOf(r, now).State != RuleState.Active).ToList();
        var needsAll = correlation.Spec.Kind is CorrelationKind.Temporal or CorrelationKind.TemporalOrdered && correlation.Spec.Criteria.Count == 0;
        return asleep.Count == 0 || (!needsAll && asleep.Count < correlation.Sources.Count)
            ? new RuleVerdict(correlation.Spec, RuleState.Active, "", "")
            : new RuleVerdict(correlation.Spec, RuleState.Idle, "rule-idle", asleep[0].Rule.Title);
    }
}
