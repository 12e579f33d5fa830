using System.Net.Http.Json;
using System.Text.Json;
using Juming.Operator.Intelligence.Manage;
using Juming.Operator.Intelligence.Press;
using Juming.Platform.Content.Root;
using Juming.Site.Deliveries.Indicators;
using Juming.Site.Detection.Alerts.List;
using Juming.Site.ThreatIntel;
using Juming.Site.ThreatIntel.InForce;
using Juming.Testing;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>An operator gives its own sites indicators by its own key: beside the cloud's, never in their place, and only while the cloud lets it.</summary>
[Category("C1.3")]
internal sealed class OperatorIndicatorTests
{
    private static ThreeTiers Tiers => Joined.Tiers;

    private static OwnPress Press => Tiers.Operator.Services.GetRequiredService<OwnPress>();

    [Test]
    public async Task What_an_operator_names_is_met_at_its_sites_while_the_cloud_delegates_to_it()
    {
        using var client = await Tiers.Operator.WithToken("ownintel.read", "ownintel.write");
        Assert.That(await Add(client, "first.operator-bad.net\nhxxp://drop[.]operator-bad[.]net/x\n10.0.0.1\n0.0.0.0/0\n", "Lotus"), Is.EqualTo((2, 2)));
        await Press.Look(default);
        Assert.That(Press.Standing.Problem?.Code, Is.EqualTo("content.not-delegated"));
        var own = (await Tiers.Operator.Send(new GetOwnKey())).Value;
        Assert.That((await Tiers.Cloud.Send(new DelegateOperator(own.Id, own.Key))).Error, Is.Null);
        try
        {
            await ThreeTiers.Until(async () => (await Tiers.Operator.Send(new GetOwnKey())).Value.IsDelegated, "the delegation came");
            await Press.Look(default);
            Assert.That((Press.Standing.Problem, Press.Standing.Count), Is.EqualTo(((Platform.Handlers.Error?)null, 2)));
            var found = await Known("www.first.operator-bad.net");
            Assert.That((found.FromOperator, found.Threat, found.Techniques, found.Tlp, found.Until is not null), Is.EqualTo((true, "Lotus", new[] { "T1105" }, SharingLimit.Amber, true)));
            Assert.That((await Tiers.Site.Send(new GetInForce())).Value.Operators, Is.EqualTo(2));
            await Joined.Log(JsonSerializer.Serialize(new Dictionary<string, object> { ["@timestamp"] = TimeProvider.System.GetUtcNow().ToString("O"), ["source.ip"] = "10.8.0.2", ["dns.question.name"] = "first.operator-bad.net" }));
            AlertItem? alert = null;
            await ThreeTiers.Until(async () => (alert = (await Tiers.Site.Send(new ListAlerts { RuleId = "intel.match", Take = 500 })).Value.Items.FirstOrDefault(a => a.Alert.Matched["value"] == "first.operator-bad.net")) is not null, "the alert");
            Assert.That((alert!.Alert.Matched["origin"], alert.Alert.Techniques), Is.EqualTo(("operator", new[] { "T1105" })));

            var id = (await client.GetFromJsonAsync<JsonElement>("/api/ownintel?text=FIRST.operator")).GetProperty("items")[0].GetProperty("id").GetGuid();
            using (var withdrawn = await client.PostAsync($"/api/ownintel/{id}/withdraw", null)) Assert.That(withdrawn.IsSuccessStatusCode);
            await ThreeTiers.Until(async () => !await IsKnown("first.operator-bad.net"), "it is gone again");
            Assert.That(await IsKnown("http://drop.operator-bad.net/x"));
            using (var again = await client.PostAsync($"/api/ownintel/{id}/withdraw", null)) Assert.That((int)again.StatusCode, Is.EqualTo(404));
            Assert.That(await client.GetStringAsync("/api/ownintel/export?ended=true"), Does.Contain("first.operator-bad.net"));

            // What the cloud says of a value stands, whatever an operator says of it.
            await Tiers.Enter("both.operator-bad.net");
            await Known("both.operator-bad.net");
            Assert.That(await Add(client, "both.operator-bad.net", "Nothing", confidence: 1), Is.EqualTo((1, 1)));
            await ThreeTiers.Until(async () => (await Tiers.Site.Send(new GetInForce())).Value.Operators == 2, "both lists are in force");
            Assert.That(await Known("both.operator-bad.net") is { FromOperator: false, Verdict: "alerts" });
            Assert.That((await Tiers.Site.Send(new WishForIndicators([], 50))).Error, Is.Null);
            await ThreeTiers.Until(async () => (await Tiers.Site.Send(new GetInForce())).Value.Operators == 1, "the site's wish holds for operators too");
            Assert.That((await Tiers.Site.Send(new WishForIndicators([], 0))).Error, Is.Null);
        }
        finally
        {
            Assert.That((await Tiers.Cloud.Send(new DelegateOperator(own.Id, ""))).Error, Is.Null);
        }
        await ThreeTiers.Until(async () => !await IsKnown("http://drop.operator-bad.net/x"), "without the delegation it counts no more");
        Assert.That(await IsKnown("both.operator-bad.net"), "the cloud's own stays");
    }

    [Test]
    public async Task What_may_not_go_to_customers_or_is_no_indicator_is_refused()
    {
        using var client = await Tiers.Operator.WithToken("ownintel.read", "ownintel.write");
        foreach (var bad in new object[]
        {
            new { text = "a.bad-form.example", tlp = "Red" }, new { text = "a.bad-form.example", tlp = "AmberStrict" }, new { text = "" }, new { text = "a.bad-form.example", confidence = 101 }, new { text = "a.bad-form.example", severity = 0 },
            new { text = "a.bad-form.example", family = new string('x', 121) }, new { text = "a.bad-form.example", techniques = "phishing" }, new { text = "a.bad-form.example", until = "2020-01-01T00:00:00Z" }, new { text = "# only a remark" }, new { text = "a.bad-form.example", note = "two\nlines" },
        })
        {
            using var answer = await client.PostAsJsonAsync("/api/ownintel", bad);
            Assert.That((int)answer.StatusCode, Is.EqualTo(400), JsonSerializer.Serialize(bad));
        }
        using var none = await Tiers.Operator.WithToken("ownintel.read");
        using (var refused = await none.PostAsJsonAsync("/api/ownintel", new { text = "a.bad-form.example" })) Assert.That((int)refused.StatusCode, Is.EqualTo(403));
        Assert.That((await Tiers.Operator.Send(new ListOwnIndicators { Text = "bad-form" })).Value.Total, Is.Zero);
        Assert.That((await Tiers.Operator.Send(new ListOwnIndicators { Text = "%" })).Value.Total, Is.Zero);
        var many = string.Concat(Enumerable.Range(0, 20_001).Select(i => $"d{i}.many.example\n"));
        Assert.That((await Tiers.Operator.Send(new AddOwnIndicators { Text = many })).Error?.Code, Is.EqualTo("ownintel.full"));
    }

    private static async Task<(int Taken, int Fresh)> Add(HttpClient client, string text, string family, int confidence = 90)
    {
        using var answer = await client.PostAsJsonAsync("/api/ownintel", new { text, family, techniques = "t1105", confidence, severity = 4 });
        Assert.That(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var added = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (added.GetProperty("taken").GetInt32(), added.GetProperty("fresh").GetInt32());
    }

    private static async Task<bool> IsKnown(string value) => (await Tiers.Site.Send(new LookUp(value))).Value.Found.Count > 0;

    private static async Task<FoundView> Known(string value)
    {
        FoundView? found = null;
        await ThreeTiers.Until(async () => (found = (await Tiers.Site.Send(new LookUp(value))).Value.Found.FirstOrDefault()) is not null, value + " is in force");
        return found!;
    }
}
