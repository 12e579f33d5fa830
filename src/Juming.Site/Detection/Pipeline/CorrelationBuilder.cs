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
        var groupBy = inputs.Select((input, place) => Slots(spec, spec.GroupBy, input, place)).ToArray();
        var values = inputs.Select((input, place) => Slots(spec, spec.ValueFields, input, place)).ToArray();
        var state = _former?.Correlations.FirstOrDefault(c => c.Spec.Source == spec.Source && c.Spec.Id == spec.Id)?.State ?? new CorrelationState(spec, inputs.Count);
        var built = new CompiledCorrelation(_all.Count, spec, state, groupBy, values, sources);
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

    private Slot[] Slots(SigmaCorrelation spec, IReadOnlyList<string> fields, object input, int place)
    {
        var rule = input as CompiledRule ?? ((CompiledCorrelation)input).Sources[0];
        var (id, name) = input is CompiledRule r ? (r.Rule.Id, r.Rule.Name) : (((CompiledCorrelation)input).Spec.Id, ((CompiledCorrelation)input).Spec.Name);
        return [.. fields.Select(field =>
        {
            var own = field;
            if (spec.Aliases.TryGetValue(field, out var byRule))
                own = byRule.GetValueOrDefault(spec.Rules[place]) ?? byRule.GetValueOrDefault(id) ?? (name is null ? null : byRule.GetValueOrDefault(name)) ?? field;
            return _slot(own.Replace(" ", "", StringComparison.Ordinal), rule.Lane.Source, rule.Lane.Plan.IsWindows);
        })];
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
