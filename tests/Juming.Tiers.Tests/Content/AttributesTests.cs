using System.Text.Json;
using Juming.Cloud.ThreatIntel;
using Juming.Cloud.ThreatIntel.Indicators;
using Juming.Platform.Content;
using Juming.Site.Deliveries.Indicators;
using Juming.Site.Detection;
using Juming.Site.Detection.Alerts.List;
using Juming.Site.ThreatIntel;
using Juming.Site.ThreatIntel.InForce;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>An indicator that the cloud publishes is followed to the alert that it makes, with all that is known of it.</summary>
[Category("C1.3")]
internal sealed class AttributesTests
{
    private static ThreeTiers Tiers => Joined.Tiers;

    [Test]
    public async Task An_indicator_brings_its_family_techniques_end_and_marking_to_the_alert()
    {
        var until = TimeProvider.System.GetUtcNow().AddDays(9);
        await Enter(new AddIndicators { Text = "beacon.badly-kept.net", Threat = ThreatKind.C2, Confidence = 95, Tlp = Tlp.Green, Family = "Emotet", Techniques = "T1071.001 T1105", Until = until });
        var found = await Known("beacon.badly-kept.net");
        Assert.That((found.Threat, found.Techniques, found.Labels, found.Tlp), Is.EqualTo(("Emotet", new[] { "T1071.001", "T1105" }, new[] { "c2" }, SharingLimit.Green)));
        Assert.That(found.Until!.Value.ToUnixTimeSeconds(), Is.EqualTo(until.ToUnixTimeSeconds()));
        await Joined.Log(JsonSerializer.Serialize(new Dictionary<string, object> { ["@timestamp"] = TimeProvider.System.GetUtcNow().ToString("O"), ["source.ip"] = "10.8.0.1", ["dns.question.name"] = "www.beacon.badly-kept.net" }));
        AlertItem? alert = null;
        await ThreeTiers.Until(async () => (alert = (await Tiers.Site.Send(new ListAlerts { RuleId = "intel.match", Take = 500 })).Value.Items.FirstOrDefault(a => a.Alert.Matched["value"] == "beacon.badly-kept.net")) is not null, "the alert");
        Assert.That((alert!.Alert.Techniques, alert.Alert.Tactics, alert.Alert.Victim, alert.Alert.Severity), Is.EqualTo((new[] { "T1071.001", "T1105" }, new[] { "TA0011" }, "10.8.0.1", Severity.Critical)));
        Assert.That((alert.Alert.Matched["threat"], alert.Alert.Matched["tlp"], alert.Alert.Matched["until"]), Is.EqualTo(("Emotet", "Green", until.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Test]
    public async Task What_is_said_anew_of_a_value_comes_as_a_change()
    {
        await Enter(new AddIndicators { Text = "renamed.badly-kept.net", Threat = ThreatKind.C2, Confidence = 95, Family = "First name" });
        Assert.That((await Known("renamed.badly-kept.net")).Threat, Is.EqualTo("First name"));
        await Enter(new AddIndicators { Text = "renamed.badly-kept.net", Threat = ThreatKind.C2, Confidence = 95, Family = "Second name", Techniques = "T1486" });
        await ThreeTiers.Until(async () => (await Known("renamed.badly-kept.net")) is { Threat: "Second name", Techniques: ["T1486"] }, "the other name");
    }

    [Test]
    public async Task Facts_that_are_missing_as_from_a_cloud_of_the_release_before_leave_the_values_in_force()
    {
        await Enter(new AddIndicators { Text = "older-cloud.badly-kept.net", Threat = ThreatKind.C2, Confidence = 95, Family = "Known family" });
        Assert.That((await Known("older-cloud.badly-kept.net")).Threat, Is.EqualTo("Known family"));
        await using (var scope = Tiers.Cloud.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<IContentPublisher>().Publish(ContentKinds.Intelligence, targets =>
            {
                targets.Remove("intel/set-facts");
                targets.Remove("intel/hot-facts");
            }, CancellationToken.None);
        await ThreeTiers.Until(() => Task.FromResult(Tiers.IsLevel()), "the lists without facts are here");
        Assert.That((await Tiers.Site.Send(new WishForIndicators([], 1))).Error, Is.Null);
        await ThreeTiers.Until(async () => (await Known("older-cloud.badly-kept.net")).Threat.Length == 0, "the values are taken without facts");
        // A cloud of this release finds that they are missing, and makes the set anew with them.
        await using (var scope = Tiers.Cloud.Services.CreateAsyncScope())
            Assert.That(await Juming.Cloud.Distribution.Press.PublishedSet.Load(scope.ServiceProvider.GetRequiredService<IContent>(), await scope.ServiceProvider.GetRequiredService<IContentPublisher>().Published(ContentKinds.Intelligence, CancellationToken.None), CancellationToken.None), Is.Null);
        Assert.That((await Tiers.Site.Send(new WishForIndicators([], 0))).Error, Is.Null);
        await Enter(new AddIndicators { Text = "newer-cloud.badly-kept.net", Threat = ThreatKind.C2, Confidence = 95, Family = "Another" });
        await ThreeTiers.Until(async () => (await Known("newer-cloud.badly-kept.net")).Threat == "Another", "facts travel again");
    }

    private static async Task Enter(AddIndicators indicators) => Assert.That((await Tiers.Cloud.Send(indicators)).Error, Is.Null);

    private static async Task<FoundView> Known(string value)
    {
        FoundView? found = null;
        await ThreeTiers.Until(async () => (found = (await Tiers.Site.Send(new LookUp(value))).Value.Found.FirstOrDefault()) is not null, value + " is in force");
        return found!;
    }
}
