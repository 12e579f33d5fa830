using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;

namespace Juming.Site.Detection.Rules;

/// <summary>A compiled rule set with what its rules need to become alerts.</summary>
internal sealed class ActiveRuleSet : IActiveRules
{
    private readonly RuleMatcher _matcher = new();
    private readonly AlertRule[] _rules;
    private readonly AlertRule[] _correlations;

    /// <param name="set">The compiled rules.</param>
    /// <param name="modes">What their matches do.</param>
    /// <param name="mostLookBack">Longest memory of a correlation that a restart rebuilds.</param>
    public ActiveRuleSet(RuleSet set, RuleModes modes, TimeSpan mostLookBack)
    {
        Set = set;
        _matcher.Use(set);
        _rules = [.. set.Rules.Select(r => Make(r.Rule, modes))];
        _correlations = [.. set.Correlations.Select(c => Make(c.Spec, modes))];
        var longest = set.Correlations.Select(c => c.Spec.Timespan).DefaultIfEmpty(TimeSpan.Zero).Max();
        LookBack = longest < mostLookBack ? longest : mostLookBack;
    }

    /// <summary>The compiled rules.</summary>
    public RuleSet Set { get; }

    /// <inheritdoc/>
    public TimeSpan LookBack { get; }

    /// <summary>Rules and correlations in force by identity.</summary>
    public IEnumerable<AlertRule> All => _rules.Concat(_correlations);

    /// <inheritdoc/>
    public void Match(EventBatch batch, BatchMatches into, Action<ObservedMatch>? observer) => _matcher.Match(batch, new Sink(this, into, observer));

    private static AlertRule Make(SigmaDocument document, RuleModes modes) => new()
    {
        Id = document.Id,
        Title = document.Title,
        Severity = document.Level,
        Tactics = AlertRule.Joined(document.Attack.Tactics),
        Techniques = AlertRule.Joined(document.Attack.Techniques),
        Entities = RuleEntities.Of(document),
        Mode = modes.Of(document.Id),
    };

    private sealed class Sink(ActiveRuleSet owner, BatchMatches into, Action<ObservedMatch>? observer) : IMatchSink
    {
        public void Matched(CompiledRule rule, EventBatch batch, int index, ReadOnlySpan<ushort> fields, string? keyword)
        {
            var alert = owner._rules[rule.Index];
            into.Add(batch, index, alert, fields, keyword);
            Tell(alert, batch, index);
        }

        public void Correlated(CorrelationMatch match, EventBatch? batch, int index)
        {
            var alert = owner._correlations[match.Correlation.Index];
            var names = match.Correlation.Spec.GroupBy;
            var group = new List<(string, string)>(names.Count);
            for (var i = 0; i < names.Count && i < match.Group.Count; i++) group.Add((names[i], match.Group[i]));
            var hasEvent = batch is not null && index >= 0;
            var received = hasEvent ? batch!.Events[index].Received : match.Last;
            var fold = Fold.OpenCorrelation(alert, group, match.First, match.Last, match.Events, match.Figure, hasEvent ? PartiesOf(batch!, index, alert) : PartiesOf(group),
                hasEvent ? AttackResults.Of(batch!, index) : AttackResult.Unknown, received, hasEvent ? batch!.Events[index].SourceId : 0);
            into.Add(alert, fold, received);
            if (hasEvent) Tell(alert, batch!, index);
            else observer?.Invoke(new ObservedMatch(alert.Id, 0, 0, alert.Title, alert.Severity));
        }

        private void Tell(AlertRule alert, EventBatch batch, int index)
        {
            if (observer is null) return;
            ref var header = ref batch.Events[index];
            observer(new ObservedMatch(alert.Id, header.SourceId, header.Line, alert.Title, alert.Severity));
        }

        private static PartyTexts PartiesOf(EventBatch batch, int index, AlertRule rule) => new(Parties.Of(batch, index, rule));

        private static PartyTexts PartiesOf(List<(string Name, string Value)> group)
        {
            string? Of(params ReadOnlySpan<string> names)
            {
                foreach (var (name, value) in group)
                    if (names.Contains(name)) return value;
                return null;
            }
            return new PartyTexts(Of("jm.attacker.ip", "source.ip"), Of("jm.victim.ip", "destination.ip"), Of("host.name", "winlog.computer_name"), Of("user.name", "user.target.name"), null);
        }
    }
}
