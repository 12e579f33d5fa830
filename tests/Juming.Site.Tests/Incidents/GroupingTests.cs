using Juming.Site.Detection;
using Juming.Site.Incidents;
using NUnit.Framework;
using static Juming.Site.Tests.Incidents.IncidentsBench;

namespace Juming.Site.Tests.Incidents;

/// <summary>Alerts that belong together become one incident that says why; others stay apart.</summary>
[Category("S2.6")]
internal sealed class GroupingTests
{
    private IncidentsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await IncidentsBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task Alerts_of_one_attacker_and_victim_are_one_incident_that_says_why_in_both_languages()
    {
        var at = Network();
        await _bench.Raise(
            Alert(0, Severity.Medium, at(1), at(2), tactic: "TA0006", technique: "T1110.001"),
            Alert(20, Severity.High, at(1), at(2), tactic: "TA0001", technique: "T1078", result: AttackResult.Succeeded));
        var incident = await _bench.Read((await _bench.About(at(1))).Single().Id);
        Assert.Multiple(() =>
        {
            Assert.That(incident.Alerts.Select(a => a.Reason), Is.EqualTo(new[] { "opened", "pair" }));
            Assert.That(incident.Brief.Severity, Is.EqualTo(Severity.High));
            Assert.That(incident.Brief.Result, Is.EqualTo(AttackResult.Succeeded));
            Assert.That(incident.Brief.Tactics, Is.EqualTo(new[] { "TA0001", "TA0006" }));
            Assert.That(incident.Clocks.Occurred, Is.EqualTo(Noon));
            Assert.That(incident.Clocks.Detected, Is.EqualTo(Noon.AddMinutes(1)));
            Assert.That(Said("en", incident.Alerts[1]), Does.Contain("Same attacker " + at(1)).And.Contain("20 min").And.Contain("Initial Access").And.Not.Contain("{"));
            Assert.That(Said("zh-CN", incident.Alerts[1]), Does.Contain("攻击者 " + at(1)).And.Contain("初始访问").And.Not.Contain("{"));
            Assert.That(incident.Brief.Number, Does.Match("^INC-[0-9]{4}-[0-9]{4}$"));
        });
    }

    [Test]
    public async Task The_same_announcement_twice_counts_once_also_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("juming-test-").FullName;
        var at = Network();
        AlertView[] alerts = [Alert(0, attacker: at(1), victim: at(2)), Alert(1, attacker: at(1), victim: at(2))];
        await using (var bench = await IncidentsBench.Start(folder))
        {
            await bench.Raise(alerts);
            await bench.Raise(alerts);
            Assert.That((await bench.About(at(1))).Single().Alerts, Is.EqualTo(2));
        }
        await using (var bench = await IncidentsBench.Start(folder))
        {
            await bench.Raise(alerts);
            await bench.Raise(Alert(30, attacker: at(1), victim: at(2)));
            var incident = (await bench.About(at(1))).Single();
            Assert.That(incident.Alerts, Is.EqualTo(3), "a restart forgets neither what was counted nor what is open");
            await bench.Raise(Alert(0, attacker: at(7), victim: at(8)));
            Assert.That((await bench.About(at(7))).Single().Number, Is.Not.EqualTo(incident.Number));
        }
        Directory.Delete(folder, true);
    }

    [Test]
    public async Task Another_attacker_of_the_same_victim_is_another_incident()
    {
        var at = Network();
        await _bench.Raise(Alert(0, attacker: at(1), victim: at(9)), Alert(5, attacker: at(2), victim: at(9)));
        Assert.That(await _bench.About(at(9)), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task What_an_intruder_does_next_on_the_host_belongs_to_the_break_in()
    {
        var at = Network();
        await _bench.Raise(
            Alert(0, Severity.High, at(1), at(2), tactic: "TA0001", result: AttackResult.Succeeded),
            Alert(40, Severity.High, at(2), at(3), tactic: "TA0008"),
            Alert(50, Severity.High, host: at(2), tactic: "TA0011"));
        var incident = await _bench.Read((await _bench.About(at(1))).Single().Id);
        Assert.That(incident.Alerts.Select(a => a.Reason), Is.EqualTo(new[] { "opened", "pivot", "target" }));
    }

    [Test]
    public async Task Too_long_after_the_last_alert_is_a_new_incident()
    {
        var at = Network();
        await _bench.Raise(Alert(0, attacker: at(1), victim: at(2)));
        await _bench.Raise(Alert(25 * 60, attacker: at(1), victim: at(2)));
        Assert.That(await _bench.About(at(1)), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Low_alerts_wait_until_they_repeat_and_information_alone_never_opens_one()
    {
        var at = Network();
        for (var i = 0; i < 4; i++) await _bench.Raise(Alert(i, Severity.Low, at(1), at(2)));
        for (var i = 0; i < 300; i++) await _bench.Raise(Alert(i * 0.1, Severity.Info, at(3), at(4)));
        Assert.That(await _bench.About(at(1)), Is.Empty);
        Assert.That(await _bench.About(at(3)), Is.Empty);
        await _bench.Raise(Alert(5, Severity.Low, at(1), at(2)));
        Assert.That((await _bench.About(at(1))).Single().Alerts, Is.EqualTo(5), "those that waited are part of it");
    }

    [Test]
    public async Task A_resolved_incident_takes_no_more_alerts()
    {
        var at = Network();
        var first = await _bench.One(1, at);
        var done = await _bench.Site.Send(new Juming.Site.Incidents.Change.ChangeIncident { Id = first.Brief.Id, State = IncidentState.Resolved, Verdict = Verdict.TruePositive, Reason = "removed" });
        Assert.That(done.Error, Is.Null);
        await _bench.Raise(Alert(10, attacker: at(1), victim: at(2)));
        Assert.That((await _bench.About(at(1))).Select(i => i.State), Is.EqualTo(new[] { IncidentState.Resolved, IncidentState.New }));
    }

    [Test]
    public async Task An_alert_with_hostile_text_becomes_an_incident_that_holds_it_as_text()
    {
        var at = Network();
        var evil = "<script>alert(1)</script>\u0000\u202e{target}" + new string('x', 100_000);
        await _bench.Raise(Alert(0, attacker: at(1), victim: at(2), host: evil, account: "{attack}" + evil, title: evil));
        var incident = await _bench.Read((await _bench.About(at(1))).Single().Id);
        Assert.That(incident.Parties.Max(p => p.Value.Length), Is.LessThanOrEqualTo(400));
        Assert.That(IncidentsTexts.Title(incident.Brief.Title), Has.Length.LessThan(3000));
    }

    [Test, Category("Long")]
    public async Task A_hundred_thousand_alerts_of_one_storm_stay_one_bounded_incident()
    {
        var at = Network();
        var before = GC.GetTotalMemory(true);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 200; i++) await _bench.RaiseOnce([.. Enumerable.Range(0, 500).Select(k => Alert((i * 500 + k) * 0.0005, Severity.Medium, at(1), "172.16." + (k % 200) + "." + (i % 200), account: "user" + (i * 500 + k)))]);
        var grown = (GC.GetTotalMemory(true) - before) / 1_048_576.0;
        TestContext.Out.WriteLine($"100,000 alerts in {watch.Elapsed.TotalSeconds:F1} s, memory {grown:F1} MiB more");
        var incident = (await _bench.About(at(1))).Single();
        var dossier = await _bench.Read(incident.Id);
        Assert.Multiple(() =>
        {
            Assert.That(incident.Alerts, Is.EqualTo(100_000));
            Assert.That(dossier.Alerts, Has.Count.LessThanOrEqualTo(600));
            Assert.That(dossier.Counted, Is.EqualTo(100_000 - dossier.Alerts.Count));
            Assert.That(dossier.Storm, Is.True);
            Assert.That(grown, Is.LessThan(100));
        });
    }

    private static string Said(string culture, Juming.Site.Incidents.Open.Member member)
    {
        var before = System.Globalization.CultureInfo.CurrentUICulture;
        System.Globalization.CultureInfo.CurrentUICulture = System.Globalization.CultureInfo.GetCultureInfo(culture);
        try
        {
            return IncidentsTexts.Sentence("reason." + member.Reason, member.ReasonArguments);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentUICulture = before;
        }
    }
}
