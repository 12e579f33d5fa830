using Juming.Site.Approvals;
using Juming.Site.Detection;
using Juming.Site.Response;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Playbooks;
using Juming.Site.Response.Ready;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Response.Runs;
using Juming.Site.Tests.Incidents;
using NUnit.Framework;

namespace Juming.Site.Tests.Response;

/// <summary>The ready playbooks: each is valid, can run here, starts on the incident it is for, and comes to its end.</summary>
[Category("S3.1")]
internal sealed class ReadyTests
{
    private static readonly (string Name, string Technique, string Tactic, string Title)[] Incidents =
    [
        ("brute-force", "T1110", "TA0006", ""), ("web-attack", "T1190", "TA0001", ""), ("webshell", "T1505.003", "TA0003", ""), ("malware-beacon", "T1071", "TA0011", ""), ("mining", "T1496", "TA0040", ""),
        ("ransomware", "T1486", "TA0040", ""), ("leaked-account", "T1078", "TA0001", ""), ("phishing-mail", "T1566", "TA0001", ""), ("weak-password", "T1078.001", "TA0001", ""), ("port-scan", "T1046", "TA0007", ""),
        ("source-silent", "", "", "collection.source-silent"), ("vulnerability-fix", "", "", ""),
    ];

    private ResponseBench _bench = null!;

    public static IEnumerable<string> Names => ReadyPlaybooks.Names;

    [OneTimeSetUp]
    public async Task Start() => _bench = await ResponseBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public void There_are_twelve() => Assert.That(ReadyPlaybooks.Names, Is.EquivalentTo(Incidents.Select(i => i.Name)));

    [TestCaseSource(nameof(Names))]
    public void It_is_valid(string name)
    {
        var reading = PlaybookReader.Read(ReadyPlaybooks.Read(name)!);
        Assert.That(reading.Problems.Select(p => $"{p.Pointer} {p.Code} {string.Join(' ', p.Arguments.Values)}"), Is.Empty);
    }

    [TestCaseSource(nameof(Names))]
    public async Task It_starts_on_its_incident_and_comes_to_its_end(string name)
    {
        _bench.Approvals.AtOnce = ApprovalState.Approved;
        var taken = await _bench.Site.Send(new TakeReady(name));
        Assert.That(taken.Error, Is.Null, taken.Error?.ToString());
        Assert.That(taken.Value.Problems.Select(p => p.Reason), Is.Empty);
        Assert.That((await _bench.Site.Send(new PublishPlaybook(taken.Value.Id, taken.Value.Revision, "ready"))).Error, Is.Null);
        var (_, technique, tactic, title) = Incidents.Single(i => i.Name == name);
        var attacker = ResponseBench.Attacker();
        var minute = (TimeProvider.System.GetUtcNow() - IncidentsBench.Noon).TotalMinutes - 30;
        await _bench.Incidents.Raise(IncidentsBench.Alert(minute, Severity.High, attacker: attacker, victim: "203.0.113.200", host: "host-" + name, account: "user-" + name, technique: technique, tactic: tactic, title: title.Length > 0 ? title : "Rule of " + name));
        var incident = (await _bench.Incidents.About(attacker)).Single();
        if (name != "vulnerability-fix")
        {
            var replayed = (await _bench.Site.Send(new ReplayPlaybook(taken.Value.Id, 1, false))).Value;
            Assert.That(replayed.Latest.Select(r => r.Incident), Does.Contain(incident.Number), "its trigger fits its incident");
        }
        var number = (await _bench.Site.Send(new StartRun(taken.Value.Id, incident.Number, new Dictionary<string, string> { ["__cve__"] = "CVE-2026-0001", ["__asset__"] = "web-01" }))).Value.Number;
        if (name == "source-silent")
        {
            var waits = await _bench.Until(number, r => r.Steps.Any(s => s.Action == "wait" && s.State == StepState.Waiting));
            Assert.That(waits.Brief.State, Is.EqualTo(RunState.Waiting));
            return;
        }
        var run = await _bench.Over(number);
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), string.Join(", ", run.Steps.Select(s => $"{s.Name}={s.State}:{s.Code}")));
        Assert.That(run.Steps, Has.Count.GreaterThan(3));
    }
}
