using System.Net.Http.Json;
using System.Text.Json;
using Juming.Platform.Jobs;
using Juming.Testing;
using Juming.Testing.Feeds;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>Sources are read, merged, decided about and aged on PostgreSQL as on SQLite.</summary>
[Category("C1.2")]
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
internal sealed class IntelTests(string database)
{
    [Test]
    public async Task A_list_is_read_merged_changed_decided_about_and_aged()
    {
        await using var feeds = await FeedServer.Start();
        var settings = new Dictionary<string, string?>(await TestDatabases.MakeFor("cloud", database)) { ["Outbound:AllowedNetworks:0"] = "127.0.0.1/32", ["Modules:ThreatIntel:GapMilliseconds"] = "0" };
        await using var cloud = await RunningTier.Start("cloud", settings: settings);
        using var client = await cloud.WithToken("threatintel.read", "threatintel.write", "threatintel.setup");
        var address = feeds.File("/list", "203.0.113.7\nEVIL[.]example\nc.evil.example\n10.0.0.1\n");
        using var made = await client.PostAsJsonAsync("/api/threatintel/sources", new { name = "list", kind = "Text", address, everyMinutes = 1000, reliability = "B" });
        var id = await made.Content.ReadFromJsonAsync<Guid>();
        Assert.That((await Run(client, id, 1)).GetProperty("fresh").GetInt32(), Is.EqualTo(3));
        using var entered = await client.PostAsJsonAsync("/api/threatintel/indicators", new { text = "evil.example\n114.114.114.114", threat = "C2", until = DateTimeOffset.MaxValue.AddYears(-100) });
        Assert.That(entered.IsSuccessStatusCode, await entered.Content.ReadAsStringAsync());
        var both = (await Items(client, "indicators?text=evil.example")).First(i => i.GetProperty("value").GetString() == "evil.example");
        Assert.That((both.GetProperty("sources").GetInt32(), both.GetProperty("threat").GetString()), Is.EqualTo((2, "C2")));
        feeds.File("/list", "203.0.113.7\nEVIL[.]example\n");
        using (await client.PostAsync($"/api/threatintel/sources/{id}/read", null))
            Assert.That((await Run(client, id, 2)).GetProperty("withdrawn").GetInt32(), Is.EqualTo(1));
        using var decided = await client.PostAsJsonAsync($"/api/threatintel/indicators/{both.GetProperty("id").GetGuid()}/decision", new { decision = "FalsePositive", reason = "ours" });
        Assert.That(decided.IsSuccessStatusCode);
        await cloud.Services.CreateScope().ServiceProvider.GetRequiredService<JobRunner>().Run("threatintel-age", CancellationToken.None);
        var states = (await Items(client, "indicators")).ToDictionary(i => i.GetProperty("value").GetString()!, i => i.GetProperty("state").GetString());
        Assert.That(states, Is.EquivalentTo(new Dictionary<string, string> { ["203.0.113.7"] = "Active", ["evil.example"] = "FalsePositive", ["c.evil.example"] = "Decayed", ["114.114.114.114"] = "Decayed" }));
        Assert.That((await Items(client, "quarantine")).Single().GetProperty("value").GetString(), Is.EqualTo("10.0.0.1"));
        Assert.That((await Items(client, $"indicators?source={id}&kind=Address&state=Active")).Count(), Is.EqualTo(1));
        Assert.That((await client.GetFromJsonAsync<JsonElement>("/api/threatintel/sources")).EnumerateArray().Single(s => s.GetProperty("id").GetGuid() == id).GetProperty("falsePositives").GetInt32(), Is.EqualTo(1));
        feeds.File("/kev", """{"vulnerabilities":[{"cveID":"CVE-2021-44228","vendorProject":"Apache","product":"Log4j2","vulnerabilityName":"RCE","dateAdded":"2021-12-10","dueDate":"2021-12-24"}]}""");
        using var kev = await client.PostAsJsonAsync("/api/threatintel/sources", new { name = "kev", kind = "Kev", address = new Uri(feeds.Address, "/kev") });
        Assert.That((await Run(client, await kev.Content.ReadFromJsonAsync<Guid>(), 1)).GetProperty("problem").GetString(), Is.Empty);
        Assert.That((await Items(client, "vulnerabilities?exploited=true&text=log4")).Count(), Is.EqualTo(1));
    }

    private static async Task<IEnumerable<JsonElement>> Items(HttpClient client, string path) => (await client.GetFromJsonAsync<JsonElement>("/api/threatintel/" + path)).GetProperty("items").EnumerateArray();

    private static async Task<JsonElement> Run(HttpClient client, Guid source, int number)
    {
        for (var i = 0; i < 1200; i++)
        {
            var runs = await client.GetFromJsonAsync<JsonElement>($"/api/threatintel/sources/{source}/runs");
            if (runs.GetArrayLength() >= number) return runs[0];
            await Task.Delay(25);
        }
        throw new TimeoutException("The source was not read.");
    }
}
