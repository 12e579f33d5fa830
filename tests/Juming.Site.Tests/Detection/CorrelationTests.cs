using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Detection;

/// <summary>Correlations, by event time, with small histories.</summary>
public class CorrelationTests
{
    private const long Second = 1_000_000;
    private const long Start = 1_790_000_000 * Second;

    private const string Base = """
        title: Failed
        id: 00000000-0000-4000-8000-000000000001
        name: failed
        logsource: {category: webserver}
        detection: {s: {act: fail}, condition: s}
        ---
        title: Good
        id: 00000000-0000-4000-8000-000000000002
        name: good
        logsource: {category: webserver}
        detection: {s: {act: good}, condition: s}
        ---
        title: Third
        id: 00000000-0000-4000-8000-000000000003
        name: third
        logsource: {category: webserver}
        detection: {s: {act: third}, condition: s}
        ---

        """;

    private readonly record struct Act(int At, string Name, string User = "u1", string Value = "");

    private static string Correlation(string type, string rules, string rest) =>
        Base + $"title: C\nid: 00000000-0000-4000-8000-00000000000c\nname: c\ncorrelation:\n  type: {type}\n  rules: [{rules}]\n  group-by: [user]\n  timespan: 60s\n{rest}";

    private static CollectedMatches Run(string yaml, params Act[] acts) => Run(CollectedMatches.Compile(yaml), new CollectedMatches(), acts);

    private static CollectedMatches Run(RuleSet rules, CollectedMatches found, params Act[] acts)
    {
        Assert.That(rules.Refused, Is.Empty, () => rules.Refused[0].Reason);
        var matcher = new RuleMatcher();
        matcher.Use(rules);
        var batch = new EventBatch(16);
        foreach (var act in acts)
            WindowsJson.AddFields(batch, Start + act.At * Second, ("event.category", "web"), ("act", act.Name), ("user", act.User), ("value", act.Value.Length == 0 ? "-" : act.Value));
        matcher.Match(batch, found);
        return found;
    }

    private static Act[] Fails(params int[] at) => [.. at.Select(a => new Act(a, "fail"))];

    [Test]
    public void Enough_events_in_a_sliding_window_match_once_per_group_and_window()
    {
        var yaml = Correlation("event_count", "failed", "  condition: {gte: 3}\n");
        var match = Run(yaml, Fails(50, 65, 100)).Correlations.Single();
        Assert.That((match.Figure, match.First - Start, match.Last - Start, match.Group.Single(), match.Events.Count), Is.EqualTo((3, 50 * Second, 100 * Second, "u1", 3)));
        Assert.That(Run(yaml, Fails(0, 50, 111)).Correlations, Is.Empty);
        Assert.That(Run(yaml, Fails([.. Enumerable.Range(0, 60)])).Correlations, Has.Count.EqualTo(1), "the rest of the window is quiet");
        Assert.That(Run(yaml, Fails([.. Enumerable.Range(0, 180)])).Correlations, Has.Count.EqualTo(3));
        Assert.That(Run(yaml, new(0, "fail", "a"), new(1, "fail", "b"), new(2, "fail", "A")).Correlations, Is.Empty);
        Assert.That(Run(yaml, new(0, "fail", "a"), new(1, "fail", "a"), new(2, "fail", "A")).Correlations, Has.Count.EqualTo(1), "case does not part a group");
    }

    [Test]
    public void Correlated_rules_are_silent_unless_generate_is_set()
    {
        Assert.That(Run(Correlation("event_count", "failed", "  condition: {gte: 3}\n"), Fails(1)).Rules, Is.Empty);
        Assert.That(Run(Correlation("event_count", "failed", "  condition: {gte: 3}\n  generate: true\n"), Fails(1)).Rules, Has.Count.EqualTo(1));
    }

    [Test]
    public void Events_out_of_order_are_put_in_their_place()
    {
        var yaml = Correlation("event_count", "failed", "  condition: {gte: 3}\n");
        Assert.That(Run(yaml, Fails(100, 50, 70)).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(yaml, Fails(200, 100, 120, 110)).Correlations, Has.Count.EqualTo(1), "a window in the past");
        var ordered = Correlation("temporal_ordered", "failed, good", "");
        Assert.That(Run(ordered, new Act(20, "good"), new Act(10, "fail")).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(ordered, new Act(10, "good"), new Act(20, "fail")).Correlations, Is.Empty);
    }

    [Test]
    public void Different_values_are_counted_once_each()
    {
        var yaml = Correlation("value_count", "failed", "  condition: {field: value, gte: 3}\n");
        Assert.That(Run(yaml, new Act(0, "fail", Value: "a"), new(1, "fail", Value: "b"), new(2, "fail", Value: "a"), new(3, "fail", Value: "c")).Correlations.Single().Figure, Is.EqualTo(3));
        Assert.That(Run(yaml, new Act(0, "fail", Value: "a"), new(1, "fail", Value: "b"), new(2, "fail", Value: "B"), new(3, "fail", Value: "a")).Correlations, Is.Empty);
        Assert.That(Run(yaml, new Act(0, "fail", Value: "a"), new(50, "fail", Value: "b"), new(70, "fail", Value: "c")).Correlations, Is.Empty);
        Assert.That(Run(yaml, new Act(0, "fail", Value: "a"), new(50, "fail", Value: "b"), new(55, "fail", Value: "a"), new(70, "fail", Value: "c")).Correlations, Has.Count.EqualTo(1));
    }

    [Test]
    public void Temporal_needs_all_rules_in_any_order_and_ordered_in_theirs()
    {
        var temporal = Correlation("temporal", "failed, good, third", "");
        Assert.That(Run(temporal, new Act(0, "third"), new(10, "fail"), new(20, "good")).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(temporal, new Act(0, "third"), new(10, "fail"), new(70, "good")).Correlations, Is.Empty);
        Assert.That(Run(temporal, new Act(0, "third"), new(10, "fail", "u2"), new(20, "good")).Correlations, Is.Empty);
        Assert.That(Run(Correlation("temporal", "failed, good, third", "  condition: {gte: 2}\n"), new Act(0, "third"), new(10, "fail")).Correlations, Has.Count.EqualTo(1));
        var ordered = Correlation("temporal_ordered", "failed, good, third", "");
        Assert.That(Run(ordered, new Act(0, "fail"), new(10, "good"), new(20, "third")).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(ordered, new Act(0, "fail"), new(10, "third"), new(20, "good")).Correlations, Is.Empty);
        Assert.That(Run(ordered, new Act(5, "fail"), new(5, "good"), new(5, "third")).Correlations, Has.Count.EqualTo(1), "equal times in order of arrival");
    }

    [Test]
    public void Sums_averages_and_percentiles_are_compared()
    {
        Act[] bytes = [new(0, "fail", Value: "100"), new(1, "fail", Value: "200"), new(2, "fail", Value: "600")];
        Assert.That(Run(Correlation("value_sum", "failed", "  condition: {field: value, gt: 899}\n"), bytes).Correlations.Single().Figure, Is.EqualTo(900));
        Assert.That(Run(Correlation("value_sum", "failed", "  condition: {field: value, gt: 900}\n"), bytes).Correlations, Is.Empty);
        Assert.That(Run(Correlation("value_avg", "failed", "  condition: {field: value, gte: 300}\n"), bytes).Correlations.Single().Figure, Is.EqualTo(300));
        Assert.That(Run(Correlation("value_percentile", "failed", "  condition: {field: value, gte: 200}\n"), bytes).Correlations.Single().Figure, Is.EqualTo(200), "the median");
        Assert.That(Run(Correlation("value_percentile", "failed", "  condition: {field: value, percentile: 99, gte: 600}\n"), bytes).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(Correlation("value_sum", "failed", "  condition: {field: value, gt: 1}\n"), new Act(0, "fail", Value: "many")).Correlations, Is.Empty);
    }

    [Test]
    public void Few_exact_and_ranged_counts_are_judged_when_the_window_ends()
    {
        static Act[] Then(params int[] at) => [.. Fails(at), new Act(2000, "fail", "other")];
        Assert.That(Run(Correlation("event_count", "failed", "  condition: {lt: 3}\n"), Then(0, 10)).Correlations.Single().Figure, Is.EqualTo(2));
        Assert.That(Run(Correlation("event_count", "failed", "  condition: {lt: 3}\n"), Then(0, 10, 20)).Correlations, Is.Empty);
        Assert.That(Run(Correlation("event_count", "failed", "  condition: {eq: 2}\n"), Then(0, 10)).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(Correlation("event_count", "failed", "  condition: {eq: 2}\n"), Then(0, 10, 20)).Correlations, Is.Empty);
        Assert.That(Run(Correlation("event_count", "failed", "  condition: {gt: 1, lte: 3}\n"), Then(0, 10, 20)).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(Correlation("event_count", "failed", "  condition: {gt: 1, lte: 3}\n"), Then(0, 10, 20, 30)).Correlations, Is.Empty);
        Assert.That(Run(Correlation("event_count", "failed", "  condition: {neq: 2}\n"), Then(0, 10, 20, 100, 110)).Correlations, Has.Count.EqualTo(1), "the second window has two");
    }

    [Test]
    public void Correlations_chain_and_the_outer_group_decides()
    {
        var yaml = Base + """
            title: Many failed
            id: 00000000-0000-4000-8000-0000000000aa
            name: many_failed
            correlation: {type: event_count, rules: [failed], group-by: [user, value], timespan: 10m, condition: {gte: 3}}
            ---
            title: Then good
            id: 00000000-0000-4000-8000-0000000000bb
            correlation: {type: temporal_ordered, rules: [many_failed, good], group-by: [user], timespan: 10m}
            """;
        Act[] acts = [new(0, "fail", Value: "h"), new(1, "fail", Value: "h"), new(2, "fail", Value: "h"), new(30, "good", Value: "other")];
        var found = Run(yaml, acts);
        Assert.That(found.Correlations.Select(c => c.Correlation.Spec.Title), Is.EqualTo(new[] { "Then good" }));
        Assert.That(Run(yaml, acts[..3]).Correlations, Is.Empty);
    }

    [Test]
    public void An_inner_correlation_passes_on_what_its_aliases_stand_for_also_when_its_window_closes()
    {
        const string outer = """
            ---
            title: Then good
            id: 00000000-0000-4000-8000-0000000000bb
            correlation: {type: temporal_ordered, rules: [inner, good], group-by: [user], timespan: 10m, aliases: {user: {inner: who, good: user}}}
            """;
        // The first rule of the inner correlation knows the person under another name than the second.
        var joined = Base + """
            title: Both
            id: 00000000-0000-4000-8000-0000000000aa
            name: inner
            correlation: {type: temporal, rules: [failed, third], group-by: [who], timespan: 10m, aliases: {who: {failed: value, third: user}}}

            """ + outer;
        Assert.That(Run(joined, new Act(0, "fail", "x", "lina"), new(1, "third", "lina", "y"), new(5, "good", "lina")).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(joined, new Act(0, "fail", "x", "lina"), new(1, "third", "lina", "y"), new(5, "good", "x")).Correlations, Is.Empty);
        var closing = Base + """
            title: Exactly two
            id: 00000000-0000-4000-8000-0000000000aa
            name: inner
            correlation: {type: event_count, rules: [failed], group-by: [who], timespan: 10s, condition: {eq: 2}, aliases: {who: {failed: value}}}

            """ + outer;
        var acts = new[] { new Act(0, "fail", "x", "lina"), new(1, "fail", "x", "lina"), new(20, "fail", "x", "lina"), new(30, "good", "lina") };
        Assert.That(Run(closing, acts).Correlations.Select(c => c.Correlation.Spec.Title), Is.EqualTo(new[] { "Then good" }));
    }

    [Test]
    public void Values_pass_through_an_inner_correlation_and_what_it_can_not_pass_on_is_refused()
    {
        var yaml = Base + """
            title: Many failed
            id: 00000000-0000-4000-8000-0000000000aa
            name: inner
            correlation: {type: event_count, rules: [failed], group-by: [user, value], timespan: 10m, condition: {gte: 2}}
            ---
            title: Many hosts
            id: 00000000-0000-4000-8000-0000000000bb
            correlation: {type: value_count, rules: [inner], group-by: [user], timespan: 10m, condition: {field: value, gte: 2}}
            """;
        Act[] one = [new(0, "fail", Value: "h1"), new(1, "fail", Value: "h1"), new(2, "fail", Value: "h2")];
        Assert.That(Run(yaml, one).Correlations, Is.Empty);
        Assert.That(Run(yaml, [.. one, new(3, "fail", Value: "h2")]).Correlations.Single().Group, Is.EqualTo(new[] { "u1" }));
        foreach (var change in new[] { ("field: value", "field: other"), ("group-by: [user], timespan: 10m, condition: {field", "group-by: [other], timespan: 10m, condition: {field") })
        {
            var refused = CollectedMatches.Compile(yaml.Replace(change.Item1, change.Item2)).Refused.Single();
            Assert.That(refused.Reason, Does.Contain("'other'").And.Contain("Many failed"));
        }
    }

    [Test]
    public void A_filter_that_names_a_correlation_keeps_events_out_of_it_and_of_nothing_else()
    {
        const string filter = """
            ---
            title: F
            id: 00000000-0000-4000-8000-0000000000ff
            logsource: {}
            filter:
              rules: [00000000-0000-4000-8000-00000000000c]
              selection: {user: scanner}
              condition: selection
            """;
        var yaml = Correlation("event_count", "failed", "  condition: {gte: 3}\n  generate: true\n") + filter;
        Act[] scanner = [new(0, "fail", "scanner"), new(1, "fail", "scanner"), new(2, "fail", "scanner")];
        var found = Run(yaml, scanner);
        Assert.That((found.Correlations.Count, found.Rules.Count), Is.EqualTo((0, 3)), "the correlated rule itself goes on");
        Assert.That(Run(yaml, Fails(0, 1, 2)).Correlations, Has.Count.EqualTo(1), "others are counted");
        Assert.That(CollectedMatches.Compile(yaml).Verdicts().Single(v => v.Document is SigmaFilter).State, Is.EqualTo(RuleState.Active));
        var outer = Correlation("event_count", "inner", "  condition: {gte: 1}\n") + """
            ---
            title: Inner
            id: 00000000-0000-4000-8000-0000000000aa
            name: inner
            correlation: {type: event_count, rules: [failed], group-by: [user], timespan: 10m, condition: {gte: 3}, generate: true}

            """ + filter;
        Assert.That(Run(outer, Fails(0, 1, 2)).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(outer, scanner).Correlations, Is.Empty, "through an inner correlation too");
    }

    [Test]
    public void Aliases_join_different_fields()
    {
        var yaml = Base + """
            title: C
            id: 00000000-0000-4000-8000-00000000000c
            correlation:
              type: temporal
              rules: [failed, good]
              group-by: [who]
              timespan: 1m
              aliases:
                who: {failed: user, good: value}
            """;
        Assert.That(Run(yaml, new Act(0, "fail", "lina"), new Act(5, "good", "x", "lina")).Correlations, Has.Count.EqualTo(1));
        Assert.That(Run(yaml, new Act(0, "fail", "lina"), new Act(5, "good", "lina", "x")).Correlations, Is.Empty);
    }

    [Test]
    public void An_unchanged_correlation_keeps_its_memory_over_a_reload()
    {
        var loader = new SigmaLoader();
        loader.AddText("x.yml", Correlation("event_count", "failed", "  condition: {gte: 3}\n"));
        var first = RuleSet.Compile(loader.Loaded());
        var found = Run(first, new CollectedMatches(), Fails(1, 2));
        Run(RuleSet.Compile(loader.Loaded(), new RuleSetOptions { Former = first }), found, Fails(3));
        Assert.That(found.Correlations, Has.Count.EqualTo(1));
    }

    [Test]
    public void An_event_that_is_too_late_for_its_place_counts_at_its_receipt_and_says_so()
    {
        var state = new CorrelationState(Spec(3), 1);
        var found = new List<CorrelationState.Finding>();
        void Add(long time, long receipt) => state.Add(1, () => ["g"], 0, time, receipt, Guid.CreateVersion7(), 0, 0, found.Add);
        Add(Start + 1000 * Second, Start + 1000 * Second);
        Add(Start + 1001 * Second, Start + 1001 * Second);
        Add(Start, Start + 1002 * Second);
        Assert.That((found.Single().Late, state.Late), Is.EqualTo((true, 1)));
        Add(Start, Start + 1);
        Assert.That(state.TooLate, Is.EqualTo(1));
    }

    [Test]
    public void Memory_is_bounded_whatever_is_sent()
    {
        var state = new CorrelationState(Spec(1000), 1);
        for (var i = 0; i < CorrelationState.MaxGroups * 2; i++) state.Add(new UInt128((ulong)i, (ulong)i), () => [], 0, Start + i, Start, Guid.Empty, 0, 0, _ => { });
        Assert.That(state.Groups, Is.LessThanOrEqualTo(CorrelationState.MaxGroups));
        Assert.That(state.Evicted, Is.GreaterThan(0));
    }

    [Test]
    public void Several_workers_count_together()
    {
        var rules = CollectedMatches.Compile(Correlation("event_count", "failed", "  condition: {gte: 4000}\n"));
        var matcher = new RuleMatcher();
        matcher.Use(rules);
        var sinks = Enumerable.Range(0, 4).Select(_ => new CollectedMatches()).ToArray();
        Parallel.For(0, 4, worker =>
        {
            for (var b = 0; b < 10; b++)
            {
                var batch = new EventBatch(100);
                for (var i = 0; i < 100; i++) WindowsJson.AddFields(batch, Start + i, ("event.category", "web"), ("act", "fail"), ("user", "u"));
                matcher.Match(batch, sinks[worker]);
            }
        });
        Assert.That(sinks.Sum(s => s.Correlations.Count), Is.EqualTo(1));
    }

    [Test]
    public void Loops_unknown_rules_and_odd_spans_are_refused()
    {
        static string Reason(string yaml) => CollectedMatches.Compile(yaml).Refused.First().Reason;
        Assert.That(Reason(Correlation("event_count", "c", "  condition: {gte: 3}\n")), Does.Contain("itself"));
        Assert.That(Reason(Correlation("event_count", "nosuch", "  condition: {gte: 3}\n")), Does.Contain("nosuch"));
        Assert.That(Reason(Correlation("event_count", "failed", "")), Does.Contain("condition"));
        Assert.That(Reason(Correlation("value_count", "failed", "  condition: {gte: 3}\n")), Does.Contain("field"));
        Assert.That(Reason(Correlation("nosuch", "failed", "  condition: {gte: 3}\n")), Does.Contain("nosuch"));
        Assert.That(Reason(Correlation("event_count", "failed", "  condition: {gte: 3}\n").Replace("60s", "1y")), Does.Contain("timespan"));
        Assert.That(Reason(Correlation("event_count", "failed", "  condition: {gte: 3}\n").Replace("60s", "9999d")), Does.Contain("31 days"));
    }

    private static SigmaCorrelation Spec(double least) => new()
    {
        Id = "c",
        Title = "c",
        File = "",
        Line = 1,
        Kind = CorrelationKind.EventCount,
        Rules = ["r"],
        GroupBy = ["g"],
        Timespan = TimeSpan.FromSeconds(60),
        Criteria = [new Criterion(Comparison.GreaterOrEqual, least)],
    };
}
