using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Juming.Cloud.ThreatIntel;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Contracts.Vulnerabilities;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Cloud.Tests.ThreatIntel;

/// <summary>Records of the CVE programme fill in what NVD has not named yet, and give way to it; what is no such record changes nothing.</summary>
[Category("C1.1")]
internal sealed class CveRecordTests : IntelHost
{
    protected override Dictionary<string, string?> Settings => new() { ["Modules:ThreatIntel:WithinSeconds"] = "60" };

    [Test]
    public async Task One_a_list_and_a_zip_are_read()
    {
        await Read(await Add("cve-one", "Cve", Feeds.File("/one.json", Record("CVE-2036-0001", Affected("Acme Inc", "Web Server", """{"version":"1.0","lessThan":"1.2.10","status":"affected","versionType":"semver"}""")))));
        await Read(await Add("cve-list", "Cve", Feeds.File("/list.json", $"[{Record("CVE-2036-0002", Affected("acme", "b", """{"version":"2.0","status":"affected"}"""))},{Record("CVE-2036-0009", "")},{{}},7]")));
        var run = await Read(await Add("cve-zip", "Cve", Feeds.Bytes("/delta.zip", Zip(("deltaCves/CVE-2036-0003.json", Record("CVE-2036-0003", Affected("acme", "c", """{"version":"0","lessThanOrEqual":"3","status":"affected"}"""))), ("deltaLog.json", "[{\"no\":\"record\"}]"), ("../../CVE-2036-0004.json", Record("CVE-2036-0004", ""))))));
        Assert.That((Number(run, "read"), Number(run, "quarantined")), Is.EqualTo((2, 0)), run.ToString());
        Assert.Multiple(async () =>
        {
            Assert.That(await RangesOf("CVE-2036-0001"), Is.EqualTo(new[] { new AffectedRange('*', "acme_inc", "web_server", "*", "1.0", false, "1.2.10", true, false) }));
            Assert.That(await RangesOf("CVE-2036-0002"), Is.EqualTo(new[] { new AffectedRange('*', "acme", "b", "2.0", "", false, "", false, false) }));
            Assert.That(await RangesOf("CVE-2036-0003"), Is.EqualTo(new[] { new AffectedRange('*', "acme", "c", "*", "", false, "3", false, false) }));
            Assert.That(await RangesOf("CVE-2036-0004"), Is.Empty);
        });
        var seen = (await Get("vulnerabilities?text=CVE-2036-0001")).GetProperty("items")[0];
        Assert.That((seen.GetProperty("score").GetDouble(), seen.GetProperty("summary").GetString()), Is.EqualTo((7.5, "A flaw <b>here</b>.")));
    }

    [TestCase("""{"version":"1","lessThan":"2","status":"affected"},{"version":"3","lessThan":"4","status":"unaffected"}""", "unaffected", "1.5", "2.0 3.5 0.9")]
    [TestCase("""{"version":"1","lessThan":"*","status":"affected"}""", "unaffected", "1.0 99", "0.9")]
    [TestCase("""{"version":"5","lessThan":"6","status":"affected","changes":[{"at":"5.3","status":"unaffected"}]}""", "unaffected", "5.2", "5.3 5.9")]
    [TestCase("""{"version":"deadbeef","lessThan":"cafe","status":"affected","versionType":"git"}""", "unaffected", "", "1")]
    [TestCase("""{"version":"2.4","lessThan":"*","status":"unaffected"}""", "affected", "1 2.3.9", "2.4 3")]
    [TestCase("""{"version":"2.1.4","lessThanOrEqual":"2.1.*","status":"unaffected"},{"version":"1.9","status":"unaffected"}""", "affected", "1.8 2.0 2.1.3 2.2 3", "1.9 2.1.4 2.1.99")]
    [TestCase("""{"version":"7.0.*","status":"affected"}""", "unaffected", "7.0 7.0.9", "6.9 7.1 8")]
    [TestCase("""{"version":"3","lessThanOrEqual":"4","status":"unaffected"}""", "affected", "2.9 4.1 9", "3 3.5 4")]
    [TestCase("", "affected", "0 1 99", "")]
    [TestCase("", "unaffected", "", "1")]
    [TestCase("""{"version":"n/a","status":"affected"}""", "unaffected", "", "1")]
    public async Task Versions_are_understood_as_the_record_means_them(string versions, string others, string concerned, string spared)
    {
        var id = "CVE-2036-" + Random.Shared.Next(100_000, 999_999);
        await Read(await Add("cve-" + id, "Cve", Feeds.File("/" + id, Record(id, Affected("acme", "p", versions, others)))));
        var ranges = await RangesOf(id);
        Assert.Multiple(() =>
        {
            foreach (var version in concerned.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.That(ranges.Any(r => r.Holds(version)), version + " is concerned: " + string.Join("; ", ranges));
            foreach (var version in spared.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.That(!ranges.Any(r => r.Holds(version)), version + " is not: " + string.Join("; ", ranges));
        });
    }

    [Test]
    public async Task Names_of_the_enumeration_go_before_words_and_those_who_add_to_a_record_count()
    {
        const string Added = """{"affected":[{"vendor":"Acme","product":"Thing","cpes":["cpe:2.3:o:acme:thing_os:*:*:*:*:*:*:*:*","no name"],"versions":[{"version":"1","status":"affected"}]}],"metrics":[{"other":{}},{"cvssV3_1":{"baseScore":9.1}}]}""";
        await Read(await Add("cve-adp", "Cve", Feeds.File("/adp.json", Record("CVE-2036-0011", Affected("n/a", "n/a", """{"version":"1","status":"affected"}"""), adp: Added, score: null))));
        Assert.That(await RangesOf("CVE-2036-0011"), Is.EqualTo(new[] { new AffectedRange('o', "acme", "thing_os", "1", "", false, "", false, false) }));
        Assert.That((await Get("vulnerabilities?text=CVE-2036-0011")).GetProperty("items")[0].GetProperty("score").GetDouble(), Is.EqualTo(9.1));
    }

    [Test]
    public async Task Nvd_goes_first_where_it_names_products_and_a_rejected_one_concerns_nothing()
    {
        const string Id = "CVE-2036-0021";
        var record = Feeds.File("/r.json", Record(Id, Affected("acme", "word", """{"version":"1","status":"affected"}""")));
        await Read(await Add("nvd-empty", "Nvd", Feeds.File("/n1.json", Nvd(Id, "nvd says", ""))));
        await Read(await Add("cve-21", "Cve", record));
        Assert.That((await RangesOf(Id)).Single().Product, Is.EqualTo("word"));
        // NVD reads it again and still has no names: the record's stay.
        await Read(await Add("nvd-still", "Nvd", Feeds.File("/n2.json", Nvd(Id, "nvd says more", ""))));
        Assert.That((await RangesOf(Id)).Single().Product, Is.EqualTo("word"));
        await Read(await Add("nvd-named", "Nvd", Feeds.File("/n3.json", Nvd(Id, "nvd says", """{"vulnerable":true,"criteria":"cpe:2.3:a:acme:named:1:*:*:*:*:*:*:*"}"""))));
        Assert.That((await RangesOf(Id)).Single().Product, Is.EqualTo("named"));
        await Read(await Add("cve-21b", "Cve", record));
        Assert.That((await RangesOf(Id)).Single().Product, Is.EqualTo("named"));
        await Read(await Add("cve-21c", "Cve", Feeds.File("/rej.json", """{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"@","state":"REJECTED"},"containers":{"cna":{"rejectedReasons":[{"lang":"en","value":"no"}]}}}""".Replace("@", Id, StringComparison.Ordinal))));
        Assert.That(await RangesOf(Id), Is.Empty);
    }

    [TestCase("{}", "unreadable")]
    [TestCase("7", "unreadable")]
    [TestCase("<html>busy</html>", "unreadable")]
    [TestCase("{\"cveMetadata\":{\"cveId\":\"CVE-2037-0001\"", "unreadable")]
    [TestCase("PK\u0003\u0004 and then nothing of a zip", "unreadable")]
    public async Task What_is_no_such_file_changes_nothing_and_says_why(string content, string problem)
    {
        var name = "bad-" + Guid.NewGuid().ToString("N");
        var run = await Read(await Add(name, "Cve", Feeds.File("/" + name, content)));
        Assert.That(run.GetProperty("problem").GetString(), Is.EqualTo(problem), run.ToString());
    }

    [Test]
    public async Task Zips_that_are_damaged_too_large_too_many_or_of_nonsense_are_refused_whole()
    {
        var good = Zip(("CVE-2037-0002.json", Record("CVE-2037-0002", "")), ("CVE-2037-0003.json", Record("CVE-2037-0003", "")));
        var cases = new Dictionary<string, (byte[] Bytes, string Problem)>
        {
            ["cut"] = (good[..^30], "unreadable"),
            ["no-json"] = (Zip(("CVE-2037-0004.json", Record("CVE-2037-0004", "")), ("CVE-2037-0005.json", "{\"cveMetadata\":")), "unreadable"),
            ["large-file"] = (Zip(("CVE-2037-0006.json", Record("CVE-2037-0006", "")), ("CVE-2037-0007.json", new string(' ', 9 << 20))), "too-large"),
            ["many"] = ([0x50, 0x4B, 3, 4, .. Enumerable.Repeat<byte[]>([0x50, 0x4B, 1, 2], 600_001).SelectMany(b => b)], "too-many"),
        };
        foreach (var (name, (bytes, problem)) in cases)
        {
            var run = await Read(await Add("zip-" + name, "Cve", Feeds.Bytes("/" + name + ".zip", bytes)));
            Assert.That(run.GetProperty("problem").GetString(), Is.EqualTo(problem), name + run);
        }
        Assert.That((await Get("vulnerabilities?text=CVE-2037-000")).GetProperty("total").GetInt32(), Is.Zero, "nothing is half read");
    }

    private async Task<IReadOnlyList<AffectedRange>> RangesOf(string cve)
    {
        await using var scope = Cloud.Services.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<ThreatIntelDb>().Vulnerabilities.FindAsync(cve);
        return JsonSerializer.Deserialize<List<AffectedRange>>(row?.Ranges ?? "[]")!;
    }

    private static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in files)
            {
                using var to = zip.CreateEntry(name).Open();
                to.Write(Encoding.UTF8.GetBytes(text));
            }
        return bytes.ToArray();
    }

    private static string Affected(string vendor, string product, string versions, string others = "unaffected") => $$"""{"vendor":"{{vendor}}","product":"{{product}}","defaultStatus":"{{others}}","versions":[{{versions}}]}""";

    private static string Record(string id, string affected, string? adp = null, double? score = 7.5)
    {
        var metrics = score is { } value ? ",\"metrics\":[{\"cvssV3_1\":{\"baseScore\":" + value.ToString(System.Globalization.CultureInfo.InvariantCulture) + "}}]" : "";
        var author = """{"descriptions":[{"lang":"de","value":"anders"},{"lang":"en-US","value":"A flaw <b>here</b>."}],"affected":[""" + affected + "]" + metrics + "}";
        return $$"""{"dataType":"CVE_RECORD","dataVersion":"5.1","cveMetadata":{"cveId":"{{id}}","state":"PUBLISHED","datePublished":"2036-01-02T03:04:05.000Z"},"containers":{"cna":""" + author + (adp is null ? "" : ",\"adp\":[" + adp + "]") + "}}";
    }

    private static string Nvd(string id, string text, string match) => $$$"""{"vulnerabilities":[{"cve":{"id":"{{{id}}}","vulnStatus":"Analyzed","descriptions":[{"lang":"en","value":"{{{text}}}"}],"configurations":[{"nodes":[{"cpeMatch":[{{{match}}}]}]}]}}]}""";
}
