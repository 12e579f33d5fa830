using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Detection;
using Juming.Site.Incidents;
using Juming.Site.Incidents.Change;
using Juming.Site.Incidents.Evidence;
using Juming.Site.Incidents.Figures;
using Juming.Site.Incidents.Move;
using Juming.Site.Incidents.Open;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Incidents;

/// <summary>People work on incidents: through the API and through what pages send.</summary>
[Category("S2.6")]
internal sealed class WorkTests
{
    private IncidentsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await IncidentsBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task The_api_lists_reads_and_changes_with_versions()
    {
        var incident = (await _bench.One()).Brief;
        using var client = await _bench.Site.SignIn(Role.Analyst);
        var list = await client.GetFromJsonAsync<JsonElement>("/api/incidents?view=all&limit=200&entity=" + incident.Attacker);
        Assert.That(list.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("number").GetString()), Does.Contain(incident.Number));
        using var one = await client.GetAsync("/api/incidents/" + incident.Number);
        Assert.That(one.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/incidents/" + incident.Id);
        again.Headers.TryAddWithoutValidation("If-None-Match", one.Headers.ETag!.ToString());
        Assert.That((await client.SendAsync(again)).StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        using var taken = await client.PatchAsJsonAsync($"/api/incidents/{incident.Id}", new { version = 1, assignee = "me", state = "Acknowledged" });
        Assert.That(taken.StatusCode, Is.EqualTo(HttpStatusCode.OK), await taken.Content.ReadAsStringAsync());
        using var stale = await client.PatchAsJsonAsync($"/api/incidents/{incident.Id}", new { version = 1, assignee = "" });
        Assert.That(stale.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await stale.Content.ReadAsStringAsync(), Does.Contain("incidents.changed-meanwhile").And.Contain("Acknowledged"));
        using var match = new HttpRequestMessage(HttpMethod.Patch, "/api/incidents/" + incident.Id) { Content = JsonContent.Create(new { assignee = "" }) };
        match.Headers.TryAddWithoutValidation("If-Match", one.Headers.ETag.ToString());
        Assert.That((await client.SendAsync(match)).StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await client.GetAsync("/api/incidents/INC-1999-0001")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await client.GetAsync("/api/incidents/" + Uri.EscapeDataString("' or 1=1 --"))).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await client.GetAsync("/api/incidents?sort=drop")).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_viewer_reads_but_does_not_change_and_a_stranger_does_neither()
    {
        var incident = (await _bench.One()).Brief;
        using var viewer = await _bench.Site.SignIn(Role.Viewer);
        Assert.That((await viewer.GetAsync("/api/incidents/" + incident.Id)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await viewer.PatchAsJsonAsync("/api/incidents/" + incident.Id, new { assignee = "me" })).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        using var stranger = _bench.Site.Client();
        Assert.That((await stranger.GetAsync("/api/incidents")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_verdict_with_a_reason_is_needed_before_an_incident_is_closed()
    {
        var id = (await _bench.One()).Brief.Id;
        Assert.That(await Refusal(new ChangeIncident { Id = id, State = IncidentState.Closed }), Is.EqualTo("incidents.verdict-needed"));
        Assert.That(await Refusal(new ChangeIncident { Id = id, State = IncidentState.Closed, Verdict = Verdict.FalsePositive, Reason = "  " }), Is.EqualTo("incidents.reason-needed"));
        Assert.That(await Refusal(new ChangeIncident { Id = id, State = IncidentState.Closed, Verdict = Verdict.FalsePositive, Reason = "a scanner of ours" }), Is.Null);
        Assert.That(await Refusal(new ChangeIncident { Id = id, Assignee = "somebody" }), Is.EqualTo("incidents.closed"));
        Assert.That(await Refusal(new ChangeIncident { Id = id, State = IncidentState.Acknowledged }), Is.EqualTo("incidents.reopen-needs-reason"));
        Assert.That(await Refusal(new ChangeIncident { Id = id, State = IncidentState.Acknowledged, Reason = "it came back" }), Is.Null);
        var dossier = await _bench.Read(id);
        Assert.That((dossier.Verdict, dossier.Clocks.Closed, dossier.Brief.State), Is.EqualTo(((Verdict?)null, (DateTimeOffset?)null, IncidentState.Acknowledged)));
    }

    [Test]
    public async Task Each_step_sets_its_clock_once_and_going_back_stops_those_that_are_not_reached()
    {
        var id = (await _bench.One()).Brief.Id;
        await Change(new ChangeIncident { Id = id, Assignee = "me" });
        var first = (await _bench.Read(id)).Clocks;
        Assert.That(first.Acknowledged, Is.Not.Null, "taking it is acknowledging it");
        Assert.That((await _bench.Read(id)).Brief.State, Is.EqualTo(IncidentState.Acknowledged));
        await Change(new ChangeIncident { Id = id, Verdict = Verdict.TruePositive, Reason = "seen in the logs" });
        await Change(new ChangeIncident { Id = id, State = IncidentState.Contained });
        await Change(new ChangeIncident { Id = id, State = IncidentState.Resolved });
        var done = (await _bench.Read(id)).Clocks;
        Assert.Multiple(() =>
        {
            Assert.That(done.Acknowledged, Is.EqualTo(first.Acknowledged));
            Assert.That(new[] { done.Judged, done.Contained, done.Resolved }, Has.None.Null);
            Assert.That(done.Detected, Is.LessThan(done.Acknowledged!.Value));
            Assert.That(done.Closed, Is.Null);
        });
        await Change(new ChangeIncident { Id = id, State = IncidentState.Judged });
        var back = await _bench.Read(id);
        Assert.That((back.Clocks.Contained, back.Clocks.Resolved, back.Verdict), Is.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)null, (Verdict?)Verdict.TruePositive)));
    }

    [Test]
    public void Response_times_are_mean_median_and_ninth_decile_of_those_that_have_both_clocks()
    {
        var times = Statistic.Of("mtta", [TimeSpan.FromMinutes(10), null, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(-5)]);
        Assert.That((times.N, times.Mean, times.Median, times.P90), Is.EqualTo((4, (TimeSpan?)TimeSpan.FromMinutes(22.5), (TimeSpan?)TimeSpan.FromMinutes(15), (TimeSpan?)TimeSpan.FromMinutes(60))));
        Assert.That(Statistic.Of("mttr", [null]).Mean, Is.Null);
    }

    [Test]
    public async Task A_merge_moves_all_and_its_undoing_brings_them_back()
    {
        var (into, from) = (await _bench.One(2), await _bench.One(3));
        await Change(new ChangeIncident { Id = from.Brief.Id, Assignee = "me" });
        var moves = (await _bench.Site.Send(new MergeIncidents(into.Brief.Id, [from.Brief.Id]))).Value;
        Assert.That((await _bench.Read(into.Brief.Id)).Alerts, Has.Count.EqualTo(5));
        var gone = await _bench.Read(from.Brief.Id);
        Assert.That((gone.Brief.State, gone.MergedInto), Is.EqualTo((IncidentState.Merged, into.Brief.Number)));
        Assert.That(await Refusal(new ChangeIncident { Id = from.Brief.Id, Assignee = "x" }), Is.EqualTo("incidents.already-merged"));
        await _bench.Raise(IncidentsBench.Alert(9, attacker: from.Brief.Attacker, victim: from.Brief.Target));
        Assert.That((await _bench.Read(into.Brief.Id)).Alerts, Has.Count.EqualTo(6), "what comes later goes where the others went");
        Assert.That((await _bench.Site.Send(new UndoMove(moves.Single()))).Error, Is.Null);
        var back = await _bench.Read(from.Brief.Id);
        Assert.Multiple(async () =>
        {
            Assert.That((back.Brief.State, back.Alerts.Count, back.MergedInto, back.Brief.Attacker), Is.EqualTo((IncidentState.Acknowledged, 3, (string?)null, from.Brief.Attacker)));
            Assert.That((await _bench.Read(into.Brief.Id)).Alerts, Has.Count.EqualTo(3));
            Assert.That((await _bench.Site.Send(new UndoMove(moves.Single()))).Error!.Code, Is.EqualTo("incidents.already-undone"));
            Assert.That((await _bench.Site.Send(new MergeIncidents(into.Brief.Id, [into.Brief.Id]))).Error!.Code, Is.EqualTo("incidents.merge-with-itself"));
        });
    }

    [Test]
    public async Task A_split_makes_an_incident_of_its_own_and_its_undoing_leaves_none_behind()
    {
        var whole = await _bench.One(4);
        Assert.That((await _bench.Site.Send(new SplitIncident(whole.Brief.Id, [.. whole.Alerts.Select(a => a.Id)]))).Error!.Code, Is.EqualTo("incidents.split-leaves-nothing"));
        Assert.That((await _bench.Site.Send(new SplitIncident(whole.Brief.Id, [Guid.NewGuid()]))).Error!.Code, Is.EqualTo("incidents.nothing-to-move"));
        var split = (await _bench.Site.Send(new SplitIncident(whole.Brief.Id, [whole.Alerts[0].Id, whole.Alerts[3].Id]))).Value;
        var part = await _bench.Read(split.Incident);
        Assert.That((part.Alerts.Count, part.Brief.Attacker, (await _bench.Read(whole.Brief.Id)).Alerts.Count), Is.EqualTo((2, whole.Brief.Attacker, 2)));
        Assert.That((await _bench.Site.Send(new UndoMove(split.Move))).Error, Is.Null);
        Assert.That((await _bench.Read(whole.Brief.Id)).Alerts, Has.Count.EqualTo(4));
        Assert.That((await _bench.Read(split.Incident)).Brief.State, Is.EqualTo(IncidentState.Merged));
    }

    [Test]
    public async Task What_was_moved_on_since_is_not_torn_back()
    {
        var (a, b, c) = (await _bench.One(), await _bench.One(), await _bench.One());
        var first = (await _bench.Site.Send(new MergeIncidents(b.Brief.Id, [a.Brief.Id]))).Value.Single();
        var second = (await _bench.Site.Send(new MergeIncidents(c.Brief.Id, [b.Brief.Id]))).Value.Single();
        Assert.That((await _bench.Site.Send(new UndoMove(first))).Error!.Code, Is.EqualTo("incidents.moved-on"));
        Assert.That((await _bench.Site.Send(new UndoMove(second))).Error, Is.Null);
        Assert.That((await _bench.Site.Send(new UndoMove(first))).Error, Is.Null);
        Assert.That((await _bench.Read(a.Brief.Id)).Alerts, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Hostile_comments_and_titles_are_kept_as_text_or_refused()
    {
        var id = (await _bench.One()).Brief.Id;
        const string evil = "<img src=x onerror=alert(1)> {by} \u202e\u0000 end";
        Assert.That((await _bench.Site.Send(new CommentIncident(id, evil))).Error, Is.Null);
        Assert.That((await _bench.Read(id)).Entries.Single(e => e.Code == "comment").Text, Is.EqualTo(evil.Trim()));
        Assert.That((await _bench.Site.Send(new CommentIncident(id, new string('x', CommentIncident.MostText + 1)))).Error, Is.Not.Null);
        Assert.That((await _bench.Site.Send(new CommentIncident(id, " \n "))).Error, Is.Not.Null);
        Assert.That(await Refusal(new ChangeIncident { Id = id, Title = "two\nlines" }), Is.Not.Null);
        Assert.That(await Refusal(new ChangeIncident { Id = id, Title = new string('x', 301) }), Is.Not.Null);
        await Change(new ChangeIncident { Id = id, Title = "<b>{attacker}</b>" });
        Assert.That(IncidentsTexts.Title((await _bench.Read(id)).Brief.Title), Is.EqualTo("<b>{attacker}</b>"));
    }

    [Test]
    public async Task Evidence_is_kept_with_its_hash_and_too_much_is_refused()
    {
        var id = (await _bench.One()).Brief.Id;
        var content = new byte[] { 1, 2, 3 };
        var kept = await _bench.Site.Send(new KeepEvidence(id, EvidenceKind.File) { Name = "..\\..\\etc/passwd.html", Content = content, Note = "what it shows" });
        Assert.That(kept.Error, Is.Null);
        var piece = (await _bench.Read(id)).Evidence.Single();
        Assert.That((piece.Name, piece.Hash), Is.EqualTo(("passwd.html", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)))));
        var big = await _bench.Site.Send(new KeepEvidence(id, EvidenceKind.File) { Name = "big", Content = new byte[(KeepEvidence.MostFileKiB * 1024) + 1] });
        Assert.That(big.Error!.Code, Is.EqualTo("incidents.file-too-large"));
        using var client = await _bench.Site.SignIn(Role.Analyst);
        using var file = await client.GetAsync($"/api/incidents/{id}/evidence/{kept.Value}");
        Assert.That(file.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/octet-stream"));
        Assert.That(file.Content.Headers.ContentDisposition!.DispositionType, Is.EqualTo("attachment"));
        Assert.That(await file.Content.ReadAsByteArrayAsync(), Is.EqualTo(content));
        Assert.That((await _bench.Site.Send(new DropEvidence(id, kept.Value))).Error, Is.Null);
        Assert.That((await _bench.Read(id)).Evidence, Is.Empty);
    }

    [Test]
    public async Task An_export_holds_what_the_list_shows_and_no_formula()
    {
        var incident = (await _bench.One()).Brief;
        await Change(new ChangeIncident { Id = incident.Id, Title = "=HYPERLINK(\"http://evil\")" });
        using var client = await _bench.Site.SignIn(Role.Viewer);
        using var file = await client.GetAsync("/api/incidents/export?view=all&entity=" + incident.Attacker);
        var lines = (await file.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(2), $"{file.StatusCode} {lines[0]}");
        Assert.That(lines[1], Does.StartWith($"\"{incident.Number}\",\"'=HYPERLINK(\"\"http://evil\"\")\""));
    }

    [Test]
    public async Task A_search_takes_signs_of_patterns_as_plain_text()
    {
        var incident = (await _bench.One()).Brief;
        await Change(new ChangeIncident { Id = incident.Id, Title = "100%_done \\ really" });
        foreach (var (text, hits) in new[] { ("100%_DONE", 1), ("100x", 0), ("\\ really", 1), (incident.Number.ToLowerInvariant(), 1) })
            Assert.That((await _bench.Site.Send(new Juming.Site.Incidents.List.ListIncidents { View = "all", Text = text })).Value.Total, Is.EqualTo(hits), text);
    }

    private async Task<string?> Refusal(ChangeIncident change) => (await _bench.Site.Send(change)).Error?.Code;

    private async Task Change(ChangeIncident change) => Assert.That((await _bench.Site.Send(change)).Error, Is.Null);
}
