using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Operator.Customers.Incidents;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Access;
using Juming.Platform.Access.Audit;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Egress.Policy;
using Juming.Site.Assets.Change;
using Juming.Site.Incidents;
using Juming.Site.Incidents.List;
using Juming.Site.Incidents.Open;
using Juming.Site.Incidents.Release;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases.Joined;

/// <summary>What a person releases of an incident arrives, and nothing else; nobody but a person releases anything, and nothing of the customer's can be chosen.</summary>
[Category("X3")]
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres, Category = "Long")]
internal sealed class ReleaseTests(string database)
{
    private const string Attacker = "45.155.205.10";
    private const string OwnAsset = "45.155.205.77";

    private static readonly Actor Security = new(ActorKind.Person, Guid.NewGuid().ToString(), "李娜", new[] { IncidentsRelease.Code, IncidentsRead.Code }.ToFrozenSet(), [Scope.All]);

    private RunningTier _operator = null!;
    private RunningTier _site = null!;
    private SiteView _view = null!;
    private IncidentBrief _incident = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        var settings = await TestDatabases.MakeFor("operator", database);
        settings["Modules:Links:Listen"] = "127.0.0.1:0";
        _operator = await RunningTier.Start("operator", settings: settings);
        var port = LinkedTiers.FreePort();
        _site = await RunningTier.Start("site", settings: new Dictionary<string, string?>(await TestDatabases.MakeFor("site", database)) { ["Modules:Collection:Tcp:0"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), ["Modules:Incidents:OpenFrom"] = "Medium" });
        await LinkedTiers.JoinAsSite(_operator, _site, "华东电力", "hq", 2);
        Assert.That((await _site.Send(new EnterAsset("Branch firewall", OwnAsset, "fw-branch"))).Error, Is.Null);
        await LinkedTiers.Guess(port, Attacker);
        var id = await LinkedTiers.AlsoAttack(_site, OwnAsset, "10.9.9.9", "web02");
        _incident = (await _site.Send(new ListIncidents())).Value.Items.Single(i => i.Id == id);
        await TwoWaits.Until(async () => (await _operator.Send(new ListSiteIncidents())).Value.Items.Any(i => i.Id == _incident.Id), "its summary is told");
        _view = (await _operator.Send(new ListSites())).Value.Items.Single();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_site is not null) await _site.DisposeAsync();
        await _operator.DisposeAsync();
    }

    [Test, Order(1)]
    public async Task Below_level_three_nothing_is_offered_and_nothing_leaves()
    {
        var id = _incident.Id;
        var message = new IncidentRelease { Incident = ByteString.CopyFrom(id.ToByteArray(bigEndian: true)), Attackers = { ByteString.CopyFrom(IPAddress.Parse(Attacker).GetAddressBytes()) } };
        var gate = _site.Services.GetRequiredService<IEgress>();
        Assert.Multiple(async () =>
        {
            Assert.That((await _site.Send(new DescribeRelease(id), Security)).Error?.Code, Is.EqualTo("incidents.releases-off"));
            Assert.That((await _site.Send(new ReleaseIncident(id, ["Attacker:" + Attacker], false), Security)).Error?.Code, Is.EqualTo("incidents.releases-off"));
            Assert.That((await gate.Release(message, "li.na", CancellationToken.None)).Reason, Is.EqualTo("above-level"), "nor past the handler");
        });
        Assert.That((await _site.Send(new ChoosePolicy(3))).Error, Is.Null);
        Assert.That((await gate.Send(message, CancellationToken.None)).Reason, Is.EqualTo("not-released"), "nor by a module on its own account");
    }

    [Test, Order(2)]
    public async Task What_may_leave_is_what_is_not_the_customers()
    {
        var offer = (await _site.Send(new DescribeRelease(_incident.Id), Security)).Value;
        Assert.Multiple(() =>
        {
            Assert.That(offer.Values.Where(v => v.Kind == ReleaseKind.Attacker).Select(v => (v.Text, v.Stays)), Is.EquivalentTo(new[] { (Attacker, (string?)null), (OwnAsset, "own"), ("10.9.9.9", "own"), ("web02", "name") }));
            Assert.That(offer.Values.Where(v => v.Kind == ReleaseKind.Technique).Select(v => v.Text), Has.Some.StartsWith("T1110"));
            Assert.That(offer.Figures.Matches, Is.GreaterThan(3));
            Assert.That((offer.Figures.Hosts, offer.Figures.Accounts), Is.EqualTo((1u, 1u)));
        });
    }

    [Test, Order(3)]
    public async Task Nobody_but_a_person_with_the_right_releases_and_nothing_but_what_is_offered()
    {
        var id = _incident.Id;
        string[] one = ["Attacker:" + Attacker];
        Assert.Multiple(async () =>
        {
            foreach (var kind in new[] { ActorKind.Token, ActorKind.PlaybookRun, ActorKind.RemoteOperator, ActorKind.PeerTier })
                Assert.That((await _site.Send(new ReleaseIncident(id, one, false), Security with { Kind = kind })).Error?.Code, Is.EqualTo("incidents.only-people-release"), kind.ToString());
            Assert.That((await _site.Send(new ReleaseIncident(id, one, false))).Error?.Code, Is.EqualTo("incidents.only-people-release"), "nor the command line");
            Assert.That((await _site.Send(new ReleaseIncident(id, one, false), Security with { Permissions = new[] { IncidentsRead.Code, IncidentsWrite.Code }.ToFrozenSet() })).Error?.Kind, Is.EqualTo(ErrorKind.Forbidden));
            foreach (var value in new[] { "Attacker:" + OwnAsset, "Attacker:10.9.9.9", "Attacker:93.184.216.34", "Domain:corp.example", "FileHash:" + new string('a', 64), "Technique:zhang.wei", "Attacker:" + Attacker + " ", "", "<b>" })
                Assert.That((await _site.Send(new ReleaseIncident(id, [.. one, value], false), Security)).Error?.Code, Is.EqualTo("incidents.not-of-the-incident"), value);
            Assert.That((await _site.Send(new ReleaseIncident(id, [], false), Security)).Error?.Code, Is.EqualTo("incidents.nothing-to-release"));
            Assert.That((await _site.Send(new ReleaseIncident(id, [.. Enumerable.Repeat("x", 301)], false), Security)).Error?.Kind, Is.EqualTo(ErrorKind.Invalid));
            Assert.That((await _site.Send(new ReleaseIncident(Guid.NewGuid(), one, false), Security)).Error?.Code, Is.EqualTo("incidents.no-such-incident"));
            Assert.That((await Ledger()).Any(l => l.Message == "IncidentRelease"), Is.False);
        });
    }

    [Test, Order(4)]
    public async Task What_was_released_arrives_with_the_releasers_name_in_the_ledger_and_the_audit()
    {
        var technique = (await _site.Send(new DescribeRelease(_incident.Id), Security)).Value.Values.First(v => v.Kind == ReleaseKind.Technique);
        string[] chosen = ["Attacker:" + Attacker, technique.Id];
        var preview = (await _site.Send(new PreviewRelease(_incident.Id, chosen, true), Security)).Value;
        Assert.That((await _site.Send(new ReleaseIncident(_incident.Id, chosen, true), Security)).Error?.ToString(), Is.Null);
        var line = (await Ledger()).Single(l => l.Message == "IncidentRelease");
        var entry = (await _site.Send(new OpenLedgerEntry(line.Seq))).Value;
        SiteIncidentDossier? there = null;
        await TwoWaits.Until(async () => (there = (await _operator.Send(new GetSiteIncident(_view.CustomerId, _view.Id, _incident.Id))).Value) is { Releases.Count: 1 }, "it arrives");
        var released = there!.Releases[0];
        var dossier = (await _site.Send(new GetIncident(_incident.Number))).Value;
        var audit = (await _site.Send(new SearchAudit(null, null, 10, Action: "ReleaseIncident"))).Value;
        Assert.Multiple(async () =>
        {
            Assert.That((line.Approver, line.Level), Is.EqualTo(("李娜", 3)));
            Assert.That(entry.Fields.Where(f => f.Name != "released_at").Select(f => (f.Name, f.Value)), Is.EqualTo(preview.Fields.Where(f => f.Name != "released_at").Select(f => (f.Name, f.Value))), "what was shown is what left");
            Assert.That(entry.Fields.Select(f => (f.Name, f.Class, f.Value)), Does.Contain(("attackers", "ExternalAddress", Attacker)));
            Assert.That(released.Attackers, Is.EqualTo(new[] { Attacker }));
            Assert.That(released.Techniques, Is.EqualTo(new[] { technique.Text }));
            Assert.That((released.Hosts, released.Accounts, released.Domains.Count, released.FileHashes.Count), Is.EqualTo((1L, 1L, 0, 0)));
            Assert.That(there.Incident.Releases, Is.EqualTo(1));
            Assert.That((await _operator.Send(new ListSiteIncidents())).Value.Items.Single(i => i.Id == _incident.Id).Releases, Is.EqualTo(1));
            Assert.That(dossier.Entries.Select(e => (e.Code, e.By)), Does.Contain(("released-up", "李娜")));
            Assert.That(audit.Select(a => (a.ActorName, a.Outcome)), Does.Contain(("李娜", "done")));
            Assert.That((await _site.Send(new VerifyEgress())).Value.Intact, Is.True, "the name is part of the chain");
        });
    }

    [Test, Order(5)]
    public async Task What_a_site_that_is_not_in_order_releases_is_bounded_where_it_arrives()
    {
        var told = new IncidentRelease { Incident = ByteString.CopyFrom(_incident.Id.ToByteArray(bigEndian: true)), ReleasedAt = 1_790_000_000_000_000, Matches = ulong.MaxValue, Hosts = uint.MaxValue, FirstAt = -5 };
        told.Attackers.Add(ByteString.CopyFromUtf8("<script>"));
        for (var i = 0; i < 5000; i++) told.Attackers.Add(ByteString.CopyFrom(1, 2, 3, (byte)i));
        told.Domains.Add(["<b>x</b>", "two words.example", "ok.example", new string('a', 300), "a\nb"]);
        told.FileHashes.Add(ByteString.CopyFrom(new byte[5000]));
        told.Techniques.Add("=HYPERLINK()");
        foreach (var message in new[] { told, new IncidentRelease { ReleasedAt = 1_790_000_000_000_001 }, new IncidentRelease { Incident = told.Incident, ReleasedAt = long.MaxValue } }) await Hand(message);
        await Hand(told);
        var last = told.Clone();
        last.ReleasedAt++;
        await Hand(last);
        SiteIncidentDossier? there = null;
        await TwoWaits.Until(async () => (there = (await _operator.Send(new GetSiteIncident(_view.CustomerId, _view.Id, _incident.Id))).Value) is { Releases.Count: 3 }, "the last one is there");
        var odd = there!.Releases.Single(r => r.ReleasedAt == DateTimeOffset.UnixEpoch.AddMicroseconds(told.ReleasedAt));
        Assert.Multiple(async () =>
        {
            Assert.That(odd.Attackers, Has.Count.EqualTo(100).And.All.StartsWith("1.2.3."));
            Assert.That(odd.Domains, Is.EqualTo(new[] { "ok.example" }));
            Assert.That((odd.FileHashes.Count, odd.Techniques.Count, odd.Matches, odd.FirstAt), Is.EqualTo((0, 0, long.MaxValue, (DateTimeOffset?)null)));
            Assert.That((await _operator.Send(new GetSiteIncident(_view.CustomerId, _view.Id, Guid.NewGuid()))).Error?.Code, Is.EqualTo("customers.no-such-incident"));
            Assert.That((await _operator.Send(new GetSiteIncident(Guid.NewGuid(), _view.Id, _incident.Id))).Error?.Code, Is.EqualTo("customers.no-such-incident"), "by the name of another customer");
        });
    }

    private async Task Hand(IncidentRelease told)
    {
        await using var scope = _operator.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Operator.Customers.Data.CustomersDb>();
        db.Publish(new RecordArrived(_view.Id, Topics.Reports, 7000, UpwardMessages.TypeOf(IncidentRelease.Descriptor), "", 1_790_000_000_000_000, told.ToByteArray()));
        await db.SaveChangesAsync();
    }

    private async Task<IReadOnlyList<LedgerLine>> Ledger() => (await _site.Send(new ListLedger(null, EgressPlace.Upper, null, null, null, null, 200))).Value.Items;
}
