using System.Text;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;

namespace Juming.Site.Detection.Pipeline;

/// <summary>Compiles rules: sorts them into lanes, shares their atoms, files literals for the scans, binds filters and correlations.</summary>
internal sealed class RuleSetBuilder
{
    private readonly RuleSetOptions _options;
    private readonly List<CompiledRule> _rules = [];
    private readonly List<Lane> _lanes = [];
    private readonly List<RuleVerdict> _idle = [];
    private readonly List<Refusal> _refused;
    private readonly List<SigmaFilter> _filters = [];
    private readonly HashSet<SigmaFilter> _inUse = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <summary>Compiles everything.</summary>
    public RuleSetBuilder(LoadedRules loaded, RuleSetOptions options)
    {
        _options = options;
        _refused = [.. loaded.Refused];
        var former = options.Former;
        var costs = former?.Rules.ToDictionary(r => r.Rule.Source, r => r.Cost, StringComparer.Ordinal) ?? [];
        var formerLanes = former?.Lanes.ToDictionary(l => l.Source) ?? [];
        var filters = UsableFilters(loaded);
        var above = Above(loaded);
        foreach (var group in loaded.Rules.Where(IsUsable).GroupBy(r => r.Logsource))
        {
            var lane = new Lane(_lanes.Count, group.Key, LogsourceMap.Plan(group.Key, options.SecurityProcesses)) { FirstAtom = AtomCount };
            if (options.LastSeen.TryGetValue(group.Key.ToString(), out var seen)) lane.CountSeen(0, seen);
            if (formerLanes.TryGetValue(group.Key, out var old)) lane.TakeOver(old);
            _lanes.Add(lane);
            Fill(lane, [.. group], filters, costs, above);
        }
        foreach (var filter in filters)
            if (_inUse.Contains(filter)) _filters.Add(filter);
            else _idle.Add(new RuleVerdict(filter, RuleState.Idle, "fits-no-rule", ""));
        var correlations = new CorrelationBuilder(loaded, _rules, former, _idle, _refused, SlotOf, options);
        Correlations = correlations.Build();
        Router = new Router(_lanes, (field, windows) => SlotOf(field, new Logsource(null, null, null), windows));
    }

    /// <summary>Events come as they happen.</summary>
    public bool IsLive => _options.IsLive;

    /// <summary>Compiled rules.</summary>
    public IReadOnlyList<CompiledRule> Rules => _rules;

    /// <summary>Compiled correlations.</summary>
    public IReadOnlyList<CompiledCorrelation> Correlations { get; }

    /// <summary>Lanes.</summary>
    public IReadOnlyList<Lane> Lanes => _lanes;

    /// <summary>Filters in use.</summary>
    public IReadOnlyList<SigmaFilter> Filters => _filters;

    /// <summary>What is refused.</summary>
    public IReadOnlyList<Refusal> Refused => _refused;

    /// <summary>What is idle from the start.</summary>
    public IReadOnlyList<RuleVerdict> Idle => _idle;

    /// <summary>Number of slots.</summary>
    public int SlotCount => _slots.Count;

    /// <summary>Number of atoms.</summary>
    public int AtomCount { get; private set; }

    /// <summary>The way from events to lanes.</summary>
    public Router Router { get; }

    private bool IsUsable(SigmaRule rule)
    {
        RuleVerdict? verdict = null;
        if (_options.Disabled.Contains(rule.Id)) verdict = new RuleVerdict(rule, RuleState.Idle, "disabled", "");
        else if (rule.MissingLists.Count > 0) verdict = new RuleVerdict(rule, RuleState.Idle, "needs-list", string.Join(' ', rule.MissingLists.Select(l => $"%{l}%")));
        else if (rule.Status == "unsupported") verdict = new RuleVerdict(rule, RuleState.Idle, "unsupported", "");
        if (verdict is null) return true;
        _idle.Add(verdict);
        return false;
    }

    private List<SigmaFilter> UsableFilters(LoadedRules loaded)
    {
        var usable = new List<SigmaFilter>();
        foreach (var filter in loaded.Filters)
            if (_options.Disabled.Contains(filter.Id)) _idle.Add(new RuleVerdict(filter, RuleState.Idle, "disabled", ""));
            else if (filter.MissingLists.Count > 0) _idle.Add(new RuleVerdict(filter, RuleState.Idle, "needs-list", string.Join(' ', filter.MissingLists.Select(l => $"%{l}%"))));
            else usable.Add(filter);
        return usable;
    }

    /// <summary>Correlations above each rule, directly or through others, by the rule's id or name.</summary>
    private static Dictionary<string, HashSet<SigmaCorrelation>> Above(LoadedRules loaded)
    {
        var specs = new Dictionary<string, SigmaCorrelation>(StringComparer.OrdinalIgnoreCase);
        foreach (var spec in loaded.Correlations)
        {
            specs[spec.Id] = spec;
            if (spec.Name is { } name) specs.TryAdd(name, spec);
        }
        var above = new Dictionary<string, HashSet<SigmaCorrelation>>(StringComparer.OrdinalIgnoreCase);
        foreach (var spec in loaded.Correlations)
        {
            var inner = new HashSet<SigmaCorrelation>(ReferenceEqualityComparer.Instance) { spec };
            var open = new Stack<SigmaCorrelation>(inner);
            while (open.TryPop(out var next))
                foreach (var name in next.Rules)
                    if (!specs.TryGetValue(name, out var below))
                    {
                        if (!above.TryGetValue(name, out var set)) above[name] = set = new HashSet<SigmaCorrelation>(ReferenceEqualityComparer.Instance);
                        set.Add(spec);
                    }
                    else if (inner.Add(below)) open.Push(below);
        }
        return above;
    }

    private static bool Names(SigmaFilter filter, SigmaDocument document) =>
        filter.Rules.Contains(document.Id, StringComparer.OrdinalIgnoreCase) || (document.Name is { } name && filter.Rules.Contains(name));

    private static bool Fits(SigmaFilter filter, SigmaRule rule) => (filter.Rules.Count == 0 || Names(filter, rule)) && FitsSource(filter, rule);

    private static bool FitsSource(SigmaFilter filter, SigmaRule rule) =>
        (filter.Logsource.Category is null || filter.Logsource.Category == rule.Logsource.Category)
        && (filter.Logsource.Product is null || filter.Logsource.Product == rule.Logsource.Product)
        && (filter.Logsource.Service is null || filter.Logsource.Service == rule.Logsource.Service);

    private void Fill(Lane lane, IReadOnlyList<SigmaRule> rules, List<SigmaFilter> filters, Dictionary<string, CostMeter> costs, Dictionary<string, HashSet<SigmaCorrelation>> above)
    {
        var binder = new Binder(this, lane);
        var called = new Dictionary<int, List<CompiledRule>>();
        var always = new List<CompiledRule>();
        foreach (var rule in rules)
        {
            var condition = binder.Bind(rule.Condition);
            var fitting = filters.Where(f => Fits(f, rule)).ToList();
            _inUse.UnionWith(fitting);
            var exceptions = fitting.Select(f => (Node)new NotNode(binder.Bind(f.Condition))).ToArray();
            if (exceptions.Length > 0) condition = new AllNode([condition, .. exceptions]);
            if (!costs.TryGetValue(rule.Source, out var cost)) cost = new CostMeter();
            cost.Expressions = [.. Expressions(condition)];
            var compiled = new CompiledRule(_rules.Count, rule, lane, condition, cost) { Exceptions = Exceptions(rule, filters, above, binder) };
            _rules.Add(compiled);
            if (Trigger.Of(condition) is not { } trigger) always.Add(compiled);
            else
                foreach (var atom in trigger.Atoms.Distinct())
                {
                    if (!called.TryGetValue(atom.Index, out var list)) called[atom.Index] = list = [];
                    list.Add(compiled);
                }
        }
        lane.Scans = binder.Scans();
        lane.Always = [.. always];
        lane.CalledBy = new CompiledRule[AtomCount - lane.FirstAtom][];
        foreach (var (atom, list) in called) lane.CalledBy[atom - lane.FirstAtom] = [.. list];
    }

    /// <summary>Filters that name a correlation above the rule: they keep single events out of it, and the rule itself goes on.</summary>
    private Dictionary<SigmaCorrelation, Node[]>? Exceptions(SigmaRule rule, List<SigmaFilter> filters, Dictionary<string, HashSet<SigmaCorrelation>> above, Binder binder)
    {
        Dictionary<SigmaCorrelation, Node[]>? exceptions = null;
        foreach (var correlation in above.GetValueOrDefault(rule.Id, []).Concat(rule.Name is { } name ? above.GetValueOrDefault(name, []) : []))
        {
            var naming = filters.Where(f => Names(f, correlation) && FitsSource(f, rule)).ToList();
            if (naming.Count == 0) continue;
            _inUse.UnionWith(naming);
            (exceptions ??= new Dictionary<SigmaCorrelation, Node[]>(ReferenceEqualityComparer.Instance))[correlation] = [.. naming.Select(f => binder.Bind(f.Condition))];
        }
        return exceptions;
    }

    private static IEnumerable<RegexAtom> Expressions(Node node) => node switch
    {
        RegexAtom expression => [expression],
        AllNode all => all.Parts.SelectMany(Expressions),
        SomeNode some => some.Parts.SelectMany(Expressions),
        NotNode not => Expressions(not.Part),
        _ => [],
    };

    private Slot SlotOf(string? field, Logsource source, bool windows)
    {
        var key = field is null ? "" : FormattableString.Invariant($"{(windows ? "w" : $"{source.Product}/{source.Service}")}|{field}");
        if (_slots.TryGetValue(key, out var slot)) return slot;
        ushort[] places = field is null ? [] : [.. FieldMap.Places(field, source, windows).Select(p => FieldNames.Intern(p)).Where(p => p != 0).Distinct()];
        // A full name table must not turn a field into the whole message.
        if (field is not null && places.Length == 0) places = [ushort.MaxValue >> 2];
        return _slots[key] = new Slot(_slots.Count, field ?? "", places);
    }

    /// <summary>Binds the expressions of one lane and files their literals.</summary>
    private sealed class Binder(RuleSetBuilder owner, Lane lane)
    {
        private const int MinLiteral = 3;

        private readonly Dictionary<string, Atom> _atoms = new(StringComparer.Ordinal);
        private readonly Dictionary<Slot, List<ScanLiteral>> _literals = [];
        private readonly HashSet<Slot> _withNumbers = [];
        private readonly Dictionary<Expression, Node> _bound = new(ReferenceEqualityComparer.Instance);

        public Node Bind(Expression expression)
        {
            if (_bound.TryGetValue(expression, out var done)) return done;
            return _bound[expression] = expression switch
            {
                AllOf all => new AllNode([.. all.Parts.Select(Bind)]),
                SomeOf some => new SomeNode([.. some.Parts.Select(Bind)], some.Least),
                NotOf not => new NotNode(Bind(not.Part)),
                // Windows writes "-" for nothing, and nothing is not stored.
                TextTest { Field: not null } text when lane.Plan.IsWindows && text.Pattern.Shape() is (TextShape.Equals, "-") => new SomeNode([AtomOf(text), AtomOf(new EmptyTest(text.Field))], 1),
                FieldTest test => AtomOf(test),
                _ => throw new InvalidOperationException(expression.GetType().Name),
            };
        }

        public SlotScan[] Scans() => [.. _literals.Select(l => new SlotScan(l.Key, l.Value, _withNumbers.Contains(l.Key)))];

        private Atom AtomOf(FieldTest test)
        {
            var slot = owner.SlotOf(test.Field, lane.Source, lane.Plan.IsWindows);
            var key = FormattableString.Invariant($"{slot.Index}:{test.Key}");
            if (_atoms.TryGetValue(key, out var known)) return known;
            var atom = Make(test, slot, owner.AtomCount++);
            return _atoms[key] = atom;
        }

        private Atom Make(FieldTest test, Slot slot, int index)
        {
            switch (test)
            {
                case TextTest text: return Text(text, slot, index);
                case BytesTest bytes: return Filed(new TextAtom(index, slot, bytes.Cased ? bytes.Bytes : Bytes.Lower(bytes.Bytes), bytes.Shape, bytes.Cased));
                case EqualNumberTest number:
                    {
                        var atom = new EqualNumberAtom(index, slot, number.Text) { IsSettledByScan = true };
                        _withNumbers.Add(slot);
                        File(slot, new ScanLiteral(index, Encoding.ASCII.GetBytes(long.Parse(number.Text, System.Globalization.CultureInfo.InvariantCulture).ToString(System.Globalization.CultureInfo.InvariantCulture)), null, TextShape.Equals, true));
                        return atom;
                    }
                case RegexTest regex:
                    {
                        var atom = new RegexAtom(index, slot, regex.Pattern);
                        if (RegexLiterals.Of(regex.Pattern.ToString(), regex.Pattern.Options) is { } needed)
                        {
                            atom.IsHinted = true;
                            foreach (var literal in needed) File(slot, new ScanLiteral(index, literal, null, TextShape.Contains, false));
                        }
                        return atom;
                    }
                case CidrTest cidr: return new CidrAtom(index, slot, cidr.Network);
                case NumberTest number: return new NumberAtom(index, slot, number);
                case AbsentTest: return new PresenceAtom(index, slot, false);
                case EmptyTest: return new EmptyAtom(index, slot);
                case PresentTest: return new PresenceAtom(index, slot, true);
                case OtherFieldTest other: return new OtherFieldAtom(index, slot, owner.SlotOf(other.Other, lane.Source, lane.Plan.IsWindows), other.Shape, other.Cased);
                default: throw new InvalidOperationException(test.GetType().Name);
            }
        }

        private Atom Text(TextTest test, Slot slot, int index)
        {
            var (shape, literal) = test.Pattern.Shape();
            if (shape == TextShape.Anything) return new PresenceAtom(index, slot, true);
            if (shape != TextShape.Wildcard && (test.Cased || HasNoCaseBeyondAscii(literal)))
            {
                var bytes = Encoding.UTF8.GetBytes(literal);
                return Filed(new TextAtom(index, slot, test.Cased ? bytes : Bytes.Lower(bytes), shape, test.Cased));
            }
            var atom = new WildcardAtom(index, slot, test.Pattern, test.Cased);
            var needed = test.Pattern.Pieces.Where(p => p.Literal is not null).SelectMany(p => CaselessRuns(p.Literal!)).MaxBy(r => r.Length);
            if (needed is { } run && Encoding.UTF8.GetByteCount(run) >= MinLiteral)
            {
                atom.IsHinted = true;
                File(slot, new ScanLiteral(index, Bytes.Lower(Encoding.UTF8.GetBytes(run)), null, TextShape.Contains, false));
            }
            return atom;
        }

        private TextAtom Filed(TextAtom atom)
        {
            if (atom.Pattern.Length < MinLiteral && atom.Shape != TextShape.Equals) return atom;
            atom.IsSettledByScan = true;
            File(atom.Slot, new ScanLiteral(atom.Index, atom.Cased ? Bytes.Lower(atom.Pattern) : atom.Pattern, atom.Cased ? atom.Pattern : null, atom.Shape, true));
            return atom;
        }

        private void File(Slot slot, ScanLiteral literal)
        {
            if (!_literals.TryGetValue(slot, out var list)) _literals[slot] = list = [];
            list.Add(literal);
        }

        private static bool HasNoCaseBeyondAscii(string text)
        {
            foreach (var rune in text.EnumerateRunes())
                if (HasCaseBeyondAscii(rune)) return false;
            return true;
        }

        private static bool HasCaseBeyondAscii(Rune rune) => !rune.IsAscii && (Rune.ToUpperInvariant(rune) != rune || Rune.ToLowerInvariant(rune) != rune);

        /// <summary>Pieces of a literal in which only ASCII letters have cases, so that folded bytes can be compared.</summary>
        private static IEnumerable<string> CaselessRuns(string literal)
        {
            var run = new StringBuilder();
            foreach (var rune in literal.EnumerateRunes())
            {
                if (!HasCaseBeyondAscii(rune))
                {
                    run.Append(rune.ToString());
                    continue;
                }
                if (run.Length > 0) yield return run.ToString();
                run.Clear();
            }
            if (run.Length > 0) yield return run.ToString();
        }
    }
}
