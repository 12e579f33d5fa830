using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Events;
using Juming.Platform.Handlers;
using Juming.Site.Approvals;
using Juming.Site.Detection;
using Juming.Site.Incidents;
using Juming.Site.Incidents.Open;
using Juming.Site.Response;
using Juming.Site.Response.Edit;
using Juming.Site.Response.Playbooks;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Response.Runs;
using Juming.Site.Tests.Incidents;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Response;

/// <summary>How playbooks come to run: drafts, publication, looking before they start by themselves, triggers, the API.</summary>
[Category("S3.1")]
internal sealed class TriggerTests
{
    private ResponseBench _bench = null!;

    [SetUp]
    public async Task Start() => _bench = await ResponseBench.Start(settings: new() { ["Modules:Response:FirstRunsAsk"] = "1" });

    [TearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    private static string Blocking(string when = "__severity__:value >= 3", string kind = "incident-opened") => Document("block", new
    {
        block = new { type = "action", commands = Do("block-ip", new { target = "__attacker__:value" }), on_completion = "say" },
        say = new { type = "action", commands = Do("comment-incident", new { text = "blocked __attacker__:value" }) },
    }, own: new { triggers = new[] { new { on = kind, when } } });

    private async Task<IncidentDossier> Incident(Severity severity = Severity.High, string? attacker = null)
    {
        var at = attacker ?? Attacker();
        await _bench.Incidents.Raise(IncidentsBench.Alert((TimeProvider.System.GetUtcNow() - IncidentsBench.Noon).TotalMinutes - 60, severity, attacker: at, victim: "10.9.9.9", technique: "T1110", title: "Guess " + at));
        return await _bench.Incidents.Read((await _bench.Incidents.About(at)).Single().Id);
    }

    private async Task<IReadOnlyList<RunBrief>> Runs(Guid playbook) => (await _bench.Site.Send(new ListRuns { Playbook = playbook })).Value.Items;

    [Test]
    public async Task A_playbook_starts_by_itself_only_after_it_was_looked_at_and_asks_the_first_times()
    {
        var playbook = await _bench.Publish(Blocking());
        Assert.That((await _bench.Site.Send(new SwitchPlaybook(playbook, true))).Error!.Code, Is.EqualTo("response.look-first"));
        await Incident();
        // What happened before it was switched on is told before, too.
        while (await _bench.Site.Services.GetRequiredService<OutboxDispatcher>().DispatchSome(CancellationToken.None) > 0) { }
        Assert.That(await Runs(playbook), Is.Empty);
        Assert.That((await _bench.Site.Send(new ReplayPlaybook(playbook, 30, false))).Error, Is.Null);
        Assert.That((await _bench.Site.Send(new SwitchPlaybook(playbook, true))).Error, Is.Null);
        var first = await Incident();
        await Eventually(async () => (await Runs(playbook)).Count == 1 && !_bench.Approvals.Asked.IsEmpty);
        var asked = _bench.Approvals.Asked.Single();
        Assert.That((asked.Value.Request.Code, asked.Value.Request.Incident, _bench.Blocks.Entries.Count), Is.EqualTo(("response.start", (Guid?)first.Brief.Id, 0)), "nothing is done before the answer");
        await _bench.Announce(new ApprovalDecided(asked.Key, _bench.Approvals.Answer(asked.Key, ApprovalState.Approved).Key, ApprovalState.Approved, "approver", DateTimeOffset.UnixEpoch));
        await _bench.Over((await Runs(playbook)).Single().Number);
        Assert.That(_bench.Blocks.Entries.Single().Value.Wish.Automatic, Is.True);
        Assert.That((await _bench.Incidents.Read(first.Brief.Id)).Entries.Last(e => e.Code == "comment").Text, Is.EqualTo("blocked " + first.Brief.Attacker));
        await Incident();
        await Eventually(async () => (await Runs(playbook)).Count(r => r.State == RunState.Succeeded) == 2);
        Assert.That(_bench.Approvals.Asked, Has.Count.EqualTo(1), "the next one asks nobody");
    }

    [Test]
    public async Task A_condition_chooses_the_same_happening_starts_once_and_a_new_version_must_be_looked_at_again()
    {
        var playbook = await _bench.Publish(Blocking());
        await _bench.Site.Send(new RehearsePlaybook(playbook, null, false));
        Assert.That((await _bench.Site.Send(new SwitchPlaybook(playbook, true))).Error, Is.Null);
        await Incident(Severity.Medium);
        var high = await Incident();
        await Eventually(async () => (await Runs(playbook)).Count == 1);
        await _bench.Announce(new IncidentOpened(high.Brief.Id, high.Brief.Number, Severity.High, IncidentPriority.P2, high.Brief.DetectedAt));
        await Task.Delay(300);
        Assert.That((await Runs(playbook)).Select(r => r.Incident), Is.EqualTo(new[] { high.Brief.Number }));
        var view = (await _bench.Site.Send(new GetPlaybook(playbook))).Value;
        var saved = await _bench.Site.Send(new SaveDraft(playbook, view.Revision, new Secret(view.Draft.Replace("blocked ", "shut out ", StringComparison.Ordinal))));
        Assert.That((await _bench.Site.Send(new GetPlaybook(playbook))).Value.Changes.Single().Member, Is.EqualTo("commands"));
        Assert.That((await _bench.Site.Send(new PublishPlaybook(playbook, saved.Value.Revision, "words"))).Value.Version, Is.EqualTo(2));
        var after = (await _bench.Site.Send(new GetPlaybook(playbook))).Value;
        Assert.That((after.On, after.LookedAt), Is.EqualTo((false, 1)));
        Assert.That((await _bench.Site.Send(new SwitchPlaybook(playbook, true))).Error!.Code, Is.EqualTo("response.look-first"));
    }

    [Test]
    public async Task A_replay_tells_how_often_it_would_have_run_and_what_it_would_have_hit()
    {
        _bench.Blocks.ProtectedTargets.Add("198.51.100.77");
        foreach (var attacker in new[] { Attacker(), Attacker(), "198.51.100.77" }) await Incident(attacker: attacker);
        await Incident(Severity.Medium);
        var playbook = await _bench.Publish(Blocking());
        var report = (await _bench.Site.Send(new ReplayPlaybook(playbook, 7, false))).Value;
        Assert.That((report.Incidents, report.Runs, report.Addresses, string.Join(' ', report.Protected), report.Failed), Is.EqualTo((4, 3, 2, "198.51.100.77", 1)));
        Assert.That(report.Actions["block-ip"], Is.EqualTo(3));
        Assert.That((_bench.Blocks.Wanted.IsEmpty, _bench.Notices.Posted.IsEmpty), Is.EqualTo((true, true)), "nothing was done");
    }

    [Test]
    public async Task The_api_takes_checks_publishes_starts_and_gives_back()
    {
        using var analyst = await _bench.Site.SignIn(Role.Analyst);
        using var admin = await _bench.Site.SignIn(Role.SecurityAdmin);
        var document = Blocking();
        using var refused = await analyst.PostAsync("/api/response/playbooks", Json("{\"type\":\"playbook\"}"));
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("response.not-a-playbook").And.Contain("/spec_version"));
        using var check = await analyst.PostAsync("/api/response/check", Json("{\"type\":\"playbook\"}"));
        Assert.That(await check.Content.ReadAsStringAsync(), Does.Contain("/spec_version").And.Contain("missing"));
        using var made = await analyst.PostAsync("/api/response/playbooks", Json(document));
        Assert.That(made.StatusCode, Is.EqualTo(HttpStatusCode.OK), await made.Content.ReadAsStringAsync());
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        using var twice = await analyst.PostAsync("/api/response/playbooks", Json(document));
        Assert.That(twice.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await analyst.PostAsJsonAsync($"/api/response/playbooks/{id}/publish", new { revision = 1, note = "x" })).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await admin.PostAsJsonAsync($"/api/response/playbooks/{id}/publish", new { revision = 1, note = "" })).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await admin.PostAsJsonAsync($"/api/response/playbooks/{id}/publish", new { revision = 9, note = "x" })).StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await admin.PostAsJsonAsync($"/api/response/playbooks/{id}/publish", new { revision = 1, note = "x" })).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var incident = await Incident();
        var runs = new HashSet<string?>();
        for (var i = 0; i < 2; i++)
        {
            using var started = await analyst.PostAsJsonAsync($"/api/response/playbooks/{id}/start", new { incident = incident.Brief.Number, key = "once" });
            runs.Add((await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("number").GetString());
        }
        Assert.That(runs, Has.Count.EqualTo(1), "the same key starts one run");
        Assert.That((await _bench.Over(runs.Single()!)).Variables["__attacker__"], Is.EqualTo(incident.Brief.Attacker));
        Assert.That(await analyst.GetStringAsync($"/api/response/playbooks/{id}/export?version=1"), Does.Contain("cacao-2.0"));
        Assert.That((await analyst.PostAsJsonAsync($"/api/response/runs/{runs.Single()}/stop", new { })).StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        using var viewer = await _bench.Site.SignIn(Role.Viewer);
        Assert.That((await viewer.PostAsJsonAsync($"/api/response/playbooks/{id}/start", new { })).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await viewer.GetAsync("/api/response/runs/" + runs.Single())).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await viewer.GetStringAsync("/api/response/actions"), Does.Contain("block-ip"));
    }

    [Test]
    public async Task What_this_site_does_not_offer_is_not_offered_and_not_published()
    {
        await using var bare = await IncidentsBench.Start();
        var actions = (await bare.Site.Send(new Site.Response.Actions.ListActions())).Value.Select(a => a.Code).ToList();
        Assert.That(actions, Does.Contain("wait").And.Contain("comment-incident"));
        var made = await bare.Site.Send(new ImportPlaybook(new Secret(Document("a", new { a = new { type = "action", commands = Do("none-such") }, b = new { type = "action", commands = new object[] { new { type = "ssh", command = "rm -rf /" } } } }))));
        Assert.That(made.Value.Problems.Select(p => p.Code), Is.SupersetOf(new[] { "unknown-capability", "command-not-here" }));
        Assert.That((await bare.Site.Send(new PublishPlaybook(made.Value.Id, 1, "x"))).Error!.Code, Is.EqualTo("response.has-problems"));
    }

    [Test]
    public async Task Nobody_overwrites_a_draft_that_somebody_else_changed_meanwhile()
    {
        var made = (await _bench.Site.Send(new ImportPlaybook(new Secret(Blocking())))).Value;
        Assert.That((await _bench.Site.Send(new SaveDraft(made.Id, made.Revision, new Secret(Blocking())))).Error, Is.Null);
        Assert.That((await _bench.Site.Send(new SaveDraft(made.Id, made.Revision, new Secret(Blocking())))).Error!.Code, Is.EqualTo("response.changed-meanwhile"));
        Assert.That((await _bench.Site.Send(new SaveDraft(made.Id, 2, new Secret("[]")))).Error!.Code, Is.EqualTo("response.not-a-playbook"));
    }

    [Test]
    public async Task What_is_drawn_is_what_a_rehearsal_walks()
    {
        var editor = new DraftEditor(DraftEditor.Blank("Drawn", DateTimeOffset.UnixEpoch));
        var choose = editor.AddAfter(Outline.Of(editor.Document)[0].Id, "if-condition");
        editor.Step(choose)["condition"] = "__run__:value != ''";
        var wait = editor.AddFirst(new Slot(choose, "on_true"), "wait");
        editor.Step(wait)["commands"]![0]!["args"]!["minutes"] = "0.01";
        editor.SetFailure(wait, goesOn: false);
        var made = await _bench.Site.Send(new ImportPlaybook(new Secret(editor.Document.ToJsonString())));
        var walked = (await _bench.Site.Send(new RehearsePlaybook(made.Value.Id, null, true))).Value;
        Assert.That((walked.State, walked.Failure, string.Join(' ', walked.Steps.Select(s => s.Action))), Is.EqualTo((RunState.Succeeded, "", "wait")), editor.Document.ToJsonString());
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task Eventually(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 1500; i++)
        {
            if (await holds()) return;
            await Task.Delay(20);
        }
        Assert.Fail("It did not come about.");
    }
}
