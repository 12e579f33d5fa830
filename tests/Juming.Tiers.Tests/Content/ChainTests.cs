using Juming.Cloud.ThreatIntel;
using Juming.Cloud.ThreatIntel.Indicators;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Contracts.Indicators;
using Juming.Platform.Content.Root;
using Juming.Site.ThreatIntel.InForce;
using Juming.Testing.Content;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>What the cloud knows comes to a site over two links, signed.</summary>
[Category("C4.1")]
internal sealed class ChainTests
{
    private static ThreeTiers Tiers => Joined.Tiers;

    [Test]
    public async Task A_new_indicator_reaches_the_site_and_goes_again_when_it_is_taken_back()
    {
        await Tiers.Enter("evil-update.badly-kept.net");
        await ThreeTiers.Until(() => Known("evil-update.badly-kept.net"), "the new one is in force");
        var id = IndicatorIds.Of(new(IndicatorKind.Domain, "evil-update.badly-kept.net"));
        Assert.That((await Tiers.Cloud.Send(new DecideIndicator(id, IndicatorState.FalsePositive, "wrong"))).Error, Is.Null);
        await ThreeTiers.Until(async () => !await Known("evil-update.badly-kept.net"), "it is gone");
    }

    [Test]
    public async Task What_is_marked_red_never_leaves()
    {
        await Tiers.Enter("red-secret.badly-kept.org", Tlp.Red);
        await Tiers.Enter("strict-secret.badly-kept.org", Tlp.AmberStrict);
        await Tiers.Enter("after-them.badly-kept.org");
        await ThreeTiers.Until(() => Known("after-them.badly-kept.org"), "what came later is in force");
        Assert.That(await Known("red-secret.badly-kept.org") || await Known("strict-secret.badly-kept.org"), Is.False);
        // Taken back, it is not even said that there was something.
        var id = IndicatorIds.Of(new(IndicatorKind.Domain, "red-secret.badly-kept.org"));
        Assert.That((await Tiers.Cloud.Send(new DecideIndicator(id, IndicatorState.Revoked, "over"))).Error, Is.Null);
        await Tiers.Enter("later-still.badly-kept.org");
        await ThreeTiers.Until(() => Known("later-still.badly-kept.org"), "what came later still is in force");
        foreach (var tier in new[] { Tiers.Operator, Tiers.Site })
            foreach (var file in Directory.EnumerateFiles(Path.Combine(tier.Folder, "content"), "*", SearchOption.AllDirectories))
            {
                var bytes = await File.ReadAllBytesAsync(file);
                var said = (IndicatorParcel.UnpackChanges(bytes) ?? []).Select(c => c.Id).Concat((IndicatorParcel.UnpackBucket(bytes) ?? []).Select(e => e.Id));
                Assert.That(said, Does.Not.Contain(id), file);
            }
    }

    private static async Task<bool> Known(string value) => (await Tiers.Site.Send(new LookUp(value))).Value.Found.Count > 0;
}
