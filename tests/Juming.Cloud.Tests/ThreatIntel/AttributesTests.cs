using System.Net.Http.Json;
using System.Text.Json;
using Juming.Cloud.ThreatIntel;
using Juming.Cloud.ThreatIntel.Indicators;
using Juming.Contracts.Indicators;
using Juming.Platform.Access;
using Juming.Testing;
using Juming.Testing.Feeds;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Cloud.Tests.ThreatIntel;

/// <summary>What sources say beyond the value: read from each format, merged for whoever passes it on, and never further than the source lets it.</summary>
[Category("C1.2")]
internal sealed class AttributesTests : IntelHost
{
    private async Task<ParcelFacts> Passed(string value, Tlp strictest = Tlp.Amber)
    {
        await using var scope = Cloud.Services.CreateAsyncScope();
        await foreach (var passed in scope.ServiceProvider.GetRequiredService<IIndicatorCatalogue>().All(strictest, CancellationToken.None))
            if (passed.Value.Value == value) return passed.Facts;
        throw new InvalidOperationException($"{value} is not passed on.");
    }

    private async Task<bool> IsPassed(string value) => (await PassedValues()).Contains(value);

    private async Task<List<string>> PassedValues()
    {
        await using var scope = Cloud.Services.CreateAsyncScope();
        var values = new List<string>();
        await foreach (var passed in scope.ServiceProvider.GetRequiredService<IIndicatorCatalogue>().All(Tlp.Amber, CancellationToken.None)) values.Add(passed.Value.Value);
        return values;
    }

    private async Task Age()
    {
        await using var scope = Cloud.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        await scope.ServiceProvider.GetRequiredService<IndicatorUpkeep>().Run(CancellationToken.None);
    }

    [Test]
    public async Task Names_and_techniques_are_read_from_what_a_bundle_relates()
    {
        const string Bundle = """
            {"type":"bundle","id":"bundle--1","objects":[
              {"type":"indicator","id":"indicator--1","pattern_type":"stix","pattern":"[domain-name:value = 'one.attr.example']","confidence":90,"external_references":[{"source_name":"mitre-attack","external_id":"T1105"}]},
              {"type":"indicator","id":"indicator--2","pattern_type":"stix","pattern":"[domain-name:value = 'two.attr.example']","confidence":90},
              {"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"malware--1"},
              {"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"attack-pattern--1"},
              {"type":"relationship","relationship_type":"indicates","source_ref":"indicator--1","target_ref":"intrusion-set--1"},
              {"type":"relationship","relationship_type":"indicates","source_ref":"indicator--2","target_ref":"malware--nobody"},
              {"type":"relationship","relationship_type":"related-to","source_ref":"indicator--2","target_ref":"malware--1"},
              {"type":"relationship","relationship_type":"indicates","source_ref":["x"],"target_ref":{"a":1}},
              {"type":"malware","id":"malware--1","name":"Emotet","is_family":true},
              {"type":"intrusion-set","id":"intrusion-set--1","name":"TA542"},
              {"type":"attack-pattern","id":"attack-pattern--1","name":"Web Protocols","external_references":[{"source_name":"mitre-attack","external_id":"T1071.001"},{"source_name":"capec","external_id":"T9999"}]}]}
            """;
        await Read(await Add("attr-stix", "Stix", Feeds.File("/attr-stix", Bundle), new { mayDistribute = true }));
        var passed = await Passed("one.attr.example");
        Assert.That((passed.Family, passed.Techniques), Is.EqualTo(("Emotet, TA542", "T1071.001,T1105")));
        Assert.That(await Passed("two.attr.example") is { Family: null, Techniques: null });
        var claim = (await Dossier("one.attr.example")).GetProperty("claims")[0];
        Assert.That((Text(claim, "family"), claim.GetProperty("techniques").EnumerateArray().Select(t => t.GetString())), Is.EqualTo(("Emotet, TA542", new[] { "T1071.001", "T1105" })));
    }

    [Test]
    public async Task Names_and_techniques_are_read_from_tags_and_columns()
    {
        var id = Guid.NewGuid();
        Feeds.File("/attr-misp/manifest.json", $$$"""{"{{{id}}}":{"timestamp":"1700000000"}}""");
        Feeds.File($"/attr-misp/{id}.json", """
            {"Event":{"info":"A wave","Tag":[{"name":"misp-galaxy:malpedia=\"QakBot\""},{"name":"misp-galaxy:mitre-attack-pattern=\"Spearphishing Link - T1566.002\""},{"name":"tlp:green"}],
             "Attribute":[{"type":"domain","value":"misp.attr.example","to_ids":true,"Tag":[{"name":"misp-galaxy:threat-actor=\"TA570\""}]}]}}
            """);
        await Read(await Add("attr-misp", "Misp", new Uri(Feeds.Address, "/attr-misp/"), new { mayDistribute = true, confidence = 90 }));
        Assert.That(await Passed("misp.attr.example") is { Family: "QakBot, TA570", Techniques: "T1566.002" });
        var csv = await Add("attr-csv", "Csv", Feeds.File("/attr-csv", "v,f,t,u\ncsv.attr.example,Cobalt Strike,\"c2; t1071.001 and T1059, XT1000 T12345\",2099-01-01\nlong.attr.example," + new string('x', 500) + "," + string.Join(' ', Enumerable.Range(1000, 100).Select(n => "T" + n)) + ",\n"),
            new { mayDistribute = true, confidence = 90, mapping = """{"value":"v","family":"f","techniques":"t","until":"u"}""" });
        await Read(csv);
        Assert.That(await Passed("csv.attr.example") is { Family: "Cobalt Strike", Techniques: "T1059,T1071.001" });
        var longest = await Passed("long.attr.example");
        Assert.That((longest.Family!.Length, longest.Techniques!.Split(',').Length), Is.EqualTo((120, 20)));
    }

    [Test]
    public async Task Words_of_stricter_or_unlicensed_sources_stay_where_the_value_goes()
    {
        async Task Source(string name, string family, string technique, string tlp, bool mayDistribute) =>
            await Read(await Add(name, "Csv", Feeds.File("/" + name, $"v,f,t\nshared.attr.example,{family},{technique}\n"), new { mayDistribute, tlp, confidence = 90, mapping = """{"value":"v","family":"f","techniques":"t"}""" }));
        await Source("attr-bought", "Bought name", "T1001", "Clear", mayDistribute: false);
        await Source("attr-amber", "Amber name", "T1002", "Amber", mayDistribute: true);
        var alone = await Passed("shared.attr.example");
        Assert.That((alone.Family, alone.Techniques), Is.EqualTo(("Amber name", "T1002")), "what was bought for ourselves goes nowhere");
        await Source("attr-clear", "", "T1003", "Clear", mayDistribute: true);
        var both = await Passed("shared.attr.example");
        Assert.That((both.Family, both.Techniques), Is.EqualTo(((string?)null, "T1003")), "the value travels as clear, so amber words do not go with it");
    }

    [Test]
    public async Task The_end_that_sources_name_travels_to_the_second_and_the_last_of_them_counts()
    {
        var (first, second) = (Time.GetUtcNow().AddDays(3), Time.GetUtcNow().AddDays(6));
        string Csv(DateTimeOffset until) => $"v,u\nends.attr.example,{until.ToUnixTimeSeconds()}\n";
        const string Mapping = """{"value":"v","until":"u"}""";
        await Read(await Add("attr-end1", "Csv", Feeds.File("/attr-end1", Csv(first)), new { mayDistribute = true, confidence = 90, reliability = "A", mapping = Mapping }));
        Assert.That((await Passed("ends.attr.example")).Until, Is.EqualTo((uint)first.ToUnixTimeSeconds()));
        await Read(await Add("attr-end2", "Csv", Feeds.File("/attr-end2", Csv(second)), new { mayDistribute = true, confidence = 90, reliability = "A", mapping = Mapping }));
        Assert.That((await Passed("ends.attr.example")).Until, Is.EqualTo((uint)second.ToUnixTimeSeconds()));
        Assert.That((await Find("ends.attr.example"))!.Value.GetProperty("expiresAt").GetDateTimeOffset().ToUnixTimeSeconds(), Is.EqualTo(second.ToUnixTimeSeconds()));
        await Later(TimeSpan.FromDays(7));
        Assert.That(await IsPassed("ends.attr.example"), Is.False, "it is not sent on its way any more, even before the next count");
    }

    [Test]
    public async Task An_indicator_whose_weight_fades_bears_the_hour_of_it_and_is_not_sent_anew_each_day()
    {
        var id = await Add("attr-fade", "Text", Feeds.File("/attr-fade", "45.67.90.1\n"), new { mayDistribute = true, confidence = 80, reliability = "A", threat = "C2" });
        await Read(id);
        var first = (await Passed("45.67.90.1")).Ends!.Value;
        // 76 % of an address of C2 (45 days, square root) is below 20 % after (1 - 0.195/0.76)² × 45 days.
        Assert.That((first - Time.GetUtcNow()).TotalDays, Is.EqualTo(24.9).Within(1.5));
        Assert.That(first.Ticks % TimeSpan.TicksPerHour, Is.Zero);
        await Later(TimeSpan.FromDays(2));
        await Read(id);
        await Age();
        Assert.That((await Passed("45.67.90.1")).Ends, Is.EqualTo(first), "it was named again, and there is time enough");
        await Later(TimeSpan.FromDays(14));
        await Read(id);
        await Age();
        Assert.That((await Passed("45.67.90.1")).Ends, Is.GreaterThan(first.AddDays(10)), "before it ends it is put off");
        var hash = new string('a', 63) + "b";
        using var entered = await Client.PostAsJsonAsync("/api/threatintel/indicators", new { text = hash, threat = "Malware", confidence = 100, family = "Zeus", techniques = "t1055, T1027.002" });
        Assert.That(entered.IsSuccessStatusCode, await entered.Content.ReadAsStringAsync());
        var file = await Passed(hash);
        Assert.That((file.Family, file.Techniques), Is.EqualTo(("Zeus", "T1027.002,T1055")));
        Assert.That((file.Ends!.Value - Time.GetUtcNow()).TotalDays, Is.GreaterThan(900), "a file's hash means the same for years");
        using var wrong = await Client.PostAsJsonAsync("/api/threatintel/indicators", new { text = "x.attr.example", threat = "Malware", confidence = 100, techniques = "phishing" });
        Assert.That((int)wrong.StatusCode, Is.EqualTo(400));
    }
}
