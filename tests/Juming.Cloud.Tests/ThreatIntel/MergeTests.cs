using System.Net.Http.Json;
using System.Text.Json;
using Juming.Cloud.ThreatIntel;
using Juming.Cloud.ThreatIntel.Indicators;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Contracts.Indicators;
using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Cloud.Tests.ThreatIntel;

/// <summary>What several sources and people together make of a value.</summary>
[Category("C1.2")]
internal sealed class MergeTests : IntelHost
{
    private async Task<JsonElement> Enter(string text, string threat = "Malware", int confidence = 80, DateTimeOffset? until = null)
    {
        using var answer = await Client.PostAsJsonAsync("/api/threatintel/indicators", new { text, threat, confidence, until });
        Assert.That(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task Age()
    {
        await using var scope = Cloud.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        await scope.ServiceProvider.GetRequiredService<IndicatorUpkeep>().Run(CancellationToken.None);
    }

    [Test]
    public async Task Independent_sources_add_up_and_copies_do_not()
    {
        var one = await Add("sum-1", "Text", Feeds.File("/sum1", "both.sum.example\nthree.sum.example\n"), new { reliability = "C", confidence = 50 });
        var two = await Add("sum-2", "Text", Feeds.File("/sum2", "both.sum.example\nthree.sum.example\n"), new { reliability = "C", confidence = 50, threat = "C2" });
        var copy = await Add("sum-3", "Text", Feeds.File("/sum3", "three.sum.example\ncopy.sum.example\n"), new { reliability = "C", confidence = 50, group = "g" });
        var copy2 = await Add("sum-4", "Text", Feeds.File("/sum4", "copy.sum.example\n"), new { reliability = "C", confidence = 60, group = "g" });
        foreach (var id in new[] { one, two, copy, copy2 }) await Read(id);
        var both = (await Find("both.sum.example"))!.Value;
        Assert.That((Number(both, "confidence"), Number(both, "sources"), Text(both, "threat"), Number(both, "severity")), Is.EqualTo((58, 2, "C2", 4)), "1 - (1 - 0.35)²");
        Assert.That(Number((await Find("three.sum.example"))!.Value, "confidence"), Is.EqualTo(73), "1 - (1 - 0.35)³");
        Assert.That(Number((await Find("copy.sum.example"))!.Value, "confidence"), Is.EqualTo(42), "of copies the surest alone: 0.7 × 60 %");
        var alone = await Source(copy2);
        Assert.That((Number(alone, "standing"), Number(alone, "alone")), Is.EqualTo((1, 0)));
        // What one takes back, the others go on saying.
        Feeds.File("/sum1", "other.sum.example\n");
        await Read(one);
        Assert.That((Number((await Find("both.sum.example"))!.Value, "confidence"), Number((await Find("both.sum.example"))!.Value, "sources")), Is.EqualTo((35, 1)));
        var claims = (await Dossier("both.sum.example")).GetProperty("claims").EnumerateArray().Select(c => (Text(c, "source"), c.GetProperty("withdrawnAt").ValueKind == JsonValueKind.Null)).ToList();
        Assert.That(claims, Is.EqualTo(new[] { ("sum-2", true), ("sum-1", false) }));
        // A source that goes takes its word with it.
        using var removed = await Client.DeleteAsync($"/api/threatintel/sources/{two}");
        Assert.That(removed.IsSuccessStatusCode);
        Assert.That(Text((await Find("both.sum.example"))!.Value, "state"), Is.EqualTo("Decayed"));
    }

    [Test]
    public async Task Sources_are_compared_by_who_is_first_and_who_says_the_same()
    {
        const string Mapping = """{"value":"v","first":"f"}""";
        var early = await Add("league-early", "Csv", Feeds.File("/league1", "v,f\na.league.example,2026-01-01\nb.league.example,2026-01-01\nown.league.example,2026-01-01\n"), new { mapping = Mapping });
        var late = await Add("league-late", "Csv", Feeds.File("/league2", "v,f\na.league.example,2026-01-03\nb.league.example,2026-01-02\n"), new { mapping = Mapping });
        foreach (var id in new[] { early, late }) await Read(id);
        await using (var scope = Cloud.Services.CreateAsyncScope())
        {
            scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
            await scope.ServiceProvider.GetRequiredService<Juming.Cloud.ThreatIntel.Sources.League>().Run(CancellationToken.None);
        }
        var (first, second) = (await Source(early), await Source(late));
        Assert.That((Number(first, "shared"), Number(first, "led"), Number(first, "lagMinutes"), Text(first, "nearest"), Number(first, "nearestShared")), Is.EqualTo((2, 2, 0, "league-late", 2)));
        Assert.That((Number(second, "shared"), Number(second, "led"), Number(second, "lagMinutes")), Is.EqualTo((2, 0, 36 * 60)));
    }

    [Test]
    public async Task A_value_on_a_warning_list_loses_most_of_its_confidence_and_says_so()
    {
        await Enter("114.114.114.114\nwww.baidu.com\nhttp://www.baidu.com/evil.exe\ngithub.io\nfine.warn.example", confidence: 100);
        var dns = (await Find("114.114.114.114"))!.Value;
        Assert.That((Number(dns, "confidence"), Text(dns, "state"), dns.GetProperty("warnings")[0].GetString()), Is.EqualTo((17, "Decayed", "公共 DNS / Public DNS")));
        Assert.That((await Find("www.baidu.com"))!.Value.GetProperty("warnings").GetArrayLength(), Is.EqualTo(1), "below a listed name");
        Assert.That((await Find("http://www.baidu.com/evil.exe"))!.Value.GetProperty("warnings").GetArrayLength(), Is.Zero, "a page there is not the site");
        Assert.That((await Find("github.io"))!.Value.GetProperty("warnings").GetArrayLength(), Is.EqualTo(1));
        Assert.That(Text((await Find("fine.warn.example"))!.Value, "state"), Is.EqualTo("Active"));
    }

    [Test]
    public async Task Values_fade_by_what_they_are_and_a_new_sighting_makes_them_count_again()
    {
        await Enter("203.0.113.81\nage.evil.example", "C2", 100);
        await Enter("203.0.113.82", "Scanner", 100);
        await Enter("until.evil.example", "C2", 100, Time.GetUtcNow().AddDays(2));
        await Later(TimeSpan.FromDays(13));
        await Age();
        Assert.That(Text((await Find("203.0.113.82"))!.Value, "state"), Is.EqualTo("Decayed"), "scanners last a fortnight");
        Assert.That(Text((await Find("until.evil.example"))!.Value, "state"), Is.EqualTo("Decayed"), "its own end");
        Assert.That((Text((await Find("203.0.113.81"))!.Value, "state"), Text((await Find("age.evil.example"))!.Value, "state")), Is.EqualTo(("Active", "Active")));
        await Later(TimeSpan.FromDays(40));
        await Age();
        Assert.That((Text((await Find("203.0.113.81"))!.Value, "state"), Text((await Find("age.evil.example"))!.Value, "state")), Is.EqualTo(("Decayed", "Active")), "an address changes hands before a name does");
        await Enter("203.0.113.81", "C2", 100);
        Assert.That(Text((await Find("203.0.113.81"))!.Value, "state"), Is.EqualTo("Active"));
    }

    [Test]
    public async Task What_a_person_decided_stands_above_what_sources_say()
    {
        var id = await Add("decide", "Text", Feeds.File("/decide", "wrong.decide.example\n"), new { reliability = "A", confidence = 100 });
        await Read(id);
        var indicator = (await Find("wrong.decide.example"))!.Value.GetProperty("id").GetGuid();
        using var decided = await Client.PostAsJsonAsync($"/api/threatintel/indicators/{indicator}/decision", new { decision = "FalsePositive", reason = "our own mirror" });
        Assert.That(decided.IsSuccessStatusCode);
        Feeds.File("/decide", "wrong.decide.example\nmore.decide.example\n");
        await Read(id);
        await Enter("wrong.decide.example");
        await Age();
        var dossier = await Dossier("wrong.decide.example");
        Assert.That((Text(dossier.GetProperty("indicator"), "state"), Text(dossier, "decisionReason"), Text(dossier, "decision")), Is.EqualTo(("FalsePositive", "our own mirror", "FalsePositive")));
        Assert.That(Number(await Source(id), "falsePositives"), Is.EqualTo(1));
        using var reopened = await Client.PostAsJsonAsync($"/api/threatintel/indicators/{indicator}/decision", new { decision = (string?)null, reason = "was not" });
        Assert.That(reopened.IsSuccessStatusCode);
        Assert.That(Text((await Find("wrong.decide.example"))!.Value, "state"), Is.EqualTo("Active"));
        using var bad = await Client.PostAsJsonAsync($"/api/threatintel/indicators/{indicator}/decision", new { decision = "Active", reason = "x" });
        using var none = await Client.PostAsJsonAsync($"/api/threatintel/indicators/{indicator}/decision", new { decision = "Revoked", reason = "" });
        Assert.That(((int)bad.StatusCode, (int)none.StatusCode), Is.EqualTo((400, 400)));
    }

    [Test]
    public async Task Lines_are_entered_as_reports_write_them_and_each_refusal_has_its_reason()
    {
        var added = await Enter("# from a report\nhxxps://a[.]enter[.]example/x\n  203[.]0[.]113[.]91 \n192.168.1.1\n\nwhat is this\n");
        Assert.That((Number(added, "taken"), Number(added, "fresh")), Is.EqualTo((2, 2)));
        Assert.That(added.GetProperty("refused").EnumerateArray().Select(r => (Text(r, "value"), Text(r, "reason"))), Is.EquivalentTo(new[] { ("192.168.1.1", "Reserved"), ("what is this", "Unreadable") }));
        Assert.That((await Get("indicators?text=" + Uri.EscapeDataString("hxxp://a[.]enter[.]example/x"))).GetProperty("total").GetInt32(), Is.EqualTo(1), "found by any writing");
        Assert.That((await Get("indicators?kind=Address&text=203.0.113.9")).GetProperty("items").EnumerateArray().Select(i => Text(i, "value")), Does.Contain("203.0.113.91"));
        Assert.That((await Get("indicators?text=" + Uri.EscapeDataString("%"))).GetProperty("total").GetInt32(), Is.Zero, "signs mean themselves");
    }

    [Test]
    public async Task Readers_may_not_write_and_writers_may_not_set_up()
    {
        using var reader = await Cloud.WithToken("threatintel.read");
        using var writer = await Cloud.WithToken("threatintel.read", "threatintel.write");
        using var write = await reader.PostAsJsonAsync("/api/threatintel/indicators", new { text = "a.perm.example" });
        using var setUp = await writer.PostAsJsonAsync("/api/threatintel/sources", new { name = "p", kind = "Text", address = "https://feeds.example/" });
        Assert.That(((int)write.StatusCode, (int)setUp.StatusCode), Is.EqualTo((403, 403)));
    }

    [TestCase(IndicatorKind.Address, ThreatKind.C2, 0, 1.0)]
    [TestCase(IndicatorKind.Address, ThreatKind.C2, 11.25, 0.5)]
    [TestCase(IndicatorKind.Address, ThreatKind.C2, 45, 0.0)]
    [TestCase(IndicatorKind.Address, ThreatKind.Scanner, 7, 0.5)]
    [TestCase(IndicatorKind.Domain, ThreatKind.C2, 30, 0.5)]
    [TestCase(IndicatorKind.Domain, ThreatKind.Phishing, 5, 0.0)]
    [TestCase(IndicatorKind.Sha256, ThreatKind.Malware, 114, 0.5)]
    [TestCase(IndicatorKind.Url, ThreatKind.Malware, -3, 1.0)]
    public void Age_takes_what_the_table_says(IndicatorKind kind, ThreatKind threat, double days, double left) => Assert.That(Decay.Left(kind, threat, TimeSpan.FromDays(days)), Is.EqualTo(left).Within(0.005));

    [Test]
    public void An_identity_is_of_the_value_and_its_kind()
    {
        Assert.That(IndicatorIds.Of(new(IndicatorKind.Domain, "evil.example")), Is.EqualTo(IndicatorIds.Of(new(IndicatorKind.Domain, "evil.example"))));
        Assert.That(IndicatorIds.Of(new(IndicatorKind.Domain, "evil.example")), Is.Not.EqualTo(IndicatorIds.Of(new(IndicatorKind.Url, "evil.example"))));
        Assert.That(IndicatorIds.Of(new(IndicatorKind.Domain, "evil.example")).Version, Is.EqualTo(8));
    }
}
