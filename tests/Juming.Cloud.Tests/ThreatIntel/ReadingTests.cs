using System.Net.Http.Json;
using System.Text.Json;
using Juming.Testing.Feeds;
using NUnit.Framework;

namespace Juming.Cloud.Tests.ThreatIntel;

/// <summary>Sources of every kind, read over real HTTP.</summary>
[Category("C1.1")]
internal sealed class ReadingTests : IntelHost
{
    [Test]
    public async Task A_plain_list_is_read_asked_for_changes_and_withdraws_what_it_names_no_longer()
    {
        const string Path = "/lists/plain.txt";
        var id = await Add("plain", "Text", Feeds.File(Path, "# remark\n203.0.113.10\n198.51.100.0/24 ; SBL1\n203.0.113.20 - 203.0.113.21\n0.0.0.0 hosts.evil.example # why\n||ads.evil.example^\nhxxp://plain.evil[.]example/x\n10.0.0.1\nnonsense here\n203.0.113.10\n"), new { threat = "C2", reliability = "B" });
        var first = await Read(id);
        Assert.That((Text(first, "problem"), Number(first, "read"), Number(first, "fresh"), Number(first, "quarantined")), Is.EqualTo(("", 9, 6, 2)));
        var value = (await Find("203.0.113.10"))!.Value;
        Assert.That((Text(value, "state"), Text(value, "threat"), Number(value, "severity"), Number(value, "confidence")), Is.EqualTo(("Active", "C2", 4, 51)), "0.85 × 60 %");
        foreach (var taken in new[] { "198.51.100.0/24", "203.0.113.20/31", "hosts.evil.example", "ads.evil.example", "http://plain.evil.example/x" }) Assert.That(await Find(taken), Is.Not.Null, taken);
        var quarantine = (await Get($"quarantine?source={id}")).GetProperty("items").EnumerateArray().ToDictionary(q => Text(q, "value"), q => Text(q, "reason"));
        Assert.That(quarantine, Is.EquivalentTo(new Dictionary<string, string> { ["10.0.0.1"] = "Reserved", ["nonsense"] = "LocalName" }));

        Assert.That((await Read(id)).GetProperty("unchanged").GetBoolean(), "asked with the tag of before");
        Assert.That(Feeds.Calls.Last(c => c.Path == Path).Headers, Contains.Key("If-None-Match"));

        Feeds.File(Path, "203.0.113.10\n198.51.100.0/24\nnew.evil.example\n203.0.113.20\n");
        var third = await Read(id);
        Assert.That((Number(third, "fresh"), Number(third, "withdrawn")), Is.EqualTo((2, 4)));
        Assert.That(Text((await Find("ads.evil.example"))!.Value, "state"), Is.EqualTo("Decayed"), "no longer named by anybody");
        Assert.That(Text((await Find("203.0.113.10"))!.Value, "state"), Is.EqualTo("Active"));
    }

    [Test]
    public async Task Csv_as_abuse_ch_writes_it_is_read_by_its_header_in_a_remark()
    {
        const string Csv = """
            ################################################################
            # "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_alias","malware_printable","last_seen_utc","confidence_level","reference"
            "2026-11-20 09:11:10", "1", "203.0.113.42:14643", "ip:port", "botnet_cc", "win.remcos", "None", "Remcos", "", "100", "None"
            "2026-11-20 01:39:33", "2", "csv.evil.example", "domain", "botnet_cc", "x", "None", "Shin, ""the"" shell", "2026-11-21 00:00:00", "50", "https://ref.example/a"
            "2026-11-20 01:34:48", "3", "3dd25cbfe76db155615283f905992030468f3d", "sha256_hash", "payload", "x", "None", "Vidar", "", "95", "None"
            # Number of entries: 3
            """;
        var mapping = JsonSerializer.Serialize(new { value = "ioc_value", kind = "ioc_type", threat = "threat_type", family = "malware_printable", confidence = "confidence_level", first = "first_seen_utc", last = "last_seen_utc", reference = "reference" });
        var id = await Add("threatfox", "Csv", Feeds.File("/threatfox.csv", Csv), new { mapping });
        var run = await Read(id);
        Assert.That((Text(run, "problem"), Number(run, "read"), Number(run, "fresh"), Number(run, "quarantined")), Is.EqualTo(("", 3, 2, 1)), "the cut hash is set apart");
        var claim = (await Dossier("csv.evil.example")).GetProperty("claims")[0];
        Assert.That((Text(claim, "family"), Number(claim, "confidence"), Text(claim, "threat"), Text(claim, "reference")), Is.EqualTo(("Shin, \"the\" shell", 50, "C2", "https://ref.example/a")));
        Assert.That(claim.GetProperty("lastSeen").GetDateTimeOffset(), Is.EqualTo(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)));
        Assert.That(await Find("203.0.113.42"), Is.Not.Null, "without its port");
    }

    [TestCase("""{"data":{"rows":[{"ioc":{"v":"a.json1.example"},"t":"domain"},{"ioc":{"v":"203.0.113.51"},"t":"ip"}]}}""", "data.rows", "json1")]
    [TestCase("""[{"ioc":{"v":"a.json2.example"}},{"ioc":{"v":"203.0.113.52"}}]""", "", "json2")]
    [TestCase("{\"ioc\":{\"v\":\"a.json3.example\"}}\n{\"ioc\":{\"v\":\"203.0.113.53\"}}\n", "", "json3")]
    [TestCase("""{"17":[{"ioc":{"v":"a.json4.example"}}],"18":[{"ioc":{"v":"203.0.113.54"}}]}""", "", "json4")]
    public async Task Json_is_read_by_paths(string content, string items, string name)
    {
        var id = await Add(name, "Json", Feeds.File("/" + name, content, "application/json"), new { mapping = JsonSerializer.Serialize(new { items, value = "ioc.v", kind = "t" }) });
        var run = await Read(id);
        Assert.That((Text(run, "problem"), Number(run, "fresh")), Is.EqualTo(("", 2)), Text(run, "problemDetail"));
        Assert.That(await Find($"a.{name}.example"), Is.Not.Null);
    }

    [Test]
    public async Task Taxii_is_read_page_by_page_and_goes_on_where_it_ended()
    {
        var taxii = new TaxiiServer(Feeds, "Bearer right") { PageSize = 10 };
        for (var i = 0; i < 25; i++) taxii.Add($"[domain-name:value = 't{i}.taxii.example']", o => o["labels"] = new System.Text.Json.Nodes.JsonArray("phishing"));
        taxii.Add("[ipv4-addr:value = '203.0.113.61' OR ipv4-addr:value ISSUBSET '203.0.113.64/26']", o => o["object_marking_refs"] = new System.Text.Json.Nodes.JsonArray("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"));
        taxii.Add("[file:hashes.'SHA-256' = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f' AND file:hashes.MD5 = '44d88612fea8a8f36de82e1278abb02f']");
        taxii.Add("[url:value LIKE 'http://%.example/']");
        var id = await Add("taxii", "Taxii", taxii.Address, new { secretHeader = "Authorization", secret = "Bearer wrong" });
        Assert.That(Text(await Read(id), "problem"), Is.EqualTo("not-permitted"));
        var version = (await Source(id)).GetProperty("version").GetInt64();
        using (var changed = await Client.PutAsJsonAsync($"/api/threatintel/sources/{id}", new { name = "taxii", kind = "Taxii", address = taxii.Address.ToString(), secretHeader = "Authorization", secret = "Bearer right", enabled = false, everyMinutes = 1000, version })) Assert.That(changed.IsSuccessStatusCode);
        taxii.BreaksAtPage = 1;
        Assert.That(Text(await Read(id), "problem"), Is.EqualTo("status"));
        Assert.That(await Find("t0.taxii.example"), Is.Null, "nothing of a broken reading");
        taxii.BreaksAtPage = -1;
        var run = await Read(id);
        Assert.That((Text(run, "problem"), Number(run, "read"), Number(run, "fresh"), Number(run, "quarantined")), Is.EqualTo(("", 30, 29, 1)), Text(run, "problemDetail"));
        Assert.That((Text((await Find("203.0.113.64/26"))!.Value, "tlp"), Text((await Find("t24.taxii.example"))!.Value, "threat")), Is.EqualTo(("Amber", "Phishing")));
        Assert.That((await Read(id)).GetProperty("unchanged").GetBoolean());
        taxii.Add("[domain-name:value = 'late.taxii.example']");
        taxii.Add("[domain-name:value = 't3.taxii.example']", o => o["revoked"] = true);
        var last = await Read(id);
        Assert.That((Number(last, "read"), Number(last, "fresh"), Number(last, "withdrawn")), Is.EqualTo((2, 1, 1)));
        Assert.That(Text((await Find("t3.taxii.example"))!.Value, "state"), Is.EqualTo("Decayed"));
        taxii.Loops = true;
        taxii.Add("[domain-name:value = 'loop.taxii.example']");
        Assert.That(Text(await Read(id), "problem"), Is.EqualTo("paging"));
        Assert.That(Feeds.Calls.Where(c => c.Path.StartsWith("/root/", StringComparison.Ordinal)).Select(c => c.Headers["Accept"]).Distinct(), Is.EqualTo(new[] { "application/taxii+json;version=2.1" }).Or.EqualTo(new[] { "application/taxii+json; version=2.1" }));
    }

    [Test]
    public async Task A_misp_feed_is_read_by_what_changed_and_only_what_is_meant_for_detection()
    {
        var (one, two) = (Guid.NewGuid(), Guid.NewGuid());
        Feeds.File("/misp/manifest.json", $$$"""{"{{{one:D}}}":{"timestamp":"1764000000","info":"x"},"../../etc/passwd":{"timestamp":"1764000001"},"{{{two:D}}}":{"timestamp":1764000002}}""");
        Feeds.File($"/misp/{one:D}.json", """
            {"Event":{"info":"Campaign","Tag":[{"name":"tlp:green"}],"Attribute":[
              {"type":"ip-dst|port","value":"203.0.113.71|443","to_ids":true,"category":"Network activity","Tag":[{"name":"c2"}]},
              {"type":"domain|ip","value":"m1.misp.example|203.0.113.72","to_ids":true},
              {"type":"domain","value":"benign.misp.example","to_ids":false},
              {"type":"comment","value":"evil","to_ids":true}],
             "Object":[{"name":"file","Attribute":[{"type":"filename|md5","value":"a.exe|44d88612fea8a8f36de82e1278abb02e","to_ids":true,"comment":"drop"}]}]}}
            """);
        Feeds.File($"/misp/{two:D}.json", """{"Event":{"info":"Other","Attribute":[{"type":"url","value":"http://m2.misp.example/a","to_ids":true,"first_seen":"2026-11-20T00:00:00+00:00"}]}}""");
        var id = await Add("misp", "Misp", new Uri(Feeds.Address, "/misp"));
        var run = await Read(id);
        Assert.That((Text(run, "problem"), Number(run, "fresh")), Is.EqualTo(("", 5)), Text(run, "problemDetail"));
        Assert.That(await Find("benign.misp.example"), Is.Null);
        Assert.That((Text((await Find("203.0.113.71"))!.Value, "tlp"), Text((await Find("203.0.113.71"))!.Value, "threat")), Is.EqualTo(("Green", "C2")));
        Assert.That((await Read(id)).GetProperty("unchanged").GetBoolean());
        Feeds.File("/misp/manifest.json", $$$"""{"{{{one:D}}}":{"timestamp":"1764000000"},"{{{two:D}}}":{"timestamp":"1764000100"}}""");
        Feeds.File($"/misp/{two:D}.json", """{"Event":{"info":"Other","Attribute":[{"type":"url","value":"http://m2.misp.example/a","to_ids":false,"deleted":true},{"type":"domain","value":"m3.misp.example","to_ids":true}]}}""");
        var again = await Read(id);
        Assert.That((Number(again, "read"), Number(again, "fresh"), Number(again, "withdrawn")), Is.EqualTo((2, 1, 1)));
        Assert.That(Feeds.Calls.Count(c => c.Path == $"/misp/{one:D}.json"), Is.EqualTo(1), "what did not change is not read again");
        Assert.That(Feeds.Calls.Any(c => c.Path.Contains("passwd", StringComparison.Ordinal)), Is.False);
    }

    [Test]
    public async Task A_stix_bundle_and_a_packed_list_are_read()
    {
        var bundle = """{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","pattern":"[email-addr:value = 'a@stix.example']","pattern_type":"stix","valid_from":"2026-11-01T00:00:00Z"},{"type":"relationship","source_ref":"a","target_ref":"a"}]}""";
        Assert.That(Number(await Read(await Add("stix", "Stix", Feeds.File("/bundle.json", bundle))), "fresh"), Is.EqualTo(1));
        Assert.That(Number(await Read(await Add("packed", "Text", Feeds.Bytes("/list.gz", FeedServer.Gzip("gz1.evil.example\ngz2.evil.example\n")))), "fresh"), Is.EqualTo(2));
    }

    [Test]
    public async Task Kev_and_epss_together_tell_what_is_exploited()
    {
        var kev = """{"title":"x","vulnerabilities":[{"cveID":"CVE-2021-44228","vendorProject":"Apache","product":"Log4j2","vulnerabilityName":"Apache Log4j2 RCE","dateAdded":"2021-12-10","dueDate":"2021-12-24","knownRansomwareCampaignUse":"Known"},{"cveID":"not one","dateAdded":"2021-12-10","dueDate":"2021-12-24"},7]}""";
        var run = await Read(await Add("kev", "Kev", Feeds.File("/kev.json", kev)));
        Assert.That((Text(run, "problem"), Number(run, "read"), Number(run, "quarantined")), Is.EqualTo(("", 3, 2)), Text(run, "problemDetail"));
        Assert.That(Text(await Read(await Add("epss", "Epss", Feeds.Bytes("/epss.csv.gz", FeedServer.Gzip("#model_version:v2025.03.14\ncve,epss,percentile\nCVE-2021-44228,0.94358,0.99957\nCVE-2020-0001,0.5,0.9\nCVE-2020-0002,7,0.9\n")))), "problem"), Is.Empty);
        var found = (await Get("vulnerabilities")).GetProperty("items").EnumerateArray().ToList();
        Assert.That(found.Select(v => (Text(v, "cve"), v.GetProperty("ransomware").GetBoolean(), v.GetProperty("chance").GetDouble())), Is.EqualTo(new[] { ("CVE-2021-44228", true, 0.94358), ("CVE-2020-0001", false, 0.5) }));
        Assert.That(found[0].GetProperty("exploitedSince").GetDateTimeOffset(), Is.EqualTo(new DateTimeOffset(2021, 12, 10, 0, 0, 0, TimeSpan.Zero)));
        Assert.That((await Get("vulnerabilities?exploited=true&text=log4j")).GetProperty("total").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task The_real_catalogue_of_exploited_vulnerabilities_is_read_whole()
    {
        var run = await Read(await Add("real-kev", "Kev", Feeds.Bytes("/real-kev.json.gz", await File.ReadAllBytesAsync(Juming.Testing.SharedData.Require("vuln/cisa-kev.json.gz")))));
        Assert.That((Text(run, "problem"), Number(run, "read"), Number(run, "quarantined")), Is.EqualTo(("", 1404, 0)), Text(run, "problemDetail"));
    }

    [Test]
    public async Task A_source_that_is_due_is_read_by_itself()
    {
        var id = await Add("due", "Text", Feeds.File("/due", "due.evil.example"), new { enabled = true });
        for (var i = 0; i < 100 && await Find("due.evil.example") is null; i++) await Task.Delay(100);
        Assert.That(await Find("due.evil.example"), Is.Not.Null);
        // The run is closed after what it brought is there.
        for (var i = 0; i < 100 && (await Get($"sources/{id}/runs")).GetArrayLength() == 0; i++) await Task.Delay(100);
        Assert.That((await Get($"sources/{id}/runs")).GetArrayLength(), Is.EqualTo(1));
    }
}
