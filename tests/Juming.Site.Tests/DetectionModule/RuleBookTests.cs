using System.IO.Compression;
using System.Text;
using Juming.Platform.Access;
using Juming.Site.Detection;
using Juming.Site.Detection.Alerts.Export;
using Juming.Site.Detection.Alerts.Judge;
using Juming.Site.Detection.Alerts.List;
using Juming.Site.Detection.Coverage;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Rules;
using Juming.Site.Detection.Rules.Change;
using Juming.Site.Detection.Rules.Filters;
using Juming.Site.Detection.Rules.List;
using Juming.Site.Detection.Rules.Lists;
using Juming.Site.Watching;
using Juming.Site.Watching.Entries;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.DetectionModule;

/// <summary>Rules of a site: loaded loudly, swapped as one, switched, filtered.</summary>
[Category("S2.6")]
internal sealed class RuleBookTests
{
    private const string Logsource = "logsource: {product: linux, service: sshd}";

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-test-").FullName;

    [TearDown]
    public void DropFolder() => Directory.Delete(_folder, true);

    private static string Rule(string name, string word, string extra = "") =>
        $"title: {name}\nid: {name}\nlevel: high\ntags: [attack.credential_access, attack.t1110.001]\n{extra}{Logsource}\ndetection:\n  selection:\n    message|contains: '{word}'\n  condition: selection\n";

    private static string Line(string word, string source = "203.0.113.5", int t = 0) => $"t={t} event.dataset=sshd log.syslog.appname=sshd process.name=sshd host.os.type=linux host.name=web1 source.ip={source} message={word}";

    private static string Now(string line) => line + " r=now";

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, "rules", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private Task<DetectionBench> Start(bool starter = false) =>
        DetectionBench.Start(_folder, new ListStore(), settings: new() { ["Modules:Detection:StarterPack"] = starter ? "true" : "false" });

    [Test]
    public async Task A_rule_of_the_data_folder_makes_an_alert_with_its_fields_and_its_event()
    {
        Write("ssh.yml", Rule("guess", "badpass", "entities: {victim: host.name}\n"));
        await using var bench = await Start();
        await bench.Take(Line("badpass"));
        await bench.Settle();
        var page = (await bench.Send(new ListAlerts())).Value;
        var alert = page.Items.Single().Alert;
        Assert.Multiple(() =>
        {
            Assert.That(alert.RuleId, Is.EqualTo("guess"));
            Assert.That(alert.Severity, Is.EqualTo(Severity.High));
            Assert.That(alert.Attacker, Is.EqualTo("203.0.113.5"));
            Assert.That(alert.Victim, Is.EqualTo("web1"));
            Assert.That(alert.Tactics, Is.EqualTo(new[] { "TA0006" }));
            Assert.That(alert.Techniques, Is.EqualTo(new[] { "T1110.001" }));
            Assert.That(alert.Matched, Contains.Key("message"));
            Assert.That(alert.Events, Has.Count.EqualTo(1));
        });
        Assert.That((await bench.Send(new GetAlert(alert.Id))).Value.Alert.Id, Is.EqualTo(alert.Id));
    }

    [Test]
    public async Task Counts_of_the_rules_page_add_up_to_the_documents_and_a_broken_one_says_where()
    {
        Write("good.yml", Rule("good", "x1x"));
        Write("idle.yml", Rule("idle", "x2x").Replace("{product: linux, service: sshd}", "{product: okta, service: okta}", StringComparison.Ordinal));
        Write("waits.yml", Rule("waits", "x3x").Replace("message|contains: 'x3x'", "user.name|expand: '%Admins%'", StringComparison.Ordinal));
        Write("broken.yml", "title: broken\nid: broken\n" + Logsource + "\ndetection:\n  selection:\n    a: b\n  condition: selection and and\n");
        await using var bench = await Start();
        await bench.Take(Now(Line("fine")));
        var page = (await bench.Send(new ListRules())).Value;
        Assert.That(page.Counts.Values.Sum(), Is.EqualTo(page.Documents).And.EqualTo(4));
        Assert.That(page.Counts[RuleStanding.Active], Is.EqualTo(1));
        Assert.That(page.Counts[RuleStanding.Idle], Is.EqualTo(2));
        var refused = page.Items.Single(r => r.Standing == RuleStanding.Refused);
        Assert.That(refused.File, Does.EndWith("broken.yml"));
        Assert.That(refused.Line, Is.GreaterThan(0));
        Assert.That(refused.Reason, Is.Not.Empty);
        Assert.That(page.Items.Single(r => r.Id == "waits").Code, Is.EqualTo("needs-list"));

        await bench.Send(new SetValueList("Admins", ["root", "admin"]));
        Assert.That((await bench.Send(new ListRules { Standing = RuleStanding.Active })).Value.Items.Select(r => r.Id), Is.EquivalentTo(new[] { "good", "waits" }));
    }

    [Test]
    public async Task A_switched_rule_keeps_its_mode_over_a_restart_and_an_update()
    {
        Write("a.yml", Rule("loud", "noise"));
        await using (var bench = await Start())
        {
            Assert.That((await bench.Send(new SetRuleMode("loud", RuleMode.Silent, "too loud"))).Succeeded);
            await bench.Take(Line("noise"));
            await bench.Settle();
        }
        Write("a.yml", Rule("loud", "noise").Replace("level: high", "level: critical", StringComparison.Ordinal));
        await using var again = await Start();
        await again.Take(Line("noise"));
        await again.Settle();
        Assert.That(await again.Alerts(), Is.Empty);
        var detail = (await again.Send(new GetRule("loud"))).Value;
        Assert.That((detail.Rule.Mode, detail.ModeReason, detail.Rule.Matches24h + detail.ByHour.Sum()), Is.EqualTo((RuleMode.Silent, "too loud", 0L)), "the matches lie in 2023");
        await again.Send(new SetRuleMode("loud", RuleMode.Enabled, ""));
        await again.Take(Line("noise"));
        await again.Settle();
        Assert.That(await again.Alerts(), Has.Count.EqualTo(1));
        await again.Send(new SetRuleMode("loud", RuleMode.Disabled, "off"));
        Assert.That((await again.Send(new ListRules())).Value.Items.Single().Code, Is.EqualTo("disabled"));
    }

    [Test]
    public async Task Rules_are_swapped_under_load_and_no_match_is_lost()
    {
        Write("a.yml", Rule("a", "needle"));
        await using var bench = await Start();
        using var stop = new CancellationTokenSource();
        var book = bench.Services.GetRequiredService<RuleBook>();
        var swaps = 0;
        var swapping = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Write("b.yml", Rule("b", "other" + swaps));
                await book.Reload(CancellationToken.None);
                swaps++;
            }
        });
        var taken = 0;
        // A batch is taken in microseconds and a swap in milliseconds, so from the three hundredth batch on the swaps set the pace.
        for (; taken < 300 || (Volatile.Read(ref swaps) < 3 && !swapping.IsCompleted); taken++)
        {
            await bench.Take(Line("needle", t: taken / 100), Line("fine"));
            if (taken >= 300) await Task.Delay(5);
        }
        await stop.CancelAsync();
        await swapping;
        await bench.Settle();
        Assert.That(swaps, Is.GreaterThan(1));
        Assert.That((await bench.Alerts()).Sum(a => a.Count), Is.EqualTo(taken));
    }

    [Test]
    public async Task A_changed_file_is_noticed_by_itself()
    {
        await using var bench = await Start();
        Write("late.yml", Rule("late", "x"));
        for (var i = 0; i < 100 && (await bench.Send(new ListRules())).Value.Documents == 0; i++) await Task.Delay(100);
        Assert.That((await bench.Send(new ListRules())).Value.Items.Single().Id, Is.EqualTo("late"));
    }

    [Test]
    public async Task An_upload_is_checked_whole_and_a_hostile_one_changes_nothing()
    {
        await using var bench = await Start();
        var bomb = Zip(("bomb.yml", new string('#', 40_000_000)), ("../../evil.yml", Rule("evil", "x")), ("fine.yml", Rule("fine", "x")));
        var outcome = (await bench.Send(new UploadRules("pack.zip", bomb))).Value;
        await bench.Take(Now(Line("fine")));
        Assert.That(outcome.Usable, Is.EqualTo(1));
        Assert.That(outcome.RefusedCount, Is.EqualTo(2));
        Assert.That(File.Exists(Path.Combine(_folder, "evil.yml")), Is.False);
        foreach (var name in new[] { "../x.yml", "/etc/x.yml", ".x.yml", "a b.yml", "rules.exe", "x\0.yml", "..yml/../../z.zip" })
            Assert.That((await bench.Send(new UploadRules(name, Encoding.UTF8.GetBytes(Rule("n", "x"))))).Error?.Code, Is.EqualTo("detection.bad-file-name"), name);
        foreach (var text in new[] { "", "not yaml: [", "a: &a [*a, *a]", "\0\0\0", new string('[', 100_000), "title: x\ndetection: {condition: " + new string('(', 50_000) + "}" })
        {
            var refusal = (await bench.Send(new UploadRules("bad.yml", Encoding.UTF8.GetBytes(text)))).Error;
            Assert.That(refusal, Is.Not.Null, text.Length > 60 ? text[..60] : text);
        }
        Assert.That((await bench.Send(new UploadRules("broken.zip", [1, 2, 3, 4]))).Error?.Code, Is.EqualTo("detection.nothing-usable"));
        Assert.That(Directory.GetFiles(Path.Combine(_folder, "rules", "uploaded")).Select(Path.GetFileName), Is.EqualTo(new[] { "pack.zip" }), "trials are removed");
        Assert.That((await bench.Send(new ListRules { Standing = RuleStanding.Active })).Value.Items.Single().Id, Is.EqualTo("fine"));
    }

    [Test]
    public async Task A_site_filter_lets_pass_what_it_names_and_expires_and_one_without_a_narrowing_field_is_refused()
    {
        Write("a.yml", Rule("scan", "probe"));
        await using var bench = await Start();
        await bench.Take(Line("probe", "10.9.9.9"), Line("probe", "10.9.8.8"));
        await bench.Settle();
        FilterTest[] tests = [new("source.ip", "equals", ["10.9.9.9"])];
        Assert.That((await bench.Send(new AddSiteFilter("wide", ["scan"], [], "why", null))).Error?.Code, Is.EqualTo("detection.filter-too-wide"));
        Assert.That((await bench.Send(new AddSiteFilter("wide", [], tests, "why", null))).Error?.Code, Is.EqualTo("detection.filter-too-wide"));
        Assert.That((await bench.Send(new AddSiteFilter("wide", ["scan"], [new("source.ip", "contains", ["*"])], "why", null))).Error?.Code, Is.EqualTo("detection.filter-too-wide"));
        var id = (await bench.Send(new AddSiteFilter("authorised: scanner's", ["scan"], tests, "our scanner", 30))).Value;
        await bench.Take(Line("probe", "10.9.9.9", 5000), Line("probe", "10.9.8.8", 5000));
        await bench.Settle();
        Assert.That((await bench.Alerts()).Select(a => a.Attacker).Order(), Is.EqualTo(new[] { "10.9.8.8", "10.9.8.8", "10.9.9.9" }));
        Assert.That((await bench.Send(new ListSiteFilters())).Value.Single().Owner, Is.EqualTo("command-line"));
        Assert.That((await bench.Send(new RemoveSiteFilter(id))).Succeeded);
        await bench.Take(Line("probe", "10.9.9.9", 9000));
        await bench.Settle();
        Assert.That(await bench.Alerts(), Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Pages_by_cursor_show_every_alert_once_and_filters_narrow()
    {
        Write("a.yml", Rule("scan", "probe"));
        Write("b.yml", Rule("low", "little").Replace("level: high", "level: low", StringComparison.Ordinal));
        await using var bench = await Start();
        // Many share one instant, so that the cursor must hold the identity too.
        await bench.Take([.. Enumerable.Range(0, 130).Select(i => Line(i % 10 == 0 ? "little" : "probe", $"10.0.0.{i}", i / 20))]);
        await bench.Settle();
        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = (await bench.Send(new ListAlerts { Take = 25, Cursor = cursor })).Value;
            Assert.That(page.Total, Is.EqualTo(130));
            Assert.That(page.BySeverity[Severity.Low], Is.EqualTo(13));
            seen.AddRange(page.Items.Select(i => i.Alert.Id));
            cursor = page.Cursor;
        }
        while (cursor is not null);
        Assert.That(seen, Has.Count.EqualTo(130).And.Unique);
        async Task<int> Count(ListAlerts q) => (await bench.Send(q)).Value.Total!.Value;
        Assert.That(await Count(new ListAlerts { LeastSeverity = Severity.High }), Is.EqualTo(117));
        Assert.That(await Count(new ListAlerts { Severities = [Severity.Low] }), Is.EqualTo(13));
        Assert.That(await Count(new ListAlerts { Entity = "10.0.0.7" }), Is.EqualTo(1));
        Assert.That(await Count(new ListAlerts { Entity = "nobody | 10.0.0.7|10.0.0.8" }), Is.EqualTo(2), "one of several");
        Assert.That(await Count(new ListAlerts { RuleId = "low" }), Is.EqualTo(13));
        Assert.That(await Count(new ListAlerts { Text = "SCAN" }), Is.EqualTo(117));
        Assert.That(await Count(new ListAlerts { Technique = "T1110" }), Is.EqualTo(130));
        Assert.That(await Count(new ListAlerts { Technique = "T1111" }), Is.Zero);
        Assert.That((await bench.Send(new ListAlerts { Cursor = "rubbish" })).Error?.Code, Is.EqualTo("detection.bad-cursor"));
        Assert.That((await bench.Send(new ListAlerts { Take = 0 })).Error?.Code, Is.EqualTo("request.invalid"));

        var some = seen.Take(3).ToList();
        Assert.That((await bench.Send(new JudgeAlerts(some, Verdict.FalsePositive, ""))).Error, Is.Not.Null, "a verdict wants a reason");
        Assert.That((await bench.Send(new JudgeAlerts(some, Verdict.FalsePositive, "our own scanner"))).Value, Is.EqualTo(3));
        Assert.That(await Count(new ListAlerts { IsNew = true }), Is.EqualTo(127));
        await bench.Send(new JudgeAlerts([some[0]], null, ""));
        Assert.That(await Count(new ListAlerts { IsNew = true }), Is.EqualTo(128));

        var csv = Encoding.UTF8.GetString((await bench.Send(new ExportAlerts(new ListAlerts { RuleId = "low" }, true))).Value.Content);
        Assert.That(csv.Trim().Split('\n'), Has.Length.EqualTo(14));
    }

    [Test]
    public async Task An_export_that_is_only_a_beginning_says_so_in_its_name()
    {
        Write("a.yml", Rule("scan", "probe"));
        await using var bench = await Start();
        await bench.Take(Line("probe"));
        await bench.Settle();
        Assert.That((await bench.Send(new ExportAlerts(new ListAlerts(), true))).Value.Name, Is.EqualTo("alerts"));
        await using (var scope = bench.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<DetectionDb>();
            var one = System.Text.Json.JsonSerializer.SerializeToNode(db.Alerts.AsNoTracking().First())!.AsObject();
            for (var i = 0; i < ExportAlerts.MostRows; i++)
            {
                one["Id"] = Guid.CreateVersion7();
                db.Add(System.Text.Json.JsonSerializer.Deserialize<AlertRow>(one)!);
            }
            await db.SaveChangesAsync();
        }
        var export = (await bench.Send(new ExportAlerts(new ListAlerts(), false))).Value;
        Assert.That((export.Rows, export.Name), Is.EqualTo((10_000, "alerts-first-10000-of-10001")));
    }

    [Test]
    public async Task An_export_holds_no_formula()
    {
        Write("a.yml", Rule("scan", "probe", "entities: {account: user.name}\n"));
        await using var bench = await Start();
        await bench.Take(Line("probe") + " user.name==cmd|'/c'!A0", Line("probe", "203.0.113.9") + " user.name=DomÄne\\Admin");
        await bench.Settle();
        foreach (var name in new[] { "DomÄne\\Admin", "domÄne\\ADMIN" })
            Assert.That((await bench.Send(new ListAlerts { Entity = name })).Value.Total, Is.EqualTo(1), "as in incidents, names know no case");
        var csv = Encoding.UTF8.GetString((await bench.Send(new ExportAlerts(new ListAlerts(), true))).Value.Content);
        Assert.That(csv, Does.Contain(",'=cmd"));
    }

    [Test]
    public async Task A_cell_of_the_coverage_is_fed_only_while_its_source_sends_and_a_restart_does_not_change_that()
    {
        Write("a.yml", Rule("a", "x"));
        static async Task<CoverageTechnique> Cell(DetectionBench bench) => (await bench.Send(new GetCoverage())).Value.Tactics.Single(t => t.Id == "TA0006").Techniques.Single();
        await using (var bench = await Start())
        {
            Assert.That(await Cell(bench), Is.EqualTo(new CoverageTechnique("T1110", 1, 0, 0, 0)));
            await bench.Take(Line("fine"));
            var dead = await Cell(bench);
            Assert.That((dead.Fed, dead.SilentSince?.Year), Is.EqualTo((0, (int?)2023)), "the line was received in 2023");
            await bench.Take(Now(Line("fine")));
            Assert.That(((await Cell(bench)).Fed, (await Cell(bench)).SilentSince), Is.EqualTo((1, (DateTimeOffset?)null)));
        }
        await using var again = await Start();
        Assert.That((await Cell(again)).Fed, Is.EqualTo(1));
        Assert.That((await again.Send(new ListRules())).Value.Items.Single().Standing, Is.EqualTo(RuleStanding.Active));
    }

    [Test]
    public async Task A_rule_is_active_once_its_source_is_seen_and_idle_before_and_after()
    {
        Write("a.yml", Rule("a", "x"));
        Write("win.yml", Rule("win", "x").Replace("{product: linux, service: sshd}", "{product: windows, category: process_creation}", StringComparison.Ordinal));
        await using var bench = await Start();
        async Task<string> Code(string id) => (await bench.Send(new ListRules())).Value.Items.Single(r => r.Id == id).Code;
        Assert.That((await Code("a"), await Code("win")), Is.EqualTo(("no-source-yet", "no-source-yet")));
        await bench.Take(Line("fine"));
        var silent = (await bench.Send(new ListRules())).Value.Items.Single(r => r.Id == "a");
        Assert.That((silent.Standing, silent.Code, silent.SilentSince?.Year), Is.EqualTo((RuleStanding.Idle, "source-silent", (int?)2023)));
        await bench.Take(Now(Line("fine")));
        Assert.That((await Code("a"), await Code("win")), Is.EqualTo(("", "no-source-yet")));
    }

    [Test]
    public async Task A_viewer_reads_and_changes_nothing()
    {
        await using var bench = await Start();
        var map = bench.Services.GetRequiredService<PermissionMap>();
        Actor As(Role role) => new(ActorKind.Person, "u", "u", [.. map.Of([role])], [Scope.All]);
        Assert.That((await bench.Send(new ListAlerts(), As(Role.Viewer))).Succeeded);
        Assert.That((await bench.Send(new ListAlerts(), As(Role.AuditAdmin))).Error?.Code, Is.EqualTo("access.not-permitted"));
        Assert.That((await bench.Send(new JudgeAlerts([Guid.NewGuid()], Verdict.Duplicate, "x"), As(Role.Viewer))).Error?.Code, Is.EqualTo("access.not-permitted"));
        Assert.That((await bench.Send(new ReloadRules(), As(Role.Analyst))).Error?.Code, Is.EqualTo("access.not-permitted"));
        Assert.That((await bench.Send(new ReloadRules(), As(Role.SecurityAdmin))).Succeeded);
        Assert.That((await bench.Send(new ListRules(), Actor.Nobody)).Error?.Code, Is.EqualTo("access.not-signed-in"));
    }

    [Test]
    public async Task The_starter_pack_is_in_force_without_any_setting()
    {
        await using var bench = await Start(starter: true);
        var page = (await bench.Send(new ListRules { Take = 500 })).Value;
        Assert.That(page.Items.Count(i => i.Code == "no-source-yet"), Is.GreaterThan(40), "each only waits for its source");
        Assert.That(page.Counts[RuleStanding.Refused], Is.Zero, string.Join("\n", page.Items.Where(i => i.Standing == RuleStanding.Refused).Select(i => $"{i.File}:{i.Line} {i.Reason}")));
        var detail = (await bench.Send(new GetRule("37135155-9a30-41ae-9ad7-beaf4e513dcd"))).Value;
        Assert.That(detail.Rule.Titles, Contains.Key("zh"));
        Assert.That(detail.Advice.Keys, Is.SupersetOf(new[] { "zh", "en" }));
        Assert.That(detail.MatchingSamples, Is.GreaterThan(0));
        Assert.That(detail.Yaml, Does.Contain("correlation:"));
    }

    [Test]
    public async Task A_correlation_that_a_crash_cuts_in_two_is_found_once_after_the_restart()
    {
        Write("base.yml", Rule("fail", "refused", "name: fail\n"));
        Write("force.yml", "title: force\nid: force\nlevel: high\ncorrelation:\n  generate: false\n  type: event_count\n  rules: [fail]\n  group-by: [source.ip]\n  timespan: 10m\n  condition: {gte: 6}\n");
        var store = new ListStore();
        var settings = new Dictionary<string, string?> { ["Modules:Detection:StarterPack"] = "false" };
        for (var part = 0; part < 2; part++)
        {
            var bench = await DetectionBench.Start(_folder, store, writes: false, settings: settings);
            await bench.Services.GetRequiredService<Juming.Site.Detection.Alerts.CatchUp>().Live;
            // Four of six events are committed before the crash, so their memory must be rebuilt from before the watermark.
            for (var i = 0; i < (part == 0 ? 4 : 1); i++) await bench.Take(Line("refused", t: (part * 10) + i));
            if (part == 0) await bench.Settle();
            await bench.Crash();
        }
        await using var last = await DetectionBench.Start(_folder, store, settings: settings);
        await last.Services.GetRequiredService<Juming.Site.Detection.Alerts.CatchUp>().Live;
        await last.Take(Line("refused", t: 20));
        await last.Settle();
        var alerts = await last.Alerts();
        Assert.That(alerts.Select(a => (a.RuleId, a.Count)), Is.EqualTo(new[] { ("force", 1L) }));
        var alert = alerts[0];
        Assert.That((alert.RuleId, alert.Count, alert.Attacker), Is.EqualTo(("force", 1L, "203.0.113.5")));
        Assert.That(alert.Matched, Does.Contain("correlation.figure"));
        await last.DisposeAsync();
        await using var again = await DetectionBench.Start(_folder, store, settings: settings);
        await again.Services.GetRequiredService<Juming.Site.Detection.Alerts.CatchUp>().Live;
        await again.Settle();
        Assert.That((await again.Alerts()).Single().Count, Is.EqualTo(1), "rebuilding what a correlation remembers alerts no more");
    }

    [Test]
    public async Task Upkeep_removes_what_is_too_old_and_nothing_else()
    {
        Write("a.yml", Rule("scan", "probe"));
        await using var bench = await Start();
        await bench.Take(Line("probe", "10.0.0.1"), Line("probe", "10.0.0.2"));
        await bench.Settle();
        Assert.That((await bench.Alerts()).Select(a => a.LastAt.Year), Has.All.EqualTo(2023), "an alert that was made today is kept, be its events from years ago");
        await bench.Read(async db =>
        {
            db.Alerts.Single(a => a.Attacker == "10.0.0.1").DetectedAt = TimeProvider.System.GetUtcNow().AddDays(-181);
            return await db.SaveChangesAsync();
        });
        for (var round = 0; round < 2; round++)
        {
            await using var scope = bench.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Juming.Site.Detection.Alerts.DetectionUpkeep>().Run(CancellationToken.None);
            Assert.That((await bench.Alerts()).Select(a => a.Attacker), Is.EqualTo(new[] { "10.0.0.2" }));
        }
    }

    [Test]
    public async Task A_rule_that_names_the_watch_list_follows_it_without_a_restart()
    {
        Write("w.yml", $"title: w\nid: w\nlevel: high\n{Logsource}\ndetection:\n  address:\n    source.ip|cidr|expand: '%watched_addresses%'\n  account:\n    user.name|expand: '%Watched_Accounts%'\n  condition: address or account\n");
        Write("plain.yml", Rule("plain", "x1x"));
        await using var bench = await DetectionBench.Start(_folder, new ListStore(), settings: new() { ["Modules:Detection:StarterPack"] = "false" }, beside: new Juming.Site.Watching.WatchingModule());
        var book = bench.Services.GetRequiredService<RuleBook>();
        await bench.Take(Now(Line("fine")));
        Assert.That((await bench.Send(new ListRules())).Value.Items.Single(r => r.Id == "w").Code, Is.EqualTo("needs-list"));
        Assert.That((await bench.Send(new SetValueList("watched_addresses", ["1.2.3.4"]))).Error!.Code, Is.EqualTo("detection.list-is-watched"));

        await bench.Send(new WatchValue(WatchKind.Account, "mallory", "test"));
        var network = (await bench.Send(new WatchValue(WatchKind.Address, "203.0.113.0/28", "test"))).Value;
        await Matches(bench, "203.0.113.9", 1);
        Assert.That(await Of(bench, "203.0.113.99"), Is.Zero);
        var before = book.LoadedAt;
        await bench.Send(new WatchValue(WatchKind.Host, "evil.example", "test", TimeProvider.System.GetUtcNow().AddSeconds(3)));
        await bench.Send(new WatchValue(WatchKind.Address, "198.51.100.1", "test"));
        await Matches(bench, "198.51.100.1", 1);
        Assert.That(book.LoadedAt, Is.GreaterThan(before));
        await bench.Send(new EndWatches { Id = network });
        await Matches(bench, "203.0.113.10", 0);
    }

    /// <summary>Feeds a line of an address until it has made so many alerts; a new watch takes a moment to reach the rules.</summary>
    private static async Task Matches(DetectionBench bench, string source, int alerts)
    {
        var found = -1;
        for (var i = 0; i < 60 && found != alerts; i++)
        {
            await Task.Delay(100);
            found = await Of(bench, alerts == 0 ? source + i : source);
        }
        Assert.That(found, Is.EqualTo(alerts), source);
    }

    private static async Task<int> Of(DetectionBench bench, string source)
    {
        await bench.Take(Now(Line("fine", source)));
        await bench.Settle();
        return (await bench.Alerts()).Count(a => a.Attacker == source);
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, true))
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name, CompressionLevel.Optimal).Open());
                writer.Write(text);
            }
        return bytes.ToArray();
    }
}
