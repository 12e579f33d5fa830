using Google.Protobuf;
using Juming.Contracts.Indicators;
using Juming.Platform.Data;
using Juming.Platform.Links;
using Juming.Site.Detection;
using Juming.Site.Detection.Alerts.List;
using Juming.Site.ThreatIntel;
using Juming.Site.ThreatIntel.Hits;
using Juming.Site.ThreatIntel.Hunt;
using Juming.Site.ThreatIntel.InForce;
using Juming.Site.ThreatIntel.Own;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Juming.Site.Tests.ThreatIntel.IntelSite;

namespace Juming.Site.Tests.ThreatIntel;

/// <summary>From a log line on the wire to the alert that an indicator makes: of every kind, folded, muted, found later; and what is handed in.</summary>
[Category("C1.4")]
[NonParallelizable]
internal abstract partial class MatchCases
{
    private string _folder = null!;
    private IntelSite _site = null!;

    /// <summary>Settings of an empty database.</summary>
    protected abstract Task<Dictionary<string, string?>> Database();

    [OneTimeSetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("juming-match-").FullName;
        _site = await IntelSite.Start(_folder, await Database());
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _site.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    private Task<List<AlertItem>> Of(string value, int least = 1, string code = "intel.match") => _site.Alerts(least, code, a => a.Alert.Matched.GetValueOrDefault("value") == value);

    private async Task Enter(string value, int severity = 3) => Assert.That((await _site.Tier.Send(new EnterOwn(value, "Red Lotus", "by hand", severity))).Error, Is.Null);

    [Test]
    public async Task Every_kind_is_met_on_every_event_that_names_it_and_says_what_is_known_of_it()
    {
        var entries = new[]
        {
            Entry(IndicatorKind.Address, "203.0.113.66"), Entry(IndicatorKind.Network, "198.51.100.0/25"), Entry(IndicatorKind.Address, "2001:db8:66::1"), Entry(IndicatorKind.Domain, "evil.example"), Entry(IndicatorKind.Url, "http://drop.example/p/x.bin"),
            Entry(IndicatorKind.Sha256, new string('a', 63) + "b"), Entry(IndicatorKind.Email, "boss@phish.example"),
        };
        var before = _site.Set.Version;
        var taken = await _site.Set.Change(before + 1, entries, [], CancellationToken.None);
        Assert.That((taken.Error, taken.Value.Refused, taken.Value.Version), Is.EqualTo(((Platform.Handlers.Error?)null, 0L, before + 1)));
        await _site.Log(
            Event(("source.ip", "10.9.0.1"), ("destination.ip", "203.0.113.66"), ("host.name", "pc-1")),
            Event(("source.ip", "198.51.100.7"), ("destination.ip", "10.9.0.2")),
            Event(("source.ip", "10.9.0.3"), ("destination.ip", "2001:0DB8:0066:0000::1")),
            Event(("source.ip", "10.9.0.4"), ("dns.question.name", "A.b.EVIL.example.")),
            Event(("source.ip", "10.9.0.5"), ("url.domain", "drop.example"), ("url.original", "/p/x.bin?session=1")),
            Event(("host.name", "pc-6"), ("file.hash.sha256", (new string('a', 63) + "b").ToUpperInvariant())),
            Event(("email.from.address", "Boss@PHISH.example"), ("user.name", "zhang.san")),
            Event(("source.ip", "10.9.0.8"), ("dns.question.name", "notevil.example"), ("destination.ip", "198.51.100.200")));
        foreach (var entry in entries) Assert.That(await Of(entry.Value.Value), Has.Count.EqualTo(1), entry.Value.Value);
        var c2 = (await Of("203.0.113.66"))[0].Alert;
        Assert.Multiple(() =>
        {
            Assert.That((c2.Attacker, c2.Victim, c2.Host), Is.EqualTo(("203.0.113.66", "10.9.0.1", "pc-1")));
            Assert.That(c2.Severity, Is.EqualTo(Severity.Critical));
            Assert.That(c2.Techniques, Is.EqualTo(new[] { "T1071.001" }));
            Assert.That(c2.Tactics, Is.EqualTo(new[] { "TA0011" }));
            Assert.That(c2.Events, Has.Count.EqualTo(1));
            Assert.That(c2.Matched.Values, Has.None.Null);
            Assert.That((c2.Matched["threat"], c2.Matched["sources"], c2.Matched["field"], c2.Matched["origin"]), Is.EqualTo(("TestLoader", "3", "destination.ip", "cloud")));
        });
        var knock = (await Of("198.51.100.0/25"))[0].Alert;
        Assert.That((knock.Attacker, knock.Victim, knock.Severity), Is.EqualTo(("198.51.100.7", "10.9.0.2", Severity.Medium)), "who knocks from outside is noise");
        Assert.That((await Of("evil.example"))[0].Alert.Matched["found"], Is.EqualTo("A.b.EVIL.example."));
    }

    [Test]
    public async Task Hits_of_one_indicator_at_one_asset_within_an_hour_are_one_alert_and_only_their_number_may_leave()
    {
        var (cloud, at) = (Entry(IndicatorKind.Address, "203.0.113.80"), TimeProvider.System.GetUtcNow());
        var hour = new DateTimeOffset(at.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
        await _site.Set.Change(_site.Set.Version + 1, [cloud], [], CancellationToken.None);
        await Enter("own.example");
        await Task.Delay(300);
        // Thirty minutes apart: rules would make two alerts of that.
        await _site.Log(new[] { 1, 31, 59 }.Select(m => Event(("@timestamp", hour.AddHours(-1).AddMinutes(m).ToString("O")), ("source.ip", "10.9.1.1"), ("destination.ip", "203.0.113.80"))));
        await _site.Log(Event(("@timestamp", hour.AddHours(-1).AddMinutes(5).ToString("O")), ("source.ip", "10.9.1.2"), ("destination.ip", "203.0.113.80")), Event(("source.ip", "10.9.1.1"), ("dns.question.name", "own.example")));
        List<long> counts = [];
        for (var i = 0; i < 100 && counts.Sum() < 4; i++)
        {
            await Task.Delay(50);
            counts = [.. (await Of("203.0.113.80", 2)).Select(a => a.Alert.Count).Order()];
        }
        Assert.That(counts, Is.EqualTo(new long[] { 1, 3 }));
        Assert.That(await Of("own.example"), Has.Count.EqualTo(1));
        for (var i = 0; i < 100 && (await _site.Tier.Send(new ListHunts())).Value.Items.Any(h => h.DoneAt is null); i++) await Task.Delay(50);
        Assert.That(await Of("own.example", 0, "intel.found-later"), Is.Empty, "what was met as it came is not found once more");
        for (var i = 0; i < 100 && (await _site.Sightings()).All(s => s.Indicator != cloud.Id); i++) await Task.Delay(50);
        var sightings = await _site.Sightings();
        Assert.That(sightings.Single(s => s.Indicator == cloud.Id).Count, Is.InRange(2, 4), "what grew is told once a minute");
        var own = (await _site.Tier.Send(new ListHits { Text = "own.example" })).Value.Items;
        Assert.That(own.All(h => h.IsOwn), Is.True);
        Assert.That(sightings.Select(s => s.Indicator).Intersect(own.Select(h => h.IndicatorId)), Is.Empty);
        var gate = new Gate();
        await using var scope = _site.Tier.Services.CreateAsyncScope();
        var tell = new TellSightings(scope.ServiceProvider.GetRequiredService<IIndicatorSightings>(), gate, new ToldMark());
        gate.Outcome = EgressOutcome.NotJoined;
        await tell.Run(CancellationToken.None);
        (gate.Outcome, gate.Sent) = (EgressOutcome.Sent, []);
        await tell.Run(CancellationToken.None);
        var told = gate.Sent.Cast<Juming.Contracts.Egress.IndicatorSightings>().Single(m => new Guid(m.Indicator.Span, bigEndian: true) == cloud.Id);
        Assert.That((told.Hits, told.FirstAt % 86_400_000_000, told.LastAt % 86_400_000_000), Is.EqualTo(((ulong)sightings.Single(s => s.Indicator == cloud.Id).Count, 0L, 0L)), "a count and days, no hour");
        gate.Sent = [];
        await tell.Run(CancellationToken.None);
        Assert.That(gate.Sent, Is.Empty, "nothing changed");
    }

    /// <summary>The gate as the module sees it; what it lets pass is the links' own matter.</summary>
    private sealed class Gate : IEgress
    {
        public EgressOutcome Outcome { get; set; }

        public List<IMessage> Sent { get; set; } = [];

        public Task<EgressVerdict> Send(IMessage message, CancellationToken ct)
        {
            Sent.Add(message);
            return Task.FromResult(new EgressVerdict(Outcome));
        }

        public Task<EgressVerdict> Release(IMessage message, string approver, CancellationToken ct) => Send(message, ct);

        public Task<bool> MayRelease(CancellationToken ct) => Task.FromResult(false);

        public void SendWith(ModuleDbContext db, IMessage message) => Sent.Add(message);
    }

    [Test]
    public async Task Not_here_is_muted_until_it_is_taken_back_and_a_withdrawn_one_is_silent()
    {
        var gone = Entry(IndicatorKind.Domain, "gone.example");
        await _site.Set.Change(_site.Set.Version + 1, [gone], [], CancellationToken.None);
        await Enter("mirror.example");
        Assert.That((await _site.Tier.Send(new LookUp("hxxps://cdn.mirror[.]example/x"))).Value.Found.Single().Verdict, Is.EqualTo("alerts"));
        await _site.Tier.Send(new MuteIndicator(IndicatorKind.Domain, "mirror.example", "our own mirror"));
        await _site.Set.Change(_site.Set.Version + 1, [], [gone.Id], CancellationToken.None);
        Assert.That((await _site.Tier.Send(new LookUp("mirror.example"))).Value.Found.Single().Verdict, Is.EqualTo("muted"));
        Assert.That((await _site.Tier.Send(new LookUp("gone.example"))).Value.Found, Is.Empty);
        await _site.Log(Event(("source.ip", "10.9.2.1"), ("dns.question.name", "mirror.example")), Event(("source.ip", "10.9.2.1"), ("dns.question.name", "gone.example")));
        await _site.Tier.Send(new MuteIndicator(IndicatorKind.Domain, "mirror.example", "our own mirror"));
        await Enter("after.example");
        await _site.Log(Event(("source.ip", "10.9.2.1"), ("dns.question.name", "after.example")));
        Assert.That(await Of("after.example"), Has.Count.EqualTo(1), "what came later has been asked");
        Assert.That(await Of("mirror.example", 0), Is.Empty);
        Assert.That(await Of("gone.example", 0), Is.Empty);
        Assert.That((await _site.Tier.Send(new UnmuteIndicator(IndicatorKind.Domain, "mirror.example"))).Error, Is.Null);
        await _site.Log(Event(("source.ip", "10.9.2.2"), ("dns.question.name", "mirror.example")));
        Assert.That(await Of("mirror.example"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Stored_events_are_searched_for_new_indicators_and_what_is_found_bears_its_own_time()
    {
        var at = TimeProvider.System.GetUtcNow().AddHours(-3);
        await _site.Log(
            Event(("@timestamp", at.ToString("O")), ("source.ip", "10.9.3.1"), ("dns.question.name", "deep.late.example")), Event(("@timestamp", at.AddMinutes(1).ToString("O")), ("source.ip", "10.9.3.1"), ("dns.question.name", "late.example")),
            Event(("source.ip", "10.9.3.2"), ("destination.ip", "203.0.113.99")), Event(("source.ip", "10.9.3.3"), ("dns.question.name", "late.example.org")), Event(("source.ip", "203.0.114.77"), ("destination.ip", "10.9.3.4")));
        await _site.Log(Event(("source.ip", "10.9.3.9"), ("dns.question.name", "mark.example")));
        await Enter("mark.example");
        await Of("mark.example", 1, "intel.found-later");
        var (domain, address, net) = (Entry(IndicatorKind.Domain, "late.example"), Entry(IndicatorKind.Address, "203.0.113.99"), Entry(IndicatorKind.Network, "203.0.114.0/24"));
        await _site.Set.Change(_site.Set.Version + 1, [domain, address, net], [], CancellationToken.None);
        var found = (await Of("late.example", 1, "intel.found-later")).Single().Alert;
        Assert.Multiple(() =>
        {
            Assert.That(found.Count, Is.EqualTo(2));
            Assert.That((found.FirstAt - at).Duration(), Is.LessThan(TimeSpan.FromSeconds(1)));
            Assert.That(found.Victim, Is.EqualTo("10.9.3.1"));
            Assert.That(found.Events, Has.Count.EqualTo(2));
        });
        Assert.That(await Of("203.0.113.99", 1, "intel.found-later"), Has.Count.EqualTo(1));
        Assert.That(await Of("203.0.114.0/24", 1, "intel.found-later"), Has.Count.EqualTo(1), "networks by the columns");
        HuntView? run = null;
        for (var i = 0; i < 200 && run?.DoneAt is null; i++)
        {
            await Task.Delay(50);
            run = (await _site.Tier.Send(new ListHunts())).Value.Items.FirstOrDefault(h => h.First.Contains("late.example"));
        }
        Assert.That(run?.DoneAt, Is.Not.Null);
        Assert.That((run!.Events, run.Alerts, run.Cut, run.LeftOut), Is.EqualTo((4L, 3, 0, 0L)));
        Assert.That(run.Looked, Is.GreaterThanOrEqualTo(6));
        var late = new ListHits { Late = true, Text = "late.example" };
        for (var i = 0; i < 100 && (await _site.Tier.Send(late)).Value.Total == 0; i++) await Task.Delay(50);
        Assert.That((await _site.Tier.Send(late)).Value.Items, Has.Count.EqualTo(1));
        await _site.Set.Change(_site.Set.Version + 1, [domain with { Confidence = 95 }], [], CancellationToken.None);
        Assert.That((await _site.Tier.Send(new ListHunts())).Value.Items.Count(h => h.First.Contains("late.example")), Is.EqualTo(1), "it is not new any more");
    }
}
