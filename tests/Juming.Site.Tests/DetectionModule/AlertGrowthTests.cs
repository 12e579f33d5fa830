using Juming.Site.Detection;
using NUnit.Framework;

namespace Juming.Site.Tests.DetectionModule;

/// <summary>An alert that grows is told, does not grow for ever, and keeps to the clock that can be believed.</summary>
[Category("S2.6")]
internal sealed class AlertGrowthTests
{
    private const string Pair = "source.ip=1.1.1.1 destination.ip=2.2.2.2 message=bad";

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-test-").FullName;

    [TearDown]
    public void DropFolder() => Directory.Delete(_folder, true);

    private Task<DetectionBench> Start(ListStore? store = null, bool offline = false, params (string, string)[] settings) =>
        DetectionBench.Start(_folder, store ?? new ListStore(), WordRules.For("bad"), offline: offline, settings: settings.ToDictionary(s => "Modules:Detection:" + s.Item1, s => (string?)s.Item2));

    /// <summary>What was announced, once there is as much of it as is expected.</summary>
    private static async Task<List<GrownAlert>> Grown(DetectionBench bench, int expected)
    {
        for (var i = 0; i < 200 && bench.Grown.Count < expected; i++) await Task.Delay(50);
        return bench.Grown;
    }

    [Test]
    public async Task An_alert_grows_for_an_hour_at_most()
    {
        await using var bench = await Start();
        for (var i = 0; i < 60; i++) await bench.Take($"t={i * 240} {Pair}");
        await bench.Settle();
        var alerts = await bench.Alerts();
        Assert.That(alerts.Select(a => (a.LastAt - a.FirstAt).TotalMinutes), Has.All.LessThanOrEqualTo(60));
        Assert.That((alerts.Count, alerts.Sum(a => a.Count)), Is.EqualTo((4, 60L)));
    }

    [Test]
    public async Task Growth_is_announced_at_once_when_the_result_gets_worse_and_else_not_every_time()
    {
        await using var bench = await Start();
        await bench.Take($"t=0 {Pair} event.action=blocked");
        await bench.Settle();
        for (var i = 1; i <= 5; i++)
        {
            await bench.Take($"t={i} {Pair} event.action=blocked");
            await bench.Settle();
        }
        await bench.Take($"t=10 {Pair} jm.attack_result=attempted");
        await bench.Settle();
        var grown = (await Grown(bench, 1)).Single();
        var alert = (await bench.Alerts()).Single();
        Assert.That((grown.Id, grown.Count, grown.Result, grown.LastAt), Is.EqualTo((alert.Id, 7L, AttackResult.Attempted, alert.LastAt)), "five more blocked ones were not told, within a minute of the alert; a try that nobody stopped is worse");
        await bench.Take($"t=11 {Pair} event.action=blocked", $"t=12 {Pair} jm.attack_result=succeeded");
        await bench.Settle();
        await bench.Take($"t=13 {Pair} event.action=blocked");
        await bench.Settle();
        Assert.That((await Grown(bench, 2)).Select(g => g.Result), Is.EqualTo(new[] { AttackResult.Attempted, AttackResult.Succeeded }));
        Assert.That((await bench.Alerts()).Single().Result, Is.EqualTo((int)AttackResult.Succeeded), "a later blocked try does not hide it");
    }

    [Test]
    public async Task Growth_that_was_not_yet_told_is_told_later_and_over_a_crash()
    {
        await using (var bench = await Start(settings: ("GrownSeconds", "1")))
        {
            await bench.Take($"t=0 {Pair}");
            await bench.Settle();
            await bench.Take($"t=1 {Pair}");
            Assert.That((await Grown(bench, 1)).Single().Count, Is.EqualTo(2), "without another match");
        }
        Directory.Delete(_folder, true);
        Directory.CreateDirectory(_folder);
        var store = new ListStore();
        var crashed = await Start(store, settings: ("GrownSeconds", "3600"));
        await crashed.Take($"t=5000 {Pair}");
        await crashed.Settle();
        await crashed.Take($"t=5001 {Pair}");
        await crashed.Settle();
        await crashed.Crash();
        await using var again = await Start(store);
        Assert.That((await Grown(again, 1)).Single().Count, Is.EqualTo(2));
    }

    [Test]
    public async Task A_clock_that_is_years_off_counts_at_receipt_live_and_says_so_and_as_written_in_a_replay()
    {
        await using (var bench = await Start())
        {
            await bench.Take($"t=-99999999 r=10 suspect=1 {Pair}", $"t=99999999 r=20 suspect=1 {Pair}", $"t=30 r=30 {Pair}");
            await bench.Settle();
            var alert = (await bench.Alerts()).Single();
            Assert.That((alert.Count, alert.TimeEstimated, alert.FirstAt.ToUnixTimeSeconds(), alert.LastAt.ToUnixTimeSeconds()), Is.EqualTo((3L, true, 1_700_000_010L, 1_700_000_030L)));
        }
        Directory.Delete(_folder, true);
        Directory.CreateDirectory(_folder);
        await using var replay = await Start(offline: true);
        await replay.Take($"t=-99999999 r=10 suspect=1 {Pair}");
        await replay.Settle();
        var old = (await replay.Alerts()).Single();
        Assert.That((old.TimeEstimated, old.FirstAt.ToUnixTimeSeconds()), Is.EqualTo((false, 1_600_000_001L)));
    }

    [Test]
    public async Task A_repeat_of_an_alert_that_no_rule_made_folds_over_a_restart()
    {
        var store = new ListStore();
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 2; i++)
        {
            await using var bench = await Start(store);
            ((IAlertIntake)bench.Writer).Raise("collection.source-silent", Severity.Medium, new Dictionary<string, string> { ["source"] = "fw1" }, 7, now.AddSeconds(i));
            await bench.Settle();
            Assert.That((await bench.Alerts()).Single().Count, Is.EqualTo(i + 1));
        }
    }
}
