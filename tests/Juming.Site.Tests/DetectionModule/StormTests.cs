using Juming.Site.Detection;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace Juming.Site.Tests.DetectionModule;

/// <summary>Too many alerts become one that counts on; nobody can switch a rule off by making noise.</summary>
[Category("S2.6")]
internal sealed class StormTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-test-").FullName;

    [TearDown]
    public void DropFolder() => Directory.Delete(_folder, true);

    private Task<DetectionBench> Start(string perAttacker = "20", string perMinute = "50", params string[] words) => DetectionBench.Start(_folder, new ListStore(), WordRules.For(words.Length == 0 ? ["bad", "evil"] : words),
        settings: new() { ["Modules:Detection:StormAlertsPerAttacker"] = perAttacker, ["Modules:Detection:StormAlertsPerMinute"] = perMinute });

    private static string[] Scan(string source, int ports, string signature, int r = 0) =>
        [.. Enumerable.Range(1, ports).Select(p => $"t={r} r={r} source.ip={source} destination.ip=10.0.0.9 destination.port={p} rule.name={signature} message=bad")];

    [Test]
    public async Task A_scanner_is_rolled_into_one_alert_and_the_exploit_that_follows_is_seen()
    {
        await using var bench = await Start();
        await bench.Take(Scan("203.0.113.5", 2000, "Port_scan"));
        await bench.Take("t=5 source.ip=203.0.113.5 destination.ip=10.0.0.9 destination.port=8080 rule.name=Log4j message=bad");
        await bench.Take("t=6 source.ip=198.51.100.7 destination.ip=10.0.0.9 destination.port=8080 rule.name=Port_scan message=bad");
        await bench.Settle();
        var alerts = await bench.Alerts();
        var rolling = alerts.Where(a => a.Rolling == (int)Rolling.Attacker).ToList();
        Assert.That(rolling.Single(a => a.Subject == "Port_scan").Count, Is.EqualTo(1980), "the count goes on");
        Assert.That(rolling.Single(a => a.Subject == "Port_scan").Attacker, Is.EqualTo("203.0.113.5"));
        Assert.That(rolling.Single(a => a.Subject == "Port_scan").Events.Split(','), Has.Length.EqualTo(4));
        Assert.That(alerts.Single(a => a.Subject == "Log4j").Count, Is.EqualTo(1));
        Assert.That(alerts.Single(a => a.Attacker == "198.51.100.7").Rolling, Is.Zero, "another attacker is not rolled");
        Assert.That(alerts.Where(a => a.Code is not null), Is.Empty, "one attacker makes no rule storm");
        Assert.That(alerts.Sum(a => a.Count), Is.EqualTo(2002));
        Assert.That(await bench.Read(db => db.RuleStates.CountAsync()), Is.Zero);
    }

    [Test]
    public async Task A_rule_that_many_make_storm_is_rolled_for_a_while_said_so_and_comes_back_by_itself()
    {
        await using var bench = await Start();
        await bench.Take([.. Enumerable.Range(0, 500).Select(i => $"t=0 r=0 source.ip=10.0.{i / 250}.{i % 250} message=bad")]);
        await bench.Take("t=1 r=1 source.ip=1.1.1.1 message=evil", "t=1 r=1 source.ip=1.1.1.1 message=bad", "t=1 r=1 source.ip=1.1.1.1 rule.name=Exploit message=bad");
        await bench.Settle();
        var alerts = await bench.Alerts();
        Assert.That(alerts.Count(a => a.RuleId == "bad" && a.Rolling == 0), Is.EqualTo(50));
        Assert.That(alerts.Single(a => a.Rolling == (int)Rolling.Rule && a.Subject is null).Count, Is.EqualTo(451));
        Assert.That(alerts.Single(a => a.Subject == "Exploit").Rolling, Is.EqualTo((int)Rolling.Rule), "an attack that was not seen before makes an alert even then");
        Assert.That(alerts.Count(a => a.RuleId == "evil"), Is.EqualTo(1));
        Assert.That(alerts.Single(a => a.Code is not null).Code, Is.EqualTo("detection.rule-storm"));
        await bench.Take("t=1000 r=1000 source.ip=2.2.2.2 message=bad");
        await bench.Settle();
        Assert.That((await bench.Alerts()).Single(a => a.Attacker == "2.2.2.2").Rolling, Is.Zero, "a quarter of an hour later it alerts as before");
        Assert.That(await bench.Read(db => db.Hits.Where(h => h.RuleId == "bad").SumAsync(h => h.Matches)), Is.EqualTo(503));
    }

    [Test]
    public async Task A_rule_that_an_earlier_release_silenced_for_good_alerts_again_and_one_that_a_person_silenced_does_not()
    {
        await using (var first = await Start())
            await first.Read(async db =>
            {
                db.RuleStates.Add(new RuleStateRow { RuleId = "bad", Mode = RuleMode.Silent, Reason = "storm" });
                db.RuleStates.Add(new RuleStateRow { RuleId = "evil", Mode = RuleMode.Silent, Reason = "storm", ChangedBy = "lina" });
                return await db.SaveChangesAsync();
            });
        await using var bench = await Start();
        var modes = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<Juming.Site.Detection.Rules.RuleModes>(bench.Services);
        Assert.That((modes.Of("bad"), modes.Of("evil")), Is.EqualTo((RuleMode.Enabled, RuleMode.Silent)));
    }

    [Test]
    public async Task What_a_device_calls_the_attack_parts_alerts_and_is_their_subject()
    {
        await using var bench = await Start();
        await bench.Take(
            "t=0 source.ip=1.1.1.1 destination.ip=2.2.2.2 rule.id=2034647 rule.name=Log4j message=bad",
            "t=1 source.ip=1.1.1.1 destination.ip=2.2.2.2 rule.id=2034647 rule.name=LOG4J message=bad",
            "t=2 source.ip=1.1.1.1 destination.ip=2.2.2.2 rule.id=2035678 rule.name=Spring4Shell message=bad",
            "t=3 source.ip=1.1.1.1 destination.ip=2.2.2.2 rule.id=77 message=bad");
        await bench.Settle();
        Assert.That((await bench.Alerts()).Select(a => (a.Subject, a.Count)), Is.EqualTo(new[] { ("Log4j", 2L), ("Spring4Shell", 1L), ("77", 1L) }));
    }

    [Test]
    public async Task Values_as_long_as_a_line_allows_do_not_break_the_folding()
    {
        await using var bench = await Start();
        var x = new string('x', 5000);
        await bench.Take($"t=0 source.ip={x} destination.ip={x}2 destination.port={x} url.path=/{x} rule.id={x} rule.name={x} host.name={x} user.name={x} message=bad", $"t=0 host.name={x} user.name={x} user.target.name={x} destination.port={x} rule.id={x} rule.name={x} url.original={x} message=bad");
        await bench.Settle();
        Assert.That((await bench.Alerts()).Sum(a => a.Count), Is.EqualTo(2));
    }
}
