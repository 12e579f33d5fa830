using System.Net;
using Juming.Contracts.Egress;
using Juming.Operator.Customers.Incidents;
using Juming.Operator.Customers.Sites;
using Juming.Operator.Customers.Units;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Join;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases.Joined;

/// <summary>An operator with its customers, and a site that joins it, over real connections and on both databases.</summary>
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
internal sealed class JoinedTests(string database)
{
    private RunningTier _operator = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        var settings = await TestDatabases.MakeFor("operator", database);
        (settings["Modules:Links:Listen"], settings["Modules:Links:LeaseSeconds"]) = ("127.0.0.1:0", "3");
        _operator = await RunningTier.Start("operator", settings: settings);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _operator.DisposeAsync();

    [Test]
    public async Task A_site_says_how_it_stands_goes_silent_and_comes_back()
    {
        var folder = Directory.CreateTempSubdirectory("juming-joined-").FullName;
        try
        {
            await using (var site = await RunningTier.Start("site", folder))
            {
                var token = (await _operator.Send(new MakeSiteToken("华东电力", "一号站"))).Value;
                Assert.That((await site.Send(new JoinUpper(token.Url, new Secret(token.Token)))).Error, Is.Null);
                var view = await Until("一号站", s => s.State == SiteState.Connected && s.Figures is not null);
                Assert.Multiple(() =>
                {
                    Assert.That(view.Path, Is.EqualTo("华东电力"));
                    Assert.That(view.Figures!.DiskUsedPercent, Is.InRange(0, 100));
                    Assert.That(view.Figures.At, Is.EqualTo(TimeProvider.System.GetUtcNow()).Within(TimeSpan.FromMinutes(2)));
                });
                var link = (await site.Send(new DescribeLinks())).Value.Above;
                Assert.That((link.State, link.JoinedBefore, Math.Abs(link.AheadMs) < 60_000), Is.EqualTo(("Connected", true, true)));
                var egress = await site.Send(new Platform.Links.Egress.Ledger.ListLedger(null, null, 1, null, null, null));
                Assert.That(egress.Value.Items, Is.Not.Empty, "nothing went up beside the gate");
            }
            await Until("一号站", s => s.State == SiteState.Silent);
            await using var again = await RunningTier.Start("site", folder);
            await Until("一号站", s => s.State == SiteState.Connected);
            Assert.That((await again.Send(new LeaveUpper())).Error, Is.Null);
            await Until("一号站", s => s.State == SiteState.Silent);
            Assert.That((await again.Send(new LeaveUpper())).Error?.Code, Is.EqualTo("links.not-joined"));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Test]
    public async Task A_token_is_made_anew_until_it_is_used_and_a_site_that_was_shut_out_stays_out()
    {
        var customer = (await _operator.Send(new AddCustomer("Tokens"))).Value;
        var id = (await _operator.Send(new AddSite(customer, customer, "hq"))).Value;
        Assert.That((await _operator.Send(new ShutSiteOut(customer, id))).Error?.Code, Is.EqualTo("links.no-such-peer"));
        var first = (await _operator.Send(new InviteSite(customer, id))).Value;
        var second = (await _operator.Send(new InviteSite(customer, id))).Value;
        await using var site = await RunningTier.Start("site");
        Assert.That((await site.Send(new JoinUpper(first.Url, new Secret(first.Token)))).Error?.Code, Is.EqualTo("links.token-unknown"));
        Assert.That((await site.Send(new JoinUpper(second.Url, new Secret(second.Token)))).Error, Is.Null);
        Assert.That((await site.Send(new JoinUpper(second.Url, new Secret(second.Token)))).Error?.Code, Is.EqualTo("links.joined-already"));
        Assert.That((await _operator.Send(new InviteSite(customer, id))).Error?.Code, Is.EqualTo("links.no-invitation"));
        var view = await Until("hq", s => s.State == SiteState.Connected);
        Assert.That((await _operator.Send(new ChangeSite(customer, id, view.Version) { Archived = true })).Error?.Code, Is.EqualTo("customers.still-joined"));
        Assert.That((await _operator.Send(new ReleaseSite(customer, id))).Error?.Code, Is.EqualTo("links.not-quarantined"));
        Assert.That((await _operator.Send(new ShutSiteOut(customer, id))).Error, Is.Null);
        await TwoWaits.Until(async () => (await site.Send(new DescribeLink())).Value.State != "Connected", "it is gone");
        Assert.That((await _operator.Send(new ChangeSite(customer, id, view.Version) { Archived = true })).Error, Is.Null);
        Assert.That((await List(new ListSites { Text = "hq" })).Items, Is.Empty);
        Assert.That((await List(new ListSites { Text = "hq", Archived = true })).Items.Select(s => s.State), Is.EqualTo(new[] { SiteState.Revoked }));
    }

    [Test]
    public async Task Customers_have_units_that_are_renamed_moved_and_archived()
    {
        var customer = (await _operator.Send(new AddCustomer("Tree"))).Value;
        var north = (await _operator.Send(new AddUnit(customer, customer, "North"))).Value;
        var lab = (await _operator.Send(new AddUnit(customer, north, "Lab"))).Value;
        var other = (await _operator.Send(new AddCustomer("Other tree"))).Value;
        Assert.That((await _operator.Send(new AddUnit(customer, customer, "North"))).Error?.Code, Is.EqualTo("customers.name-taken"));
        Assert.That((await _operator.Send(new AddUnit(customer, other, "Elsewhere"))).Error?.Code, Is.EqualTo("customers.no-such-unit"), "a unit of another customer");
        Assert.That((await _operator.Send(new ChangeUnit(customer, north, 1) { Parent = lab })).Error?.Code, Is.EqualTo("customers.not-below-itself"));
        Assert.That((await _operator.Send(new ChangeUnit(customer, customer, 1) { Parent = lab })).Error?.Code, Is.EqualTo("customers.not-below-itself"));
        Assert.That((await _operator.Send(new ChangeUnit(customer, lab, 1) { Name = "Laboratory", Parent = customer })).Error, Is.Null);
        Assert.That((await _operator.Send(new ChangeUnit(customer, lab, 1) { Name = "Late" })).Error?.Code, Is.EqualTo("customers.changed-meanwhile"));
        var site = (await _operator.Send(new AddSite(customer, north, "n1"))).Value;
        Assert.That((await List(new ListSites { Unit = customer })).Items.Select(s => s.Path), Is.EqualTo(new[] { "Tree / North" }));
        Assert.That((await List(new ListSites { Unit = lab })).Items, Is.Empty);
        Assert.That((await _operator.Send(new ChangeUnit(customer, north, 1) { Archived = true })).Error?.Code, Is.EqualTo("customers.not-empty"));
        Assert.That((await _operator.Send(new ChangeSite(customer, site, 1) { Unit = lab, Name = "l1" })).Error, Is.Null);
        Assert.That((await _operator.Send(new ChangeSite(customer, site, 2) { Unit = other })).Error?.Code, Is.EqualTo("customers.no-such-unit"), "a site stays with its customer");
        Assert.That((await _operator.Send(new ChangeUnit(customer, north, 1) { Archived = true })).Error, Is.Null);
        Assert.That((await _operator.Send(new AddSite(customer, north, "n2"))).Error?.Code, Is.EqualTo("customers.archived"));
        var tree = (await _operator.Send(new ListUnits())).Value.Items.Where(u => u.CustomerId == customer).Select(u => (u.Name, u.Depth, u.Sites));
        Assert.That(tree, Is.EqualTo(new[] { ("Tree", 0, 0), ("Laboratory", 1, 1) }));
        Assert.That((await _operator.Send(new AddCustomer(" "))).Error?.Kind, Is.EqualTo(ErrorKind.Invalid));
        Assert.That((await _operator.Send(new AddCustomer("two\nlines"))).Error?.Kind, Is.EqualTo(ErrorKind.Invalid));
    }

    [Test]
    public async Task Units_are_nested_six_deep_at_most()
    {
        var customer = (await _operator.Send(new AddCustomer("Deep"))).Value;
        var parent = customer;
        for (var i = 0; i < UnitRules.MostDepth; i++) parent = (await _operator.Send(new AddUnit(customer, parent, "d" + i))).Value;
        Assert.That((await _operator.Send(new AddUnit(customer, parent, "once more"))).Error?.Code, Is.EqualTo("customers.too-deep"));
        var branch = (await _operator.Send(new AddUnit(customer, customer, "b"))).Value;
        await _operator.Send(new AddUnit(customer, branch, "c"));
        Assert.That((await _operator.Send(new ChangeUnit(customer, branch, 1) { Parent = parent })).Error?.Code, Is.EqualTo("customers.too-deep"), "what hangs below it counts");
    }

    [Test]
    public async Task A_person_of_one_customer_sees_and_changes_nothing_of_another()
    {
        var (mine, theirs) = ((await _operator.Send(new AddCustomer("Mine"))).Value, (await _operator.Send(new AddCustomer("Theirs"))).Value);
        var (own, foreign) = ((await _operator.Send(new AddSite(mine, mine, "own-site"))).Value, (await _operator.Send(new AddSite(theirs, theirs, "foreign-site"))).Value);
        using var person = await SignIn(Role.SystemAdmin, "customer:" + mine);
        var answers = new Dictionary<string, HttpStatusCode>();
        foreach (var (customer, site) in new[] { (mine, own), (theirs, foreign), (mine, foreign), (theirs, own) })
        {
            var at = $"/api/customers/{customer}";
            foreach (var (method, path, body) in new[]
            {
                ("GET", $"/sites/{site}", ""), ("POST", $"/sites/{site}/token", "{}"), ("PATCH", $"/sites/{site}", """{"version":1,"name":"renamed"}"""),
            })
                answers[$"{method} {(customer == mine ? "mine" : "theirs")} {(site == own ? "own" : "foreign")} {path.Replace(site.ToString(), "", StringComparison.Ordinal)}"] = await Ask(person, method, at + path, body);
        }
        Assert.That(answers.Where(a => a.Value is HttpStatusCode.OK or HttpStatusCode.NoContent).Select(a => a.Key), Is.EquivalentTo(new[] { "GET mine own /sites/", "POST mine own /sites//token", "PATCH mine own /sites/" }));
        Assert.That(answers.Where(a => a.Value is not (HttpStatusCode.OK or HttpStatusCode.NoContent)).Select(a => a.Value).Distinct(), Is.EqualTo(new[] { HttpStatusCode.NotFound }), "what is not theirs does not exist");
        var list = await person.GetStringAsync("/api/customers/sites");
        Assert.That(list, Does.Contain("renamed").And.Not.Contain("foreign-site").And.Not.Contain("Theirs"));
        Assert.That(await person.GetStringAsync("/api/customers/sites?unit=" + theirs), Does.Not.Contain("foreign-site"));
        Assert.That(await person.GetStringAsync("/api/customers/sites/export"), Does.Contain("renamed").And.Not.Contain("foreign-site"));
        Assert.That(await person.GetStringAsync("/api/customers?archived=true"), Does.Contain("Mine").And.Not.Contain("Theirs"));
        Assert.That(await Ask(person, "POST", "/api/customers", """{"name":"A third"}"""), Is.EqualTo(HttpStatusCode.NotFound), "customers are entered by those of the host");
        Assert.That(await Ask(person, "POST", $"/api/customers/{theirs}/units", """{"name":"x"}"""), Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await Ask(person, "POST", $"/api/customers/{mine}/units", $$"""{"name":"x","parent":"{{theirs}}"}"""), Is.EqualTo(HttpStatusCode.NotFound), "nor is anything hung under a foreign unit");
        foreach (var page in new[] { "/sites", $"/sites?open={foreign}&of={theirs}", $"/sites?open={foreign}&of={mine}", $"/customers?open={theirs}" })
            Assert.That(await person.GetStringAsync(page), Does.Not.Contain("foreign-site").And.Not.Contain("Theirs"), page);
    }

    [Test]
    public async Task Someone_without_a_customer_sees_an_empty_list()
    {
        await _operator.Send(new AddCustomer("Hidden"));
        using var person = await SignIn(Role.Viewer, "customer:" + Guid.NewGuid(), "site:elsewhere");
        Assert.That(await person.GetStringAsync("/api/customers"), Does.Contain("\"items\":[]"));
        Assert.That(await person.GetStringAsync("/api/customers/sites"), Does.Contain("\"total\":0"));
        Assert.That((await person.GetAsync("/account")).StatusCode, Is.EqualTo(HttpStatusCode.OK), "what is about oneself has no scope");
    }

    [Test]
    public async Task Names_are_told_apart_from_formulas_in_the_file_for_spreadsheets()
    {
        var customer = (await _operator.Send(new AddCustomer("=HYPERLINK(\"x\")"))).Value;
        await _operator.Send(new AddSite(customer, customer, "+cmd"));
        using var person = await _operator.SignIn(Role.Viewer);
        Assert.That(await person.GetStringAsync("/api/customers/sites/export?unit=" + customer), Does.Contain("\"'=HYPERLINK(\"\"x\"\")\",\"'+cmd\""));
    }

    [Test]
    public async Task What_a_site_tells_of_its_incidents_is_kept_and_shown_to_those_of_its_customer()
    {
        await using var site = await RunningTier.Start("site");
        var token = (await _operator.Send(new MakeSiteToken("Told", "told-site"))).Value;
        Assert.That((await site.Send(new JoinUpper(token.Url, new Secret(token.Token)))).Error, Is.Null);
        var joined = await Until("told-site", s => s.State == SiteState.Connected);
        var gate = site.Services.GetRequiredService<IEgress>();
        var id = Guid.CreateVersion7();
        Assert.That((await gate.Send(Told(id, IncidentStage.New), CancellationToken.None)).Outcome, Is.EqualTo(EgressOutcome.Refused), "level 1 keeps incidents at the site");
        Assert.That((await site.Send(new Platform.Links.Egress.Policy.ChoosePolicy(2))).Error, Is.Null);
        foreach (var stage in new[] { IncidentStage.New, IncidentStage.Contained }) Assert.That((await gate.Send(Told(id, stage), CancellationToken.None)).Outcome, Is.EqualTo(EgressOutcome.Sent));
        SiteIncidentView? seen = null;
        await TwoWaits.Until(async () => (seen = (await _operator.Send(new ListSiteIncidents { Site = joined.Id })).Value.Items.SingleOrDefault())?.Stage == "Contained", $"it stands as it was told last: {seen}");
        Assert.That((seen!.Id, seen.Severity, seen.Priority, seen.Verdict, seen.Attack, seen.Alerts, seen.Site, seen.Path), Is.EqualTo((id, 4, 2, "Unspecified", "T1110", 3L, "told-site", "Told")));
        Assert.That((await _operator.Send(new ListSiteIncidents { Site = joined.Id, Stages = StageGroup.Done })).Value.Total + (await _operator.Send(new ListSiteIncidents { Site = joined.Id, Least = 5 })).Value.Total, Is.Zero);
        // Handed out once more, and from a program that tells nonsense.
        await Hand(joined.Id, 1, Told(id, IncidentStage.New), seen.ToldAt.AddHours(-1));
        await Hand(joined.Id, 900, new IncidentSummary { Incident = Google.Protobuf.ByteString.CopyFrom(1, 2, 3), DetectedAt = 1 }, seen.ToldAt);
        await Hand(Guid.NewGuid(), 1, Told(Guid.NewGuid(), IncidentStage.New), seen.ToldAt);
        var odd = Told(Guid.CreateVersion7(), (IncidentStage)77);
        (odd.Severity, odd.Priority, odd.Attack) = (900, 0, "<b>T1110</b>");
        await Hand(joined.Id, 901, odd, seen.ToldAt.AddHours(1));
        IReadOnlyList<SiteIncidentView> all = [];
        // The last one comes after the others.
        await TwoWaits.Until(async () => (all = (await _operator.Send(new ListSiteIncidents { Site = joined.Id, Stages = StageGroup.All })).Value.Items).Count == 2, "the odd one is there too");
        Assert.That(all.Select(i => (i.Stage, i.Severity, i.Priority, i.Attack)), Is.EquivalentTo(new[] { ("Contained", 4, 2, "T1110"), ("Unspecified", 5, 1, "") }));
        using var other = await SignIn(Role.Viewer, "customer:" + Guid.NewGuid());
        Assert.That(await other.GetStringAsync("/api/customers/incidents?stages=All"), Does.Contain("\"total\":0"));
        using var own = await SignIn(Role.Viewer, "customer:" + joined.CustomerId);
        Assert.That(await own.GetStringAsync("/api/customers/incidents/export"), Does.Contain("told-site").And.Contain(id.ToString()));
    }

    private static IncidentSummary Told(Guid id, IncidentStage stage) => new()
    {
        Incident = Google.Protobuf.ByteString.CopyFrom(id.ToByteArray(bigEndian: true)),
        Severity = 4,
        Priority = 2,
        Stage = stage,
        Attack = "T1110",
        Alerts = 3,
        DetectedAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
    };

    /// <summary>Puts a record into the outbox, where those of links stand.</summary>
    private async Task Hand(Guid peer, long seq, IncidentSummary told, DateTimeOffset at)
    {
        await using var scope = _operator.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Operator.Customers.Data.CustomersDb>();
        db.Publish(new RecordArrived(peer, Topics.Reports, seq, UpwardMessages.TypeOf(IncidentSummary.Descriptor), "", at.ToUnixTimeMilliseconds() * 1000, Google.Protobuf.MessageExtensions.ToByteArray(told)));
        await db.SaveChangesAsync();
    }

    /// <summary>Somebody whose roles hold within these scopes alone.</summary>
    private async Task<HttpClient> SignIn(Role role, params string[] scopes)
    {
        var before = (await _operator.Send(new Platform.Access.Users.ListSessions())).Value.Select(s => s.Name).ToHashSet();
        // Whoever takes the last system administrator's rights away is refused.
        if (role == Role.SystemAdmin) (await _operator.SignIn(Role.SystemAdmin)).Dispose();
        var others = (await _operator.Send(new Platform.Access.Users.ListSessions())).Value.Select(s => s.Name).Except(before).ToHashSet();
        var client = await _operator.SignIn(role);
        var name = (await _operator.Send(new Platform.Access.Users.ListSessions())).Value.Select(s => s.Name).Single(n => !before.Contains(n) && !others.Contains(n));
        Assert.That((await _operator.Send(new Platform.Access.Users.SetScopes(name, scopes))).Error?.ToString(), Is.Null);
        return client;
    }

    private static async Task<HttpStatusCode> Ask(HttpClient person, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await person.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<SitePage> List(ListSites query) => (await _operator.Send(query)).Value;

    private async Task<SiteView> Until(string name, Func<SiteView, bool> holds)
    {
        SiteView? last = null;
        await TwoWaits.Until(async () => (last = (await List(new ListSites { Text = name })).Items.SingleOrDefault()) is { } view && holds(view), $"{name}: {last}");
        return last!;
    }
}

/// <summary>Waits of the tests of joined tiers.</summary>
internal static class TwoWaits
{
    public static async Task Until(Func<Task<bool>> holds, string what, int seconds = 60)
    {
        for (var i = 0; i < seconds * 20; i++)
        {
            if (await holds()) return;
            await Task.Delay(50);
        }
        Assert.Fail($"not within {seconds} s: {what}");
    }
}
