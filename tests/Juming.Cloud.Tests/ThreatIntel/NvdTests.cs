using System.Text;
using System.Text.Json;
using Juming.Cloud.ThreatIntel;
using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Content;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Cloud.Tests.ThreatIntel;

/// <summary>What the National Vulnerability Database says of products is read, kept, and published in parcels; what is no such file changes nothing.</summary>
[Category("C1.1")]
internal sealed class NvdTests : IntelHost
{
    protected override Dictionary<string, string?> Settings => new() { ["Modules:ThreatIntel:WithinSeconds"] = "60" };

    [Test]
    public async Task Products_ranges_and_gravity_are_read_and_published_and_only_what_changed_is_published_anew()
    {
        var run = await Read(await Add("nvd", "Nvd", Feeds.File("/nvd.json", File(
            Cve("CVE-2031-1001", "Remote code execution <script>", 9.8, Match("cpe:2.3:a:acme:server:*:*:*:*:*:*:*:*", "versionStartIncluding", "1.0", "versionEndExcluding", "1.2.10")),
            Cve("CVE-2031-5001", "Another", 5.0, Match("cpe:2.3:a:acme:client:2.0:*:*:*:*:*:*:*")),
            """{"cve":{"id":"no identity","descriptions":[]}}""", """{"cve":7}"""))));
        Assert.That((Number(run, "read"), Number(run, "quarantined")), Is.EqualTo((4, 2)), run.ToString());
        var seen = (await Get("vulnerabilities?text=CVE-2031-1001")).GetProperty("items")[0];
        Assert.Multiple(() =>
        {
            Assert.That(seen.GetProperty("score").GetDouble(), Is.EqualTo(9.8));
            Assert.That(seen.GetProperty("summary").GetString(), Is.EqualTo("Remote code execution <script>"));
            Assert.That(seen.GetProperty("vendor").GetString(), Is.EqualTo("acme"));
        });
        var first = await Published(p => p.ContainsKey("known.203101") && p.ContainsKey("known.203105"));
        var entry = VulnerabilityParcel.Unpack(await Content.Get(first["known.203101"].Sha256, first["known.203101"].Length, CancellationToken.None))!.Single();
        Assert.That(entry.Ranges, Is.EqualTo(new[] { new AffectedRange('a', "acme", "server", "*", "1.0", false, "1.2.10", true, false) }));

        // Read once more with one change: the parcel of the other stays.
        await Read(await Add("nvd-later", "Nvd", Feeds.File("/nvd2.json", File(
            Cve("CVE-2031-1001", "Remote code execution <script>", 9.8, Match("cpe:2.3:a:acme:server:*:*:*:*:*:*:*:*", "versionStartIncluding", "1.0", "versionEndExcluding", "1.3")),
            Cve("CVE-2031-5001", "Another", 5.0, Match("cpe:2.3:a:acme:client:2.0:*:*:*:*:*:*:*"))))));
        var second = await Published(p => !p["known.203101"].Sha256.AsSpan().SequenceEqual(first["known.203101"].Sha256));
        Assert.That(second["known.203105"].Sha256, Is.EqualTo(first["known.203105"].Sha256));

        // What is known of exploitation travels apart.
        await Read(await Add("nvd-kev", "Kev", Feeds.File("/nvd-kev.json", """{"vulnerabilities":[{"cveID":"CVE-2031-1001","vendorProject":"Acme","product":"Server","vulnerabilityName":"Acme RCE","dateAdded":"2031-02-01","dueDate":"2031-02-20","knownRansomwareCampaignUse":"Known"}]}""")));
        var third = await Published(p => p.ContainsKey("exploit.203101"));
        var exploit = VulnerabilityParcel.UnpackExploits(await Content.Get(third["exploit.203101"].Sha256, third["exploit.203101"].Length, CancellationToken.None))!.Single();
        Assert.That(exploit, Is.EqualTo(new ExploitEntry("CVE-2031-1001", new DateOnly(2031, 2, 1), new DateOnly(2031, 2, 20), true, null)));
        Assert.That(third["known.203101"].Sha256, Is.EqualTo(second["known.203101"].Sha256));
    }

    [Test]
    public async Task A_withdrawn_vulnerability_concerns_nothing_any_more()
    {
        await Read(await Add("nvd-standing", "Nvd", Feeds.File("/nvd3.json", File(Cve("CVE-2032-1001", "x", 7, Match("cpe:2.3:a:acme:gone:1.0:*:*:*:*:*:*:*"))))));
        await Published(p => p.ContainsKey("known.203201"));
        await Read(await Add("nvd-rejected", "Nvd", Feeds.File("/nvd4.json", """{"vulnerabilities":[{"cve":{"id":"CVE-2032-1001","vulnStatus":"Rejected","descriptions":[{"lang":"en","value":"REJECT"}]}}]}""")));
        await Published(p => !p.ContainsKey("known.203201"));
    }

    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("7")]
    [TestCase("<html>busy</html>")]
    [TestCase("""{"vulnerabilities":{}}""")]
    [TestCase("""{"vulnerabilities":[{"cve":{"id":"CVE-2033-0001"}}""")]
    [TestCase("""{"vulnerabilities":[{"cve":{"id":"CVE-2033-0001","descriptions":[[[[[[""")]
    public async Task What_is_no_such_file_changes_nothing_and_says_why(string content)
    {
        var name = "bad-" + Guid.NewGuid().ToString("N");
        var run = await Read(await Add(name, "Nvd", Feeds.File("/" + name, content)));
        Assert.That(run.GetProperty("problem").GetString(), Is.EqualTo("unreadable"), run.ToString());
        Assert.That((await Get("vulnerabilities?text=CVE-2033-0001")).GetProperty("total").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task A_nesting_without_end_and_an_element_without_end_are_refused()
    {
        var deep = await Read(await Add("nvd-deep", "Nvd", Feeds.File("/deep.json", "{\"vulnerabilities\":[" + string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000) + "]}")));
        Assert.That(deep.GetProperty("problem").GetString(), Is.EqualTo("unreadable"));
        var wide = await Read(await Add("nvd-wide", "Nvd", Feeds.File("/wide.json", "{\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2034-0001\",\"descriptions\":[{\"lang\":\"en\",\"value\":\"" + new string('x', 7_000_000) + "\"}]}}]}")));
        Assert.That(wide.GetProperty("problem").GetString() is null or "too-large" or "unreadable" or "", wide.ToString());
    }

    [Test]
    public async Task Ranges_that_are_upside_down_or_nonsense_travel_as_they_are_and_hold_nothing()
    {
        await Read(await Add("nvd-odd", "Nvd", Feeds.File("/odd.json", File(
            Cve("CVE-2035-1001", "odd", 4, Match("cpe:2.3:a:acme:odd:*:*:*:*:*:*:*:*", "versionStartIncluding", "9.0", "versionEndExcluding", "1.0"), Match("cpe:2.3:a:*:*:*:*:*:*:*:*:*:*"), Match("not a name"), """{"vulnerable":false,"criteria":"cpe:2.3:o:acme:platform:1:*:*:*:*:*:*:*"}""")))));
        var parts = await Published(p => p.ContainsKey("known.203501"));
        var entry = VulnerabilityParcel.Unpack(await Content.Get(parts["known.203501"].Sha256, parts["known.203501"].Length, CancellationToken.None))!.Single();
        Assert.That(entry.Ranges.Select(r => r.Product), Is.EqualTo(new[] { "odd" }));
        Assert.That(entry.Ranges[0].Holds("5.0"), Is.False);
    }

    private IContent Content => Cloud.Services.GetRequiredService<IContent>();

    private async Task<Dictionary<string, ContentPart>> Published(Func<Dictionary<string, ContentPart>, bool> holds)
    {
        for (var i = 0; i < 400; i++)
        {
            if (Content.Targets.FirstOrDefault(t => t.Path == "intel/vulnerabilities") is { } target && ContentParts.Read(await Content.Get(target.Sha256, target.Length, CancellationToken.None)) is { } parts && parts.ToDictionary(p => p.Name) is var byName && holds(byName)) return byName;
            await Task.Delay(25);
        }
        throw new TimeoutException("It was not published.");
    }

    private static string File(params string[] items) => "{\"resultsPerPage\":1,\"format\":\"NVD_CVE\",\"version\":\"2.0\",\"vulnerabilities\":[" + string.Join(',', items) + "],\"timestamp\":\"x\"}";

    private static string Cve(string id, string text, double score, params string[] matches) => JsonSerializer.Serialize(new
    {
        cve = new
        {
            id,
            published = "2031-01-02T03:04:05.678",
            vulnStatus = "Analyzed",
            descriptions = new[] { new { lang = "es", value = "otro" }, new { lang = "en", value = text } },
            metrics = new { cvssMetricV31 = new[] { new { type = "Primary", cvssData = new { baseScore = score } } } },
            configurations = new[] { new { nodes = new[] { new { @operator = "OR", negate = false, cpeMatch = matches.Select(m => JsonSerializer.Deserialize<JsonElement>(m)).ToArray() } } } },
        },
    });

    private static string Match(string criteria, params string[] ends)
    {
        var match = new StringBuilder("{\"vulnerable\":true,\"criteria\":" + JsonSerializer.Serialize(criteria));
        for (var i = 0; i < ends.Length; i += 2) match.Append(",\"" + ends[i] + "\":\"" + ends[i + 1] + "\"");
        return match.Append('}').ToString();
    }
}
