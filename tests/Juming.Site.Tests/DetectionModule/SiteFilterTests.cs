using System.Text;
using System.Text.Json;
using Juming.Site.Detection.Alerts.List;
using Juming.Site.Detection.Rules.Change;
using Juming.Site.Detection.Rules.Filters;
using Juming.Site.Detection.Rules.List;
using NUnit.Framework;

namespace Juming.Site.Tests.DetectionModule;

/// <summary>A filter that an alert offers is one that filters; uploads can be taken back; keywords are shown.</summary>
[Category("S2.6")]
internal sealed class SiteFilterTests
{
    private const string Fail = """
        title: Failed
        id: fail
        name: fail
        logsource: {category: webserver}
        detection: {s: {act: fail}, condition: s}
        """;

    private const string Force = """

        ---
        title: Force
        id: force
        level: high
        correlation:
          type: event_count
          rules: [fail]
          group-by: [source.ip, who]
          timespan: 10m
          condition: {gte: 3}
          aliases: {who: {fail: user.name}}
        """;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-test-").FullName;

    [TearDown]
    public void DropFolder() => Directory.Delete(_folder, true);

    private async Task<DetectionBench> Start(string rules, Dictionary<string, string?>? settings = null)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "rules"));
        if (rules.Length > 0) await File.WriteAllTextAsync(Path.Combine(_folder, "rules", "a.yml"), rules);
        return await DetectionBench.Start(_folder, new ListStore(), settings: new(settings ?? []) { ["Modules:Detection:StarterPack"] = "false" });
    }

    private static async Task Fails(DetectionBench bench, int t, string source = "10.9.9.9")
    {
        for (var i = 0; i < 3; i++) await bench.Take($"t={t + i} event.category=web act=fail source.ip={source} user.name=root message=x");
        await bench.Settle();
    }

    private static async Task<AlertItem> Newest(DetectionBench bench) =>
        (await bench.Send(new GetAlert((await bench.Send(new ListAlerts())).Value.Items[0].Alert.Id))).Value;

    [Test]
    public async Task A_filter_from_a_correlations_alert_holds_the_next_one_back()
    {
        await using var bench = await Start(Fail + Force);
        await Fails(bench, 0);
        var alert = await Newest(bench);
        Assert.That(alert.Alert.RuleId, Is.EqualTo("force"));
        Assert.That(alert.Narrowing, Contains.Key("source.ip").And.ContainKey("user.name").And.Not.ContainKey("who").And.Not.ContainKey("correlation.figure"), "only what events bear");
        FilterTest[] alias = [new("who", "equals", ["root"])];
        Assert.That((await bench.Send(new AddSiteFilter("f", ["force"], alias, "why", null))).Error?.Code, Is.EqualTo("detection.filter-field"));
        Assert.That((await bench.Send(new AddSiteFilter("f", ["nosuch"], [new("source.ip", "equals", ["1.1.1.1"])], "why", null))).Error?.Code, Is.EqualTo("detection.no-such-rule"));
        foreach (var (field, value) in alert.Narrowing)
        {
            var preview = (await bench.Send(new PreviewSiteFilter(["force"], [new FilterTest(field, "equals", [value])], 90))).Value;
            Assert.That(preview.Unsure, Is.Zero, field);
        }
        Assert.That((await bench.Send(new AddSiteFilter("f", ["force"], [new("source.ip", "equals", ["10.9.9.9"])], "our scanner", null))).Succeeded);
        await Fails(bench, 5000);
        await Fails(bench, 5000, "10.9.8.8");
        Assert.That((await bench.Alerts()).Select(a => a.Attacker), Is.EqualTo(new[] { "10.9.9.9", "10.9.8.8" }));
    }

    [Test]
    public async Task A_party_is_offered_under_the_field_it_was_read_from_and_the_filter_works()
    {
        await using var bench = await Start(Fail);
        const string line = "event.category=web act=fail jm.attacker.ip=203.0.113.5 source.ip=10.0.0.1 winlog.computer_name=WS1 message=x";
        await bench.Take("t=0 " + line);
        await bench.Settle();
        var alert = await Newest(bench);
        Assert.That(alert.Alert.Attacker, Is.EqualTo("203.0.113.5"));
        Assert.That(alert.Narrowing["jm.attacker.ip"], Is.EqualTo("203.0.113.5"));
        Assert.That(alert.Narrowing["winlog.computer_name"], Is.EqualTo("WS1"));
        Assert.That(alert.Narrowing.GetValueOrDefault("source.ip"), Is.Not.EqualTo("203.0.113.5"));
        await bench.Send(new AddSiteFilter("f", ["fail"], [new("jm.attacker.ip", "equals", ["203.0.113.5"])], "why", null));
        await bench.Take("t=5000 " + line, "t=5001 " + line.Replace("203.0.113.5", "203.0.113.6"));
        await bench.Settle();
        Assert.That((await bench.Alerts()).Select(a => a.Attacker), Is.EqualTo(new[] { "203.0.113.5", "203.0.113.6" }));
    }

    [Test]
    public async Task A_keyword_stands_with_its_surroundings_in_the_alert()
    {
        await using var bench = await Start("title: t\nid: kw\nlogsource: {category: webserver}\ndetection:\n  keywords: ['xp_cmdshell']\n  condition: keywords\n");
        await bench.Take("t=0 event.category=web a=" + new string('越', 300) + " q=;EXEC_XP_CMDSHELL_'whoami' b=" + new string('界', 500));
        await bench.Settle();
        var matched = JsonSerializer.Deserialize<Dictionary<string, string>>((await bench.Alerts()).Single().Matched)!;
        Assert.That(matched["matched.keyword"], Is.EqualTo("xp_cmdshell"));
        Assert.That(matched["matched.excerpt"], Does.Contain("XP_CMDSHELL_'whoami'").And.Not.Contain("\uFFFD"));
        Assert.That(matched["matched.excerpt"], Has.Length.LessThan(400));
        Assert.That((await Newest(bench)).Narrowing, Does.Not.ContainKey("matched.keyword"));
    }

    [Test]
    public async Task An_upload_can_be_removed_and_brought_back_and_names_lead_nowhere_else()
    {
        await using var bench = await Start("");
        await bench.Send(new UploadRules("pack.yml", Encoding.UTF8.GetBytes(Fail)));
        async Task<int> Documents() => (await bench.Send(new ListRules())).Value.Documents;
        Assert.That((await bench.Send(new ListUploads())).Value.Single().Name, Is.EqualTo("pack.yml"));
        foreach (var name in new[] { "../a.yml", "..", "/etc/passwd.yml", "nosuch.yml", "" })
        {
            Assert.That((await bench.Send(new RemoveUpload(name))).Error, Is.Not.Null, name);
            Assert.That((await bench.Send(new RestoreUpload(name))).Error, Is.Not.Null, name);
        }
        Assert.That((await bench.Send(new RemoveUpload("pack.yml"))).Succeeded);
        Assert.That((await Documents(), (await bench.Send(new ListUploads())).Value.Count), Is.EqualTo((0, 0)));
        Assert.That((await bench.Send(new RestoreUpload("pack.yml"))).Succeeded);
        Assert.That(await Documents(), Is.EqualTo(1));
        await bench.Send(new RemoveUpload("pack.yml"));
        await bench.Send(new UploadRules("pack.yml", Encoding.UTF8.GetBytes(Fail.Replace("id: fail", "id: other"))));
        Assert.That((await bench.Send(new RestoreUpload("pack.yml"))).Error?.Code, Is.EqualTo("detection.upload-exists"), "a newer file is not overwritten");
    }

    [Test]
    public async Task A_single_file_among_the_rule_paths_is_watched_also_when_another_is_renamed_over_it()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_folder, "outside")).FullName;
        var file = Path.Combine(outside, "one.yml");
        await File.WriteAllTextAsync(file, Fail);
        await using var bench = await Start("", new() { ["Modules:Detection:RulePaths:0"] = file });
        async Task<string> Title() => (await bench.Send(new ListRules())).Value.Items.Single().Title;
        Assert.That(await Title(), Is.EqualTo("Failed"));
        await File.WriteAllTextAsync(Path.Combine(outside, "new.tmp"), Fail.Replace("title: Failed", "title: Changed"));
        File.Move(Path.Combine(outside, "new.tmp"), file, overwrite: true);
        for (var i = 0; i < 100 && await Title() != "Changed"; i++) await Task.Delay(100);
        Assert.That(await Title(), Is.EqualTo("Changed"));
    }
}
