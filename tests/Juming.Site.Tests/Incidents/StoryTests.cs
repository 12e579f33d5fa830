using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Juming.Platform.Access;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.Incidents;
using Juming.Site.Incidents.Change;
using Juming.Site.Incidents.Evidence;
using Juming.Site.Incidents.Grouping;
using Juming.Site.Incidents.List;
using Juming.Site.Incidents.Move;
using Juming.Site.Incidents.Open;
using Juming.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Incidents;

/// <summary>What an incident tells stays true: evidence, clocks, corrections, parties of any case, alerts that grow.</summary>
[Category("S2.6")]
internal sealed class StoryTests
{
    private IncidentsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await IncidentsBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task A_log_line_is_pinned_once_with_its_hash_and_read_back_byte_for_byte()
    {
        var seen = await Stored("10.77.0.1");
        var at = IncidentsBench.Network();
        await _bench.Raise(IncidentsBench.Alert(0, attacker: at(1), victim: at(2)) with { Events = [seen.Id, Guid.NewGuid()] });
        var incident = (await _bench.About(at(1))).Single();
        var logs = (await _bench.Site.Send(new ReadIncidentLogs(incident.Id, 0))).Value;
        Assert.That((logs.Events.Single().Id, logs.Gone, logs.Total), Is.EqualTo((seen.Id, 1, 2)), "the other one is past its retention");
        var pinned = (await _bench.Site.Send(new PinEvent(incident.Number, seen.Id, "the first try"))).Value;
        Assert.That(pinned.Hash, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seen.Raw)))));
        Assert.That((await _bench.Site.Send(new PinEvent(incident.Number, seen.Id, ""))).Error!.Code, Is.EqualTo("incidents.pinned-already"));
        Assert.That((await _bench.Site.Send(new PinEvent(incident.Number, Guid.NewGuid(), ""))).Error!.Code, Is.EqualTo("incidents.no-such-event"));
        Assert.That((await _bench.Site.Send(new PinEvent("INC-1999-0001", seen.Id, ""))).Error!.Code, Is.EqualTo("incidents.no-such-incident"));
        using var client = await _bench.Site.SignIn(Role.Analyst);
        Assert.That(await client.GetStringAsync($"/api/incidents/{incident.Id}/evidence/{pinned.Evidence}"), Is.EqualTo(seen.Raw));
        using var token = await _bench.Site.WithToken("incidents.read");
        Assert.That((await token.GetAsync($"/api/incidents/{incident.Id}/evidence/{pinned.Evidence}")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "a line is raw data wherever it is kept");
        Assert.That((await _bench.Site.Send(new ReadIncidentLogs(incident.Id, 0))).Value.Pinned, Does.Contain(seen.Id));
        Assert.That((await _bench.Site.Send(new FindOpenIncidents(incident.Number))).Value.Items.Single().Id, Is.EqualTo(incident.Id));
    }

    [Test]
    public async Task The_evidence_of_a_closed_incident_stays_as_it_was_judged()
    {
        var id = (await _bench.One()).Brief.Id;
        var kept = (await _bench.Site.Send(new KeepEvidence(id, EvidenceKind.Note) { Note = "seen" })).Value;
        await Change(new ChangeIncident { Id = id, State = IncidentState.Closed, Verdict = Verdict.FalsePositive, Reason = "ours" });
        Assert.That((await _bench.Site.Send(new KeepEvidence(id, EvidenceKind.Note) { Note = "later" })).Error!.Code, Is.EqualTo("incidents.closed"));
        Assert.That((await _bench.Site.Send(new DropEvidence(id, kept))).Error!.Code, Is.EqualTo("incidents.closed"));
        Assert.That((await _bench.Site.Send(new KeepEvidence(id, EvidenceKind.Event) { Note = "no line" })).Error, Is.Not.Null);
        Assert.That((await _bench.Read(id)).Evidence.Single().Id, Is.EqualTo(kept));
    }

    [Test]
    public async Task To_close_what_is_closed_changes_nothing_of_it()
    {
        var id = (await _bench.One()).Brief.Id;
        await Change(new ChangeIncident { Id = id, State = IncidentState.Closed, Verdict = Verdict.FalsePositive, Reason = "ours" });
        Assert.That(await Refusal(new ChangeIncident { Id = id, State = IncidentState.Closed, Verdict = Verdict.TruePositive, Reason = "no, it was real", Severity = Severity.Critical, NotApplicable = "x" }), Is.EqualTo("incidents.closed"));
        Assert.That((await _bench.Read(id)).Verdict, Is.EqualTo(Verdict.FalsePositive));
    }

    [Test]
    public async Task A_real_attack_is_closed_with_its_instants_or_with_a_word_why_not()
    {
        var id = (await _bench.One()).Brief.Id;
        var close = new ChangeIncident { Id = id, State = IncidentState.Closed, Verdict = Verdict.TruePositive, Reason = "seen" };
        var contained = IncidentsBench.Noon.AddHours(1);
        Assert.That(await Refusal(close), Is.EqualTo("incidents.instants-needed"));
        Assert.That(await Refusal(close with { Contained = contained }), Is.EqualTo("incidents.instants-needed"));
        Assert.That(await Refusal(close with { Contained = contained, Resolved = contained.AddMinutes(-1) }), Is.EqualTo("incidents.instant-out-of-order"));
        Assert.That(await Refusal(close with { Contained = contained, Resolved = TimeProvider.System.GetUtcNow().AddDays(1) }), Is.EqualTo("incidents.instant-out-of-order"));
        Assert.That(await Refusal(new ChangeIncident { Id = id, Assignee = "me", Contained = contained }), Is.Not.Null);
        Assert.That(await Refusal(close with { Contained = contained, Resolved = contained.AddHours(1) }), Is.Null);
        var clocks = (await _bench.Read(id)).Clocks;
        Assert.That((clocks.Contained, clocks.Resolved), Is.EqualTo(((DateTimeOffset?)contained, (DateTimeOffset?)contained.AddHours(1))));
        var other = (await _bench.One()).Brief.Id;
        Assert.That(await Refusal(close with { Id = other, NotApplicable = "a drill" }), Is.Null);
        var drill = await _bench.Read(other);
        Assert.That((drill.Clocks.Resolved, drill.Entries.Single(e => e.Code == "not-applicable").Text), Is.EqualTo(((DateTimeOffset?)null, "a drill")));
    }

    [Test]
    public async Task A_part_that_is_split_off_was_acknowledged_when_the_whole_was()
    {
        var whole = await _bench.One(3);
        await Change(new ChangeIncident { Id = whole.Brief.Id, Assignee = "me" });
        var taken = (await _bench.Read(whole.Brief.Id)).Clocks.Acknowledged;
        await Task.Delay(20);
        var split = (await _bench.Site.Send(new SplitIncident(whole.Brief.Id, [whole.Alerts[2].Id]))).Value;
        Assert.That((await _bench.Read(split.Incident)).Clocks.Acknowledged, Is.EqualTo(taken));
    }

    [Test]
    public async Task Work_is_given_only_to_people_who_may_do_it()
    {
        var id = (await _bench.One()).Brief.Id;
        using var viewer = await _bench.Site.SignIn(Role.Viewer);
        using var analyst = await _bench.Site.SignIn(Role.Analyst);
        var names = (await _bench.Site.Send(new ListAssignees())).Value;
        Assert.That(names, Is.Not.Empty);
        Assert.That(await Refusal(new ChangeIncident { Id = id, Assignee = names[0] }), Is.Null);
        Assert.That(await Refusal(new ChangeIncident { Id = id, Assignee = "nobody-of-this-name" }), Is.EqualTo("incidents.no-such-person"));
        Assert.That((await analyst.PatchAsJsonAsync($"/api/incidents/{id}", new { assignee = "me" })).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await _bench.Read(id)).Brief.Assignee, Is.AnyOf([.. names]));
    }

    [Test]
    public async Task A_party_is_found_and_weighed_whatever_its_case()
    {
        var at = IncidentsBench.Network();
        var host = "WEB-" + at(1).Replace('.', '-');
        await _bench.Raise(IncidentsBench.Alert(0, attacker: at(1), host: host));
        Assert.That(await _bench.About(host.ToLowerInvariant()), Has.Count.EqualTo(1));
        Assert.That(await _bench.About("no-such-host|" + host), Has.Count.EqualTo(1), "one of several names");
        var before = (await _bench.About(host)).Single();
        using var client = await _bench.Site.WithToken("collection.send", "assets.read", "assets.write");
        using var body = new StringContent($"name,host,importance\nLedger,{host},core\n", Encoding.UTF8, "text/csv");
        using var imported = await client.PostAsync("/api/assets/import", body);
        Assert.That(imported.IsSuccessStatusCode, await imported.Content.ReadAsStringAsync());
        await using var scope = _bench.Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        await scope.ServiceProvider.GetRequiredService<IMediator>().Publish(new AssetsReweighed([host.ToLowerInvariant()]));
        Assert.That((await _bench.About(host)).Single().Priority, Is.LessThan(before.Priority));
    }

    [Test]
    public async Task A_comment_is_corrected_by_its_author_only_and_what_it_said_stays()
    {
        var id = (await _bench.One()).Brief.Id;
        using var author = await _bench.Site.SignIn(Role.Analyst);
        await _bench.Site.Send(new CommentIncident(id, "frist"));
        var comment = (await _bench.Read(id)).Entries.Single(e => e.Code == "comment");
        Assert.That((await _bench.Site.Send(new CorrectComment(id, comment.Id, "first"))).Error, Is.Null);
        Assert.That((await _bench.Site.Send(new CorrectComment(id, comment.Id, "the first"))).Error, Is.Null);
        var stranger = new Actor(ActorKind.Person, "x", "x", System.Collections.Frozen.FrozenSet.ToFrozenSet([IncidentsWrite.Code]), [Scope.All]);
        Assert.That((await _bench.Site.Send(new CorrectComment(id, comment.Id, "mine now"), stranger)).Error!.Code, Is.EqualTo("incidents.no-such-comment"));
        var told = (await _bench.Read(id)).Entries.Single(e => e.Id == comment.Id);
        Assert.That((told.Text, string.Join('|', told.Earlier.Select(e => e.Text))), Is.EqualTo(("the first", "frist|first")));
    }

    [Test]
    public async Task What_a_merged_incident_brought_is_told_where_it_went()
    {
        var (into, from) = (await _bench.One(), await _bench.One());
        await _bench.Site.Send(new CommentIncident(from.Brief.Id, "seen there first"));
        await _bench.Site.Send(new KeepEvidence(from.Brief.Id, EvidenceKind.Note) { Note = "a note" });
        await _bench.Site.Send(new MergeIncidents(into.Brief.Id, [from.Brief.Id]));
        var whole = await _bench.Read(into.Brief.Id);
        Assert.That(whole.Entries.Single(e => e.Text == "seen there first").Of, Is.EqualTo(from.Brief.Number));
        Assert.That(whole.Evidence.Single().Of, Is.EqualTo(from.Brief.Number));
    }

    [Test]
    public async Task The_way_through_a_list_follows_its_order_and_filter()
    {
        var at = IncidentsBench.Network();
        for (var i = 0; i < 3; i++) await _bench.Raise(IncidentsBench.Alert(i * 3000, attacker: at(1), victim: at(10 + i)));
        var list = ListAddress.Of("https://x/incidents/INC?view=all&sort=last.up&tab=logs&entity=" + at(1), TimeProvider.System.GetUtcNow());
        var rows = (await _bench.Site.Send(list)).Value.Items;
        Assert.That(rows.Select(r => r.LastAt), Is.Ordered.And.Exactly(3).Items);
        var near = (await _bench.Site.Send(new FindNeighbours(list, rows[1].Id))).Value;
        Assert.That((near.Previous, near.Next), Is.EqualTo((rows[0].Number, rows[2].Number)));
        Assert.That((await _bench.Site.Send(new FindNeighbours(list, rows[0].Id))).Value.Previous, Is.Null);
        Assert.That(ListAddress.QueryOf("https://x/incidents/INC?view=all&tab=logs"), Is.EqualTo("?view=all"));
        Assert.That(ListAddress.Of("https://x/?view=%3Cb%3E&sort=drop&severity=9x", default), Is.EqualTo(new ListIncidents()));
    }

    [Test]
    public async Task An_alert_that_grows_moves_its_incident_on_and_opens_it_again_after_a_real_attack()
    {
        var dossier = await _bench.One();
        var (id, alert) = (dossier.Brief.Id, dossier.Alerts[0]);
        await Grow(new GrownAlert(alert.Id, alert.LastAt.AddHours(2), 40, AttackResult.Succeeded), new GrownAlert(Guid.NewGuid(), alert.LastAt, 2, AttackResult.Blocked));
        var grown = await _bench.Read(id);
        Assert.That((grown.Brief.LastAt, grown.Alerts[0].Matches, grown.Brief.Result), Is.EqualTo((alert.LastAt.AddHours(2), 40L, AttackResult.Succeeded)));
        Assert.That(grown.Brief.Priority, Is.LessThan(dossier.Brief.Priority));
        await Grow(new GrownAlert(alert.Id, alert.LastAt, 3, AttackResult.Attempted));
        Assert.That((await _bench.Read(id)).Alerts[0].Matches, Is.EqualTo(40), "what comes late takes nothing back");

        var resolved = alert.LastAt.AddHours(4);
        await Change(new ChangeIncident { Id = id, State = IncidentState.Closed, Verdict = Verdict.TruePositive, Reason = "seen", Contained = alert.LastAt.AddHours(3), Resolved = resolved });
        await Grow(new GrownAlert(alert.Id, resolved.AddMinutes(-5), 41, AttackResult.Succeeded));
        Assert.That((await _bench.Read(id)).Brief.State, Is.EqualTo(IncidentState.Closed), "that match belongs to the time before");
        await Grow(new GrownAlert(alert.Id, resolved.AddMinutes(5), 42, AttackResult.Succeeded));
        var again = await _bench.Read(id);
        Assert.That((again.Brief.State, again.Verdict, again.Clocks.Resolved, again.Clocks.Closed), Is.EqualTo((IncidentState.Judged, (Verdict?)Verdict.TruePositive, (DateTimeOffset?)null, (DateTimeOffset?)null)));
        Assert.That(again.Entries, Has.Some.Matches<Entry>(e => e.Code == "reopened"));
    }

    [Test]
    public async Task An_alert_that_grows_after_a_false_alarm_wakes_nobody()
    {
        var dossier = await _bench.One();
        await Change(new ChangeIncident { Id = dossier.Brief.Id, State = IncidentState.Closed, Verdict = Verdict.FalsePositive, Reason = "ours" });
        await Grow(new GrownAlert(dossier.Alerts[0].Id, TimeProvider.System.GetUtcNow().AddHours(1), 9, AttackResult.Attempted));
        Assert.That((await _bench.Read(dossier.Brief.Id)).Brief.State, Is.EqualTo(IncidentState.Closed));
    }

    [Test]
    public void A_clock_that_can_not_be_right_is_counted_as_estimated()
    {
        var times = Juming.Site.Incidents.Figures.Statistic.Of("mttd", [TimeSpan.FromMinutes(-5), TimeSpan.FromMinutes(10)]);
        Assert.That((times.N, times.Estimated, times.Mean), Is.EqualTo((2, 1, (TimeSpan?)TimeSpan.FromMinutes(5))));
    }

    private async Task Grow(params GrownAlert[] grown)
    {
        await using var scope = _bench.Site.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<AlertGrowth>().Apply(grown, CancellationToken.None);
    }

    private async Task<EventView> Stored(string address)
    {
        using var client = await _bench.Site.WithToken("collection.send");
        using var body = new StringContent($$"""{"source.ip":"{{address}}","message":"<b>raw</b> {{address}}"}""" + "\n", Encoding.UTF8, "application/x-ndjson");
        (await client.PostAsync("/api/collection/events", body)).EnsureSuccessStatusCode();
        var search = _bench.Site.Services.GetRequiredService<ISearch>();
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 100; i++)
        {
            await foreach (var chunk in search.Search(new SearchRequest("source.ip:" + address, now.AddHours(-1), now.AddHours(1)), CancellationToken.None))
                if (chunk.Events.Count > 0) return chunk.Events[0];
            await Task.Delay(100);
        }
        throw new InvalidOperationException("The event was not found.");
    }

    private async Task<string?> Refusal(ChangeIncident change) => (await _bench.Site.Send(change)).Error?.Code;

    private async Task Change(ChangeIncident change) => Assert.That((await _bench.Site.Send(change)).Error, Is.Null);
}
