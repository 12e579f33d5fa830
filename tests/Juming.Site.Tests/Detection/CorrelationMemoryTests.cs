using System.Diagnostics;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Detection;

/// <summary>What correlations remember: bounded, and yet right for large counts, long sequences and wrong clocks.</summary>
public class CorrelationMemoryTests
{
    private const long Second = 1_000_000;
    private const long Start = 1_790_000_000 * Second;

    private static readonly Criterion[] None = [];

    private static SigmaCorrelation Spec(CorrelationKind kind, int seconds, params Criterion[] criteria) => new()
    {
        Id = "c",
        Title = "c",
        File = "",
        Line = 1,
        Kind = kind,
        Rules = ["a", "b", "c"],
        GroupBy = ["g"],
        Timespan = TimeSpan.FromSeconds(seconds),
        Criteria = criteria,
        Percentile = 95,
    };

    private static Criterion AtLeast(double n) => new(Comparison.GreaterOrEqual, n);

    private sealed class Play(SigmaCorrelation spec, int places = 1, bool live = false)
    {
        public CorrelationState State { get; } = new(spec, places, live);

        public List<CorrelationState.Finding> Found { get; } = [];

        public Play Add(double at, int place = 0, ulong value = 0, double number = 0, string group = "g", double? receipt = null)
        {
            State.Add(new UInt128((ulong)group.GetHashCode(StringComparison.Ordinal), 1), () => [group], place, Start + (long)(at * Second), Start + (long)((receipt ?? at) * Second), Guid.CreateVersion7(), value, number, Found.Add);
            return this;
        }
    }

    [Test]
    public void Counts_of_any_height_are_reached_exactly_and_never_too_early()
    {
        foreach (var threshold in new[] { 5_000, 100_000 })
        {
            var play = new Play(Spec(CorrelationKind.EventCount, 600, AtLeast(threshold)));
            for (var i = 0; i < threshold - 1; i++) play.Add(i * 500.0 / threshold);
            Assert.That(play.Found, Is.Empty);
            play.Add(500);
            Assert.That(play.Found.Single().Figure, Is.EqualTo(threshold));
        }
        var slow = new Play(Spec(CorrelationKind.EventCount, 60, AtLeast(5_000)));
        for (var i = 0; i < 20_000; i++) slow.Add(i / 80.0);
        Assert.That(slow.Found, Is.Empty, "at 80 a second a minute never holds 5,000");
    }

    [Test]
    public void Sums_lose_nothing_over_many_events_and_ranges_above_thousands_hold()
    {
        var sum = new Play(Spec(CorrelationKind.ValueSum, 3600, AtLeast(50_000)));
        for (var i = 0; i < 49_999; i++) sum.Add(i / 20.0, number: 1);
        Assert.That(sum.Found, Is.Empty);
        Assert.That(sum.Add(2600, number: 1).Found.Single().Figure, Is.EqualTo(50_000).Within(1e-6));
        var range = new Play(Spec(CorrelationKind.EventCount, 600, AtLeast(10_000), new Criterion(Comparison.Less, 20_000)));
        for (var i = 0; i < 12_000; i++) range.Add(i / 30.0);
        range.State.Close(Start + 3000 * Second, range.Found.Add);
        Assert.That(range.Found.Single().Figure, Is.EqualTo(12_000));
    }

    [Test]
    public void Many_events_of_one_rule_do_not_push_out_the_one_of_another([Values(50, 200, 5000)] int many)
    {
        foreach (var kind in new[] { CorrelationKind.Temporal, CorrelationKind.TemporalOrdered })
        {
            var play = new Play(Spec(kind, 600, None), 3);
            play.Add(0, 0);
            for (var i = 1; i <= many; i++) play.Add(i * 500.0 / many, 1);
            Assert.That(play.Found, Is.Empty);
            Assert.That(play.Add(501, 2).Found, Has.Count.EqualTo(1), kind.ToString());
        }
        var between = new Play(Spec(CorrelationKind.TemporalOrdered, 600, None), 3);
        for (var i = 0; i < many; i++) between.Add(i * 200.0 / many, 0);
        between.Add(210, 1);
        for (var i = 0; i < many; i++) between.Add(220 + i * 200.0 / many, 0);
        Assert.That(between.Add(430, 2).Found, Has.Count.EqualTo(1), "the first of many before is still known");
    }

    [Test]
    public void Percentiles_and_averages_follow_the_window_whatever_order_events_come_in()
    {
        var random = new Random(7);
        foreach (var kind in new[] { CorrelationKind.ValuePercentile, CorrelationKind.ValueAverage, CorrelationKind.ValueSum })
        {
            // A bound that random numbers cross now and then; the naive figure over all events says when.
            var bound = kind == CorrelationKind.ValueSum ? 30_500 : kind == CorrelationKind.ValueAverage ? 520 : 960;
            var play = new Play(Spec(kind, 60, AtLeast(bound)));
            var all = new List<(double At, double Number)>();
            var expected = 0;
            var quiet = double.MinValue;
            for (var i = 0; i < 3000; i++)
            {
                var (at, number) = (i + Math.Round(random.NextDouble(), 3), (double)random.Next(1000));
                all.Add((at, number));
                play.Add(at, number: number);
                var newest = all.Max(a => a.At);
                var window = all.Where(a => a.At >= newest - 60).Select(a => a.Number).Order().ToList();
                var figure = kind switch
                {
                    CorrelationKind.ValuePercentile => window[(int)Math.Ceiling(0.95 * window.Count) - 1],
                    CorrelationKind.ValueAverage => window.Average(),
                    _ => window.Sum(),
                };
                if (at < newest || figure < bound || newest < quiet) continue;
                expected++;
                quiet = newest + 60;
            }
            Assert.That(expected, Is.GreaterThan(1));
            Assert.That(play.Found, Has.Count.EqualTo(expected), kind.ToString());
        }
    }

    [Test]
    public void A_costly_look_does_not_grow_with_the_threshold()
    {
        var small = Time(new Play(Spec(CorrelationKind.EventCount, 86_400, AtLeast(100))));
        var large = Time(new Play(Spec(CorrelationKind.EventCount, 86_400, AtLeast(1_000_000))));
        var percentile = Time(new Play(Spec(CorrelationKind.ValuePercentile, 86_400, AtLeast(double.MaxValue))));
        TestContext.Out.WriteLine($"{small:F2} {large:F2} {percentile:F2} µs an event");
        Assert.That(large, Is.LessThan(20), "a scan of a million entries takes hundreds of microseconds");
        Assert.That(percentile, Is.LessThan(50), "sorting 4,096 numbers takes hundreds of microseconds");

        static double Time(Play play)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < 100_000; i++) play.Add(i / 10.0, number: i % 977);
            return watch.Elapsed.TotalMicroseconds / 100_000;
        }
    }

    [Test]
    public void A_fast_clock_ages_no_other_group_when_live()
    {
        var play = new Play(Spec(CorrelationKind.EventCount, 60, AtLeast(3)), live: true);
        play.Add(0, group: "a", receipt: 10).Add(1, group: "a", receipt: 11);
        // Twenty hours fast; the matcher bounds it by receipt, and the memory goes by receipt as well.
        play.Add(12, group: "fast", receipt: 12);
        for (var i = 0; i < 50; i++) play.Add(13, group: "other" + i, receipt: 13);
        // Three hours slow, as its clock always is.
        for (var i = 0; i < 2; i++) play.Add(-10_800 + i, group: "slow", receipt: 14 + i);
        for (var i = 0; i < 50; i++) play.Add(16, group: "more" + i, receipt: 16);
        play.Add(-10_798, group: "slow", receipt: 17).Add(2, group: "a", receipt: 18);
        Assert.That(play.Found.Select(f => f.Group[0]), Is.EqualTo(new[] { "slow", "a" }));
        Assert.That(play.State.TooLate, Is.Zero);
    }

    [Test]
    public void Live_an_event_stands_at_its_receipt_at_the_latest()
    {
        const string yaml = """
            title: Failed
            id: f
            name: failed
            logsource: {category: webserver}
            detection: {s: {act: fail}, condition: s}
            ---
            title: C
            id: c
            correlation: {type: event_count, rules: [failed], group-by: [user], timespan: 60s, condition: {gte: 3}}
            """;
        foreach (var live in new[] { true, false })
        {
            var loader = new SigmaLoader();
            loader.AddText("x.yml", yaml);
            var matcher = new RuleMatcher();
            matcher.Use(RuleSet.Compile(loader.Loaded(), new RuleSetOptions { IsLive = live }));
            var batch = new EventBatch(8);
            foreach (var hoursFast in new[] { 0, 20, 0 })
            {
                WindowsJson.AddFields(batch, Start, ("event.category", "web"), ("act", "fail"), ("user", "u"));
                batch.Current.Time += hoursFast * 3600 * Second;
            }
            var found = new CollectedMatches();
            matcher.Match(batch, found);
            Assert.That(found.Correlations, Has.Count.EqualTo(live ? 1 : 0), live ? "live" : "in a replay times are as written");
        }
    }

    [Test]
    public void A_correlation_that_costs_too_much_is_cut_off_and_named()
    {
        const string yaml = """
            title: Failed
            id: f
            name: failed
            logsource: {category: webserver}
            detection: {s: {act: fail}, condition: s}
            ---
            title: Dear
            id: dear
            correlation: {type: event_count, rules: [failed], group-by: [user], timespan: 60s, condition: {gte: 1}}
            """;
        var loader = new SigmaLoader();
        loader.AddText("x.yml", yaml);
        var rules = RuleSet.Compile(loader.Loaded());
        var batch = new EventBatch(8);
        WindowsJson.AddFields(batch, Start, ("event.category", "web"), ("act", "fail"), ("user", "u"));
        for (var i = 0; i < CostMeter.MinSamples; i++) rules.Correlations[0].Cost.Add(Stopwatch.Frequency / 1000);
        Assert.That(CollectedMatches.Of(rules, batch).Correlations, Is.Empty);
        var cut = rules.Verdicts().Single(v => v.State == RuleState.CutOff);
        Assert.That((cut.Document.Title, cut.Code), Is.EqualTo(("Dear", "cost")));
        Assert.That(RuleSet.Compile(loader.Loaded(), new RuleSetOptions { Former = rules }).Correlations[0].Cost.IsCutOff, Is.True, "a reload does not let it in again");
        var fresh = RuleSet.Compile(loader.Loaded());
        for (var i = 0; i < CostMeter.SampleCorrelated; i++) CollectedMatches.Of(fresh, batch);
        Assert.That(fresh.Correlations[0].Cost.Samples, Is.EqualTo(1), "every so many looks one is timed");
    }

    [TestCase("event_count", "gte: 3, lt: 2", "can't be met")]
    [TestCase("event_count", "eq: 0", "can't be met")]
    [TestCase("event_count", "lt: 1", "can't be met")]
    [TestCase("event_count", "eq: 2.5", "can't be met")]
    [TestCase("value_count", "field: v, gte: 20000", "16384")]
    [TestCase("temporal", "gte: 2", "between 1 and 1")]
    [TestCase("value_percentile", "field: v, percentile: 0, gte: 1", "percentile")]
    [TestCase("value_percentile", "field: v, percentile: 101, gte: 1", "percentile")]
    public void What_no_window_can_meet_is_refused(string type, string condition, string reason)
    {
        var yaml = $"title: F\nid: f\nname: failed\nlogsource: {{category: webserver}}\ndetection: {{s: {{act: fail}}, condition: s}}\n---\ntitle: C\nid: c\ncorrelation:\n  type: {type}\n  rules: [failed]\n  group-by: [user]\n  timespan: 60s\n  condition: {{{condition}}}\n";
        var refused = CollectedMatches.Compile(yaml).Refused.Single();
        Assert.That(refused.Reason, Does.Contain(reason));
        Assert.That(refused.Line, Is.GreaterThan(5));
    }

    [Test]
    public void A_count_of_a_million_is_no_reason_to_refuse() =>
        Assert.That(CollectedMatches.Compile("title: F\nid: f\nname: failed\nlogsource: {category: webserver}\ndetection: {s: {act: fail}, condition: s}\n---\ntitle: C\nid: c\ncorrelation: {type: event_count, rules: [failed], group-by: [user], timespan: 1d, condition: {gte: 1000000}}\n").Refused, Is.Empty);
}
