using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>Binds correlations to the rules and correlations that they name, innermost first.</summary>
internal sealed class CorrelationBuilder
{
    private readonly LoadedRules _loaded;
    private readonly RuleSet? _former;
    private readonly List<RuleVerdict> _idle;
    private readonly List<Refusal> _refused;
    private readonly Func<string?, Logsource, bool, Slot> _slot;
    private readonly RuleSetOptions _options;
    private readonly Dictionary<string, CompiledRule> _rules = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SigmaCorrelation> _specs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<SigmaCorrelation, CompiledCorrelation?> _built = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<SigmaCorrelation> _open = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<CompiledCorrelation> _all = [];

    public CorrelationBuilder(LoadedRules loaded, IReadOnlyList<CompiledRule> rules, RuleSet? former, List<RuleVerdict> idle, List<Refusal> refused, Func<string?, Logsource, bool, Slot> slot, RuleSetOptions options)
    {
        (_loaded, _former, _idle, _refused, _slot, _options) = (loaded, former, idle, refused, slot, options);
        foreach (var rule in rules)
        {
            _rules[rule.Rule.Id] = rule;
            if (rule.Rule.Name is { } name) _rules.TryAdd(name, rule);
        }
        foreach (var rule in loaded.Rules)
        {
            _known.Add(rule.Id);
            if (rule.Name is { } name) _known.Add(name);
        }
        foreach (var spec in loaded.Correlations)
        {
            _specs[spec.Id] = spec;
            if (spec.Name is { } name) _specs.TryAdd(name, spec);
        }
    }

    /// <summary>Builds all.</summary>
    public IReadOnlyList<CompiledCorrelation> Build()
    {
        foreach (var spec in _loaded.Correlations) Build(spec);
        return _all;
    }

    private CompiledCorrelation? Build(SigmaCorrelation spec)
    {
        if (_built.TryGetValue(spec, out var done)) return done;
        if (!_open.Add(spec)) return Refuse(spec, "the correlation leads back to itself");
        CompiledCorrelation? built = null;
        if (_options.Disabled.Contains(spec.Id)) _idle.Add(new RuleVerdict(spec, RuleState.Idle, "disabled", ""));
        else if (spec.Status == "unsupported") _idle.Add(new RuleVerdict(spec, RuleState.Idle, "unsupported", ""));
        else built = Bind(spec);
        _open.Remove(spec);
        return _built[spec] = built;
    }

    private CompiledCorrelation? Bind(SigmaCorrelation spec)
    {
        var inputs = new List<object>();
        foreach (var name in spec.Rules)
        {
            if (_rules.TryGetValue(name, out var rule)) inputs.Add(rule);
            else if (_specs.TryGetValue(name, out var inner))
            {
                if (Build(inner) is { } correlation) inputs.Add(correlation);
                else if (_built.ContainsKey(spec)) return null;
                else return Sleep(spec, name);
            }
            else if (_known.Contains(name)) return Sleep(spec, name);
            else return Refuse(spec, $"the correlated rule '{name}' is not loaded");
        }
        var sources = inputs.SelectMany(i => i is CompiledRule r ? [r] : ((CompiledCorrelation)i).Sources).Distinct().ToList();
        var groupBy = inputs.Select((input, place) => input is CompiledRule rule ? Slots(spec, spec.GroupBy, rule, place) : []).ToArray();
        var values = inputs.Select((input, place) => input is CompiledRule rule ? Slots(spec, spec.ValueFields, rule, place) : []).ToArray();
        var passed = new PassedValues?[inputs.Count];
        for (var place = 0; place < inputs.Count; place++)
        {
            if (inputs[place] is not CompiledCorrelation inner) continue;
            foreach (var field in spec.GroupBy.Concat(spec.ValueFields))
                if (PlaceIn(inner.Spec, Own(spec, field, place, inner.Spec)) < 0)
                    return Refuse(spec, $"the field '{field}' is not among the group-by fields of the correlation '{inner.Spec.Title}', which can't pass it on");
            int[] Places(IReadOnlyList<string> fields) => [.. fields.Select(f => PlaceIn(inner.Spec, Own(spec, f, place, inner.Spec)))];
            passed[place] = new PassedValues(Places(spec.GroupBy), Places(spec.ValueFields));
        }
        var former = _former?.Correlations.FirstOrDefault(c => c.Spec.Source == spec.Source && c.Spec.Id == spec.Id);
        var state = former?.State ?? new CorrelationState(spec, inputs.Count, _options.IsLive);
        var built = new CompiledCorrelation(_all.Count, spec, state, groupBy, values, passed, sources, former?.Cost ?? new CostMeter());
        _all.Add(built);
        for (var place = 0; place < inputs.Count; place++)
        {
            var feed = new CorrelationFeed(built, place);
            if (inputs[place] is CompiledRule rule)
            {
                rule.Feeds = [.. rule.Feeds, feed];
                rule.Alerts &= !Silences(spec, rule.Rule);
            }
            else
            {
                var inner = (CompiledCorrelation)inputs[place];
                inner.Feeds = [.. inner.Feeds, feed];
                inner.Alerts &= !Silences(spec, inner.Spec);
            }
        }
        return built;
    }

    /// <summary>
    /// Correlated rules do not alert by themselves unless "generate" says so. Where it says nothing, only rules of the same file are silenced: a
    /// correlation of one pack must not quietly switch off a rule of another.
    /// </summary>
    private static bool Silences(SigmaCorrelation spec, SigmaDocument part) => spec.Generate is { } generate ? !generate : spec.File == part.File;

    private Slot[] Slots(SigmaCorrelation spec, IReadOnlyList<string> fields, CompiledRule rule, int place) =>
        [.. fields.Select(field => _slot(Own(spec, field, place, rule.Rule).Replace(" ", "", StringComparison.Ordinal), rule.Lane.Source, rule.Lane.Plan.IsWindows))];

    /// <summary>What a field of a correlation is called in one of its parts.</summary>
    private static string Own(SigmaCorrelation spec, string field, int place, SigmaDocument part) =>
        spec.Aliases.TryGetValue(field, out var byRule)
            ? byRule.GetValueOrDefault(spec.Rules[place]) ?? byRule.GetValueOrDefault(part.Id) ?? (part.Name is null ? null : byRule.GetValueOrDefault(part.Name)) ?? field
            : field;

    /// <summary>Where a field stands in a correlation's group: under its name, or under the alias that stands for it; -1 where it does not.</summary>
    private static int PlaceIn(SigmaCorrelation inner, string field)
    {
        for (var i = 0; i < inner.GroupBy.Count; i++)
            if (inner.GroupBy[i] == field) return i;
        for (var i = 0; i < inner.GroupBy.Count; i++)
            if (inner.Aliases.TryGetValue(inner.GroupBy[i], out var byRule) && byRule.Values.Contains(field, StringComparer.Ordinal)) return i;
        return -1;
    }

    private CompiledCorrelation? Sleep(SigmaCorrelation spec, string rule)
    {
        _idle.Add(new RuleVerdict(spec, RuleState.Idle, "rule-idle", rule));
        return null;
    }

    private CompiledCorrelation? Refuse(SigmaCorrelation spec, string reason)
    {
        _refused.Add(new Refusal(spec.File, spec.Line, reason));
        return _built[spec] = null;
    }
}
