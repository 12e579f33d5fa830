using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Juming.Contracts.Egress;
using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Content;
using Juming.Platform.Links;
using Juming.Platform.Notify;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Impact;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Assets;

/// <summary>What is known of vulnerabilities is held against the site's software; the answer is assets with reasons.</summary>
[Category("C1.4")]
internal sealed class ImpactTests
{
    private ShelfOfContent _shelf = null!;
    private readonly Told _told = new();
    private AssetsBench _bench = null!;
    private ImpactDesk Desk => _bench.Site.Services.GetRequiredService<ImpactDesk>();

    [SetUp]
    public async Task Start()
    {
        _shelf = new ShelfOfContent();
        _told.Notices.Clear();
        _bench = await AssetsBench.Start(services: s => s.AddSingleton<IContent>(_shelf).AddSingleton<INotices>(_told));
    }

    [TearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task A_vulnerability_finds_its_assets_with_the_reason_and_a_new_version_ends_it_by_itself()
    {
        await Have("10.70.0.1", "web-a", "F5,nginx,1.18.0");
        await Have("10.70.0.2", "web-b", "F5,nginx,1.21.0");
        await Have("10.70.0.3", "web-c", "F5,nginx,");
        await Have("10.70.0.4", "web-d", ",nginx,1.18.0 (ubuntu)");
        _shelf.Publish([Nginx("1.20.0")], [new ExploitEntry("CVE-2031-0001", new DateOnly(2031, 1, 5), new DateOnly(2031, 1, 26), true, 9000)]);
        Assert.That(await Desk.TakeParcels(CancellationToken.None), Is.True);
        Assert.That(await Desk.TakeParcels(CancellationToken.None), Is.False, "the same again");
        var item = (await List()).Single();
        Assert.Multiple(() =>
        {
            Assert.That((item.GetProperty("open").GetInt32(), item.GetProperty("likely").GetInt32()), Is.EqualTo((3, 2)));
            Assert.That(item.GetProperty("ransomware").GetBoolean(), Is.True);
            Assert.That(item.GetProperty("chance").GetDouble(), Is.EqualTo(0.9));
            Assert.That(item.GetProperty("exploitedSince").ValueKind, Is.Not.EqualTo(JsonValueKind.Null));
        });
        var assets = await Affected("CVE-2031-0001");
        Assert.That(assets.Select(a => $"{a.GetProperty("name").GetString()} {string.Join(',', a.GetProperty("doubts").EnumerateArray().Select(d => d.GetString()))} {a.GetProperty("state").GetString()}"), Is.EquivalentTo(new[] { "web-a  Open", "web-c VersionUnknown Open", "web-d BuiltByDistribution Open" }));
        Assert.That(assets[0].GetProperty("range").GetProperty("to").GetString(), Is.EqualTo("1.20.0"));

        await Send("software/import", "asset,vendor,product,version\nweb-a,F5,nginx,1.25.1\n");
        await Desk.MatchNew(CancellationToken.None);
        Assert.That((await Affected("CVE-2031-0001")).Single(a => a.GetProperty("name").GetString() == "web-a").GetProperty("state").GetString(), Is.EqualTo("Remediated"));
        item = (await List()).Single();
        Assert.That((item.GetProperty("open").GetInt32(), item.GetProperty("remediated").GetInt32()), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task New_software_is_held_against_what_is_known_already_and_corrected_knowledge_takes_findings_back()
    {
        _shelf.Publish([Nginx("1.20.0"), new VulnerabilityEntry("CVE-2031-9001", "other", 50, null, [new('a', "acme", "other", "*", "", false, "", false, false)])], [new ExploitEntry("CVE-2031-0001", new DateOnly(2031, 1, 5), null, false, 10)]);
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That(await List(), Is.Empty);
        await Have("10.71.0.1", "late", "F5,nginx,1.18.0");
        await Desk.MatchNew(CancellationToken.None);
        Assert.That((await List()).Select(i => (i.GetProperty("cve").GetString(), i.GetProperty("exploitedSince").ValueKind)), Is.EqualTo(new[] { ("CVE-2031-0001", JsonValueKind.String) }));
        // It turns out that 1.18 was never concerned.
        _shelf.Publish([Nginx("1.10.0")]);
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That(await List(), Is.Empty);
        _shelf.Publish([Nginx("1.20.0")]);
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That(await List(), Has.Count.EqualTo(1));
        _shelf.Withdraw("known.203100");
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That(await List(), Is.Empty);
    }

    [Test]
    public async Task People_are_told_once_of_what_is_exploited_and_concerns_assets_here()
    {
        await Have("10.75.0.1", "told-a", "F5,nginx,1.18.0");
        await Have("10.75.0.2", "told-b", "F5,nginx,1.25.0");
        var (quiet, other) = (Nginx("1.20.0"), Nginx("1.30.0") with { Cve = "CVE-2031-0002" });
        _shelf.Publish([quiet, other]);
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That(_told.Notices, Is.Empty, "nobody exploits them yet");

        _shelf.Publish([quiet, other], [new ExploitEntry(quiet.Cve, new DateOnly(2031, 1, 5), null, false, 10), new ExploitEntry("CVE-2031-0777", new DateOnly(2031, 1, 5), null, true, 10)]);
        await Desk.TakeParcels(CancellationToken.None);
        var notice = _told.Notices.Single();
        Assert.Multiple(() =>
        {
            Assert.That((notice.Code, notice.Weight, notice.Path), Is.EqualTo(("assets.exploited", NoticeWeight.Warning, "/impact?cve=CVE-2031-0001")));
            Assert.That((notice.Arguments["count"], notice.Arguments["assets"], notice.Arguments["ransomware"]), Is.EqualTo(("1", "1", "0")));
            Assert.That(notice.Private["cves"], Is.EqualTo("CVE-2031-0001"));
            Assert.That(notice.Arguments.Values, Has.None.Contains("CVE"), "what a site runs is nobody's business outside");
        });

        await Have("10.75.0.3", "told-c", "F5,nginx,1.19.0");
        await Desk.MatchNew(CancellationToken.None);
        Assert.That(_told.Notices, Has.Count.EqualTo(1), "another asset of a known one is on the page, not in a message");
        Assert.That(await Decide(new { cve = other.Cve, kind = "Muted", reason = "later" }), Is.EqualTo(204));
        _shelf.Publish([quiet, other], [new ExploitEntry(quiet.Cve, new DateOnly(2031, 1, 5), null, false, 10), new ExploitEntry(other.Cve, new DateOnly(2031, 1, 9), null, true, 10)]);
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That(_told.Notices, Has.Count.EqualTo(1), "muted");
        using var back = await _bench.Client.PostAsJsonAsync("/api/assets/impact/undecide", new { cve = other.Cve });
        Assert.That((_told.Notices.Count, _told.Notices.Last().Weight, _told.Notices.Last().Arguments["ransomware"]), Is.EqualTo((2, NoticeWeight.Urgent, "1")));
        Assert.That(_told.Notices.Select(n => n.Id).Distinct().Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task All_parcels_are_fetched_whatever_the_site_has()
    {
        var entries = Enumerable.Range(0, 30).Select(i => new VulnerabilityEntry($"CVE-20{10 + i}-0001", "", 10, null, [new('a', "v" + i, "p" + i, "*", "", false, "", false, false)])).ToList();
        await Have("10.72.0.1", "one", "v3,p3,1");
        _shelf.Publish(entries);
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That(_shelf.Asked.Distinct().Count(), Is.EqualTo(31), "30 parcels and their list");
        Assert.That(await List(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_person_decides_for_one_asset_or_all_mutes_and_takes_it_back()
    {
        var first = await Have("10.73.0.1", "one", "F5,nginx,1.18.0");
        await Have("10.73.0.2", "two", "F5,nginx,1.18.0");
        _shelf.Publish([Nginx("1.20.0")]);
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That(await Decide(new { cve = "CVE-2031-0001", assets = new[] { first }, kind = "NotAffected", reason = "module off" }), Is.EqualTo(204));
        var item = (await List()).Single();
        Assert.That((item.GetProperty("open").GetInt32(), item.GetProperty("notAffected").GetInt32()), Is.EqualTo((1, 1)));
        Assert.That((await _bench.Get("/impact/assets")).GetProperty("total").GetInt32(), Is.EqualTo(1));
        Assert.That(await Decide(new { cve = "CVE-2031-0001", kind = "Muted", reason = "later" }), Is.EqualTo(204));
        Assert.That(await List(), Is.Empty);
        Assert.That(await List("?state=Muted"), Has.Count.EqualTo(1));
        using var back = await _bench.Client.PostAsJsonAsync("/api/assets/impact/undecide", new { cve = "CVE-2031-0001" });
        Assert.That((await List()).Single().GetProperty("open").GetInt32(), Is.EqualTo(1));
        using var again = await _bench.Client.PostAsJsonAsync("/api/assets/impact/undecide", new { cve = "CVE-2031-0001" });
        Assert.Multiple(async () =>
        {
            Assert.That(((int)back.StatusCode, (int)again.StatusCode), Is.EqualTo((204, 404)));
            Assert.That(await Decide(new { cve = "CVE-2031-0001", kind = "NotAffected", reason = "" }), Is.EqualTo(400));
            Assert.That(await Decide(new { cve = "CVE-2031-0001", assets = new[] { first }, kind = "Muted", reason = "x" }), Is.EqualTo(400));
            Assert.That(await Decide(new { cve = "CVE-2031-7777", kind = "NotAffected", reason = "x" }), Is.EqualTo(404));
            Assert.That(await Decide(new { cve = "'; drop table", kind = "NotAffected", reason = "x" }), Is.EqualTo(404));
        });
    }

    [Test]
    public async Task Filters_export_and_the_asset_say_the_same()
    {
        var asset = await Have("10.74.0.1", "box", "F5,nginx,1.18.0", "Acme,widget,1.0");
        _shelf.Publish([Nginx("1.20.0"), new VulnerabilityEntry("CVE-2032-0001", "=cmd|' /C calc'!A0 <img src=x>", 45, new DateOnly(2032, 1, 1), [new('a', "acme", "widget", "1.0", "", false, "", false, true)])], [new ExploitEntry("CVE-2031-0001", new DateOnly(2031, 1, 5), null, false, 10)]);
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That((await List("?exploited=true")).Select(i => i.GetProperty("cve").GetString()), Is.EqualTo(new[] { "CVE-2031-0001" }));
        Assert.That((await List("?least=High")).Count, Is.EqualTo(1));
        Assert.That((await List("?text=2032-0")).Count, Is.EqualTo(1));
        Assert.That((await List("?text=%25")).Count, Is.Zero);
        var of = await _bench.Get("/impact/assets/" + asset);
        Assert.That(of.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("vulnerability").GetProperty("cve").GetString()), Is.EqualTo(new[] { "CVE-2031-0001", "CVE-2032-0001" }));
        var csv = await _bench.Client.GetStringAsync("/api/assets/impact/export");
        Assert.That(csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
        Assert.That(csv, Does.Contain("\"'=cmd|").And.Contain("NeedsAnother"));
        // A machine that is no longer there is open to nothing.
        using var retired = await _bench.Client.PatchAsJsonAsync("/api/assets/" + asset, new { version = 1, retired = true });
        await Desk.Recount(CancellationToken.None);
        Assert.That(await List(), Is.Empty);
    }

    [Test]
    public async Task A_parcel_that_is_none_is_refused_and_what_stood_stays()
    {
        await Have("10.75.0.1", "one", "F5,nginx,1.18.0");
        _shelf.Publish([Nginx("1.20.0")]);
        await Desk.TakeParcels(CancellationToken.None);
        _shelf.PublishRaw("known.203100", Encoding.UTF8.GetBytes("<html>not a parcel</html>"));
        Assert.That(async () => await Desk.TakeParcels(CancellationToken.None), Throws.TypeOf<Juming.Site.Assets.ImpactException>());
        Assert.That(await List(), Has.Count.EqualTo(1));
        // Signed and yet speaking of another bucket: it may only say what is its own.
        _shelf.PublishRaw("known.203100", VulnerabilityParcel.Pack([Nginx("1.20.0")]));
        _shelf.PublishRaw("known.203000", VulnerabilityParcel.Pack([Nginx("9.9")]));
        await Desk.TakeParcels(CancellationToken.None);
        Assert.That((await Affected("CVE-2031-0001"))[0].GetProperty("range").GetProperty("to").GetString(), Is.EqualTo("1.20.0"));
    }

    [Test]
    public async Task Only_counts_go_up_and_single_vulnerabilities_in_a_message_of_their_own()
    {
        await Have("10.76.0.1", "secret-host", "F5,nginx,1.18.0");
        _shelf.Publish([Nginx("1.20.0")], [new ExploitEntry("CVE-2031-0001", new DateOnly(2031, 1, 5), null, false, 10)]);
        await Desk.TakeParcels(CancellationToken.None);
        var gate = new Gate();
        await using var scope = _bench.Site.Services.CreateAsyncScope();
        await new TellImpact(scope.ServiceProvider.GetRequiredService<AssetsDb>(), _shelf, gate).Run(CancellationToken.None);
        var totals = gate.Sent.OfType<ImpactCounts>().Single();
        var named = gate.Sent.OfType<ImpactByVulnerability>().Single();
        Assert.That((totals.OpenCritical, totals.OpenHigh, totals.OpenExploited, totals.AssetsAffected, totals.AssetsExploited), Is.EqualTo((0u, 1u, 1u, 1u, 1u)));
        Assert.That((named.Cves[0], named.CveAssetsAffected[0]), Is.EqualTo(("CVE-2031-0001", 1u)));
        Assert.That(string.Concat(gate.Sent.Select(m => m.ToString())), Does.Not.Contain("secret-host").And.Not.Contain("nginx").And.Not.Contain("10.76"));
    }

    [Test, Category("Long")]
    public async Task A_hundred_thousand_vulnerabilities_are_held_against_a_thousand_machines_within_bounds()
    {
        var csv = new StringBuilder("address,name\n");
        for (var i = 0; i < 1000; i++) csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"10.80.{i / 250}.{i % 250},m{i}\n");
        await Send("import", csv.ToString());
        var software = new StringBuilder("asset,vendor,product,version\n");
        for (var i = 0; i < 1000; i++)
            for (var k = 0; k < 5; k++) software.Append(System.Globalization.CultureInfo.InvariantCulture, $"m{i},vendor{k},product{k},{i % 20}.{k}\n");
        await Send("software/import", software.ToString());
        // Every hundredth concerns something here.
        _shelf.Publish(Enumerable.Range(0, 100_000).Select(i => new VulnerabilityEntry($"CVE-{2000 + (i / 5000)}-{10_000 + (i % 5000)}", "text " + i, 10 + (i % 90), null,
            Enumerable.Range(0, 6).Select(k => i % 100 == 0 ? new AffectedRange('a', "vendor" + (k % 5), "product" + (k % 5), "*", "", false, ((i / 100 % 20) + 1) + ".0", true, false) : new AffectedRange('a', "v" + i, "p" + k, "*", "1", false, "2", true, false)).ToList())));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var before = GC.GetTotalMemory(true);
        await Desk.TakeParcels(CancellationToken.None);
        var took = watch.Elapsed;
        var grown = (GC.GetTotalMemory(true) - before) / 1_048_576.0;
        await using var scope = _bench.Site.Services.CreateAsyncScope();
        TestContext.Out.WriteLine($"100,000 vulnerabilities against 5,000 installs in {took.TotalSeconds:F1} s, {grown:F1} MiB stay, {scope.ServiceProvider.GetRequiredService<AssetsDb>().Findings.Count()} findings");
        Assert.That((await _bench.Get("/impact")).GetProperty("total").GetInt32(), Is.GreaterThan(500));
        Assert.That(grown, Is.LessThan(100));
    }

    private static VulnerabilityEntry Nginx(string before) => new("CVE-2031-0001", "Request smuggling", 77, new DateOnly(2031, 1, 1), [new('a', "f5", "nginx", "*", "0.6.18", false, before, true, false)]);

    private async Task<List<JsonElement>> List(string query = "") => [.. (await _bench.Get("/impact" + query)).GetProperty("items").EnumerateArray()];

    private async Task<List<JsonElement>> Affected(string cve) => [.. (await _bench.Get("/impact/cve/" + cve)).GetProperty("assets").EnumerateArray()];

    private async Task<int> Decide(object decision)
    {
        using var answer = await _bench.Client.PostAsJsonAsync("/api/assets/impact/decide", decision);
        return (int)answer.StatusCode;
    }

    private async Task<Guid> Have(string address, string name, params string[] software)
    {
        using var answer = await _bench.Client.PostAsJsonAsync("/api/assets", new { address, name, host = "", business = "", zone = "", owner = "", importance = "Normal" });
        var (status, body) = await Send("software/import", "asset,vendor,product,version\n" + string.Concat(software.Select(s => name + "," + s + "\n")));
        Assert.That(status, Is.EqualTo(200), body.ToString());
        return await answer.Content.ReadFromJsonAsync<Guid>();
    }

    private async Task<(int Status, JsonElement Body)> Send(string path, string text)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        return await _bench.Post(path, body);
    }

    private sealed class Told : INotices
    {
        public ConcurrentQueue<Notice> Notices { get; } = new();

        public Task Post(Notice notice, CancellationToken ct)
        {
            Notices.Enqueue(notice);
            return Task.CompletedTask;
        }
    }

    private sealed class Gate : IEgress
    {
        public List<Google.Protobuf.IMessage> Sent { get; } = [];

        public Task<EgressVerdict> Send(Google.Protobuf.IMessage message, CancellationToken ct)
        {
            Sent.Add(message);
            return Task.FromResult(new EgressVerdict(EgressOutcome.Sent));
        }

        public Task<EgressVerdict> Release(Google.Protobuf.IMessage message, string approver, CancellationToken ct) => throw new NotSupportedException();

        public Task<bool> MayRelease(CancellationToken ct) => throw new NotSupportedException();

        public void SendWith(Juming.Platform.Data.ModuleDbContext db, Google.Protobuf.IMessage message) => throw new NotSupportedException();
    }
}
