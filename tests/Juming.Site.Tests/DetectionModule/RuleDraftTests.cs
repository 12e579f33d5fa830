using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Collection;
using Juming.Site.Detection;
using Juming.Site.Detection.Rules.Change;
using Juming.Site.Detection.Rules.Draft;
using Juming.Site.Detection.Rules.List;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.DetectionModule;

/// <summary>A search becomes a rule that finds the same, is tried on what is stored, and alerts on what comes after.</summary>
[Category("S2.6")]
internal sealed class RuleDraftTests
{
    private static readonly object[] Events =
    [
        new Dictionary<string, object> { ["source.ip"] = "10.20.1.5", ["destination.port"] = 22, ["user.name"] = "root", ["event.action"] = "login", ["message"] = "Failed password for root" },
        new Dictionary<string, object> { ["source.ip"] = "10.20.1.6", ["destination.port"] = 443, ["user.name"] = "ALICE", ["event.action"] = "login", ["message"] = "Accepted password" },
        new Dictionary<string, object> { ["source.ip"] = "10.20.9.7", ["destination.port"] = 8443, ["user.name"] = "al*ce", ["event.action"] = "a: 'b' # \"c\"", ["message"] = "odd one" },
        new Dictionary<string, object> { ["source.ip"] = "192.0.2.8", ["destination.port"] = 3389, ["process.executable"] = @"C:\Windows\System32\cmd.exe", ["message"] = "started cmd" },
        new Dictionary<string, object> { ["source.ip"] = "2001:db8::8", ["user.name"] = "用户甲", ["message"] = "登录失败" },
    ];

    private RunningTier _site = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _site = await RunningTier.Start("site", services: s => s.AddSingleton(new CollectionSettings { Udp = [], Tcp = [] }));
        await Send(Events);
    }

    [OneTimeTearDown]
    public Task Stop() => _site.DisposeAsync().AsTask();

    [TestCase("user.name:root", 1)]
    [TestCase("user.name:alice", 1)]
    [TestCase("user.name:al*", 2)]
    [TestCase("user.name:\"al*ce\"", 1)]
    [TestCase("source.ip:10.20.0.0/16 and not user.name:root", 2)]
    [TestCase("source.ip:10.20.1.0/24 or source.ip:192.0.2.0/24", 3)]
    [TestCase("source.ip:2001:db8::/32", 1)]
    [TestCase("destination.port:[400 TO 9000] and not destination.port>8000", 2)]
    [TestCase("destination.port<=443 and user.name:*", 2)]
    [TestCase("(user.name:root or user.name:alice) and event.action:login", 2)]
    [TestCase("user.name:root or (user.name:alice and destination.port:443) or \"odd one\"", 3)]
    [TestCase("not (user.name:* or destination.port:3389)", 0)]
    [TestCase("event.action:\"a: 'b' # \\\"c\\\"\"", 1)]
    [TestCase("process.executable:\"C:\\Windows\\System32\\cmd.exe\"", 1)]
    [TestCase("process.executable:*\\cmd.exe", 1)]
    [TestCase("user.name:用户甲 or 登录失败", 1)]
    [TestCase("\"Failed password\" root", 1)]
    [TestCase("message:\"Failed password\"", 1)]
    [TestCase("event.dataset:json and password", 2)]
    public async Task A_search_as_a_rule_finds_what_the_search_found(string query, int expected)
    {
        using var reader = await _site.WithToken("events.read");
        var found = JsonDocument.Parse(await reader.GetStringAsync("/api/events/search?limit=100&query=" + Uri.EscapeDataString(query))).RootElement.GetProperty("events").GetArrayLength();
        var draft = (await _site.Send(new DraftRule(query))).Value;
        var verdict = (await _site.Send(new CheckRule(draft.FileName, draft.Yaml))).Value;
        Assert.That(verdict.Problems, Is.Empty, draft.Yaml);
        Assert.That(verdict.Usable, Is.EqualTo(1));
        var trial = (await _site.Send(new TryRule(draft.FileName, draft.Yaml))).Value;
        Assert.That((found, trial.Matched), Is.EqualTo((expected, (long)expected)), draft.Yaml);
        Assert.That(trial.First, Has.Count.EqualTo(Math.Min(3, expected)));
    }

    [TestCase("", null)]
    [TestCase("*", "detection.search-fits-all")]
    [TestCase("user.name:root or *", "detection.search-fits-all")]
    [TestCase("jm.unparsed:true", "detection.search-field")]
    [TestCase("jm.source_id:3 and user.name:root", "detection.search-field")]
    [TestCase("\"a|re\":x", "detection.search-field")]
    [TestCase("user.name:#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "detection.search-by-digest")]
    [TestCase("destination.port>1e300", "detection.search-number")]
    [TestCase("user.name:", "events.bad-query")]
    public async Task What_sigma_can_not_say_is_refused_with_the_reason(string query, string? code)
    {
        var drafted = await _site.Send(new DraftRule(query.Length == 0 ? null : query));
        Assert.That(drafted.Error?.Code, Is.EqualTo(code));
        if (code is null) Assert.That((await _site.Send(new CheckRule(drafted.Value.FileName, drafted.Value.Yaml))).Value.Problems, Is.Empty);
    }

    [Test]
    public async Task Hostile_values_stay_values()
    {
        const string nasty = "x'\ncondition: 1 of them\n\u2028\u202e: - [a] {b} \0 \ud83d\ude00 &a *b !!python";
        var draft = (await _site.Send(new DraftRule(Juming.Site.Events.Query.QueryText.Is("user.name", nasty)))).Value;
        Assert.That((await _site.Send(new CheckRule(draft.FileName, draft.Yaml))).Value.Problems, Is.Empty, draft.Yaml);
        Assert.That((await _site.Send(new TryRule(draft.FileName, draft.Yaml))).Value.Matched, Is.Zero);
    }

    [Test]
    public async Task A_saved_rule_alerts_on_what_comes_and_is_changed_again_and_a_broken_one_is_not_saved()
    {
        var draft = (await _site.Send(new DraftRule("user.name:mallory-the-first"))).Value;
        Assert.That((await _site.Send(new SaveRule(draft.FileName, draft.Yaml, true))).Value.Usable, Is.EqualTo(1));
        Assert.That((await _site.Send(new SaveRule(draft.FileName, draft.Yaml, true))).Error?.Code, Is.EqualTo("detection.upload-exists"));
        await Send(new Dictionary<string, object> { ["user.name"] = "mallory-the-first", ["source.ip"] = "203.0.113.77" });
        var alerts = 0;
        for (var i = 0; i < 100 && alerts == 0; i++)
        {
            alerts = (await _site.Send(new Juming.Site.Detection.Alerts.List.ListAlerts { Entity = "mallory-the-first" })).Value.Total ?? 0;
            await Task.Delay(50);
        }
        Assert.That(alerts, Is.EqualTo(1));

        var text = (await _site.Send(new ReadRuleFile(draft.FileName))).Value.Yaml;
        var broken = text.Replace("condition: selection_1", "condition: selection_2", StringComparison.Ordinal);
        var verdict = (await _site.Send(new CheckRule(draft.FileName, broken))).Value;
        var line = broken.Split('\n').ToList().FindIndex(l => l.Contains("condition:", StringComparison.Ordinal)) + 1;
        Assert.That(verdict.Problems.Select(p => p.Line), Is.EqualTo(new[] { line }), verdict.Problems.FirstOrDefault()?.Reason);
        Assert.That((await _site.Send(new SaveRule(draft.FileName, broken, false))).Error?.Code, Is.EqualTo("detection.rule-refused"));
        Assert.That((await _site.Send(new ReadRuleFile(draft.FileName))).Value.Yaml, Is.EqualTo(text), "what was there stays");
        Assert.That((await _site.Send(new SaveRule(draft.FileName, text + "---\n" + broken, false))).Error?.Code, Is.EqualTo("detection.rule-refused"), "nothing of it");
        Assert.That((await _site.Send(new SaveRule(draft.FileName, text.Replace("level: medium", "level: high", StringComparison.Ordinal), false))).Succeeded, Is.True);
        Assert.That((await _site.Send(new ListUploads())).Value.Count(f => f.Name == draft.FileName), Is.EqualTo(1));
        Assert.That((await _site.Send(new ListRules { Text = "mallory-the-first" })).Value.Items.Single().Level, Is.EqualTo(Severity.High));
        var elsewhere = await _site.Send(new CheckRule("another.yml", text));
        Assert.That(elsewhere.Value.Problems.Single().Reason, Does.Contain(draft.FileName), "the id is taken");
    }

    [TestCase("../evil.yml")]
    [TestCase("a.zip")]
    [TestCase("a.txt")]
    [TestCase(".hidden.yml")]
    public async Task A_name_that_leads_elsewhere_is_refused(string name)
    {
        var yaml = (await _site.Send(new DraftRule("user.name:x"))).Value.Yaml;
        Assert.That((await _site.Send(new SaveRule(name, yaml, true))).Error?.Code, Is.EqualTo("detection.bad-file-name"));
        Assert.That((await _site.Send(new ReadRuleFile(name))).Error?.Code, Is.EqualTo("detection.no-such-upload"));
    }

    [Test]
    public async Task Who_may_not_change_rules_gets_no_draft_and_a_trial_is_a_look_at_events()
    {
        var analyst = new Actor(ActorKind.Person, Guid.NewGuid().ToString(), "a", System.Collections.Frozen.FrozenSet.ToFrozenSet(["detection.read", "events.read"]), [Scope.All]);
        Assert.That((await _site.Send(new DraftRule("user.name:x"), analyst)).Error?.Code, Is.EqualTo("access.not-permitted"));
        Assert.That((await _site.Send(new SaveRule("a.yml", "x", true), analyst)).Error?.Code, Is.EqualTo("access.not-permitted"));
        var writer = analyst with { Permissions = System.Collections.Frozen.FrozenSet.ToFrozenSet(["detection.write"]) };
        Assert.That((await _site.Send(new TryRule("a.yml", "x"), writer)).Error?.Code, Is.EqualTo("access.not-permitted"));
    }

    private async Task Send(params object[] events)
    {
        using var sender = await _site.WithToken("collection.send");
        using var sent = await sender.PostAsync("/api/collection/events", new StringContent(string.Join('\n', events.Select(e => JsonSerializer.Serialize(e))), Encoding.UTF8, "application/x-ndjson"));
        sent.EnsureSuccessStatusCode();
    }
}
