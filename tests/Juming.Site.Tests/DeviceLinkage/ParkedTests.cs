using Juming.Platform.Handlers;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Register;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Testing;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>A console's page stays open for the next run, for a moment, and for nobody else.</summary>
[TestFixture]
[Category("S3.2")]
internal sealed class ParkedTests
{
    [Test]
    public async Task A_page_stays_for_the_next_run_and_goes_with_its_time_or_its_device()
    {
        await using var site = await LinkedSite.Start(new Dictionary<string, string?> { ["Modules:Linkage:OpenSeconds"] = "5" });
        var parked = site.Tier.Services.GetRequiredService<ParkedWindows>();
        await using var console = await DeviceFarm.StartOne("layer");
        var device = await site.Add(console);
        await site.Learn(device);
        foreach (var target in new[] { "203.0.113.7", "203.0.113.8" })
        {
            Assert.That((await site.Block(device, target)).Reading, Is.EqualTo(BlockReading.Present));
            Assert.That(parked.Count, Is.EqualTo(1));
        }
        Assert.That(console.InForce, Does.Contain("203.0.113.7").And.Contain("203.0.113.8"));
        Assert.That((await site.Unblock(device, "203.0.113.7")).Reading, Is.EqualTo(BlockReading.Absent));
        Assert.That(console.TruthLog.Of("sign-in"), Has.Count.LessThanOrEqualTo(2), "The session is used again.");

        // Another account must not find the page of the one before.
        Assert.That((await site.Tier.Send(new ChangeDevice(device) { Password = new Secret(console.Accounts[0].Password) })).Error, Is.Null);
        Assert.That(parked.Count, Is.Zero);
        Assert.That((await site.Block(device, "203.0.113.9")).Reading, Is.EqualTo(BlockReading.Present));
        for (var i = 0; i < 150 && parked.Count > 0; i++) await Task.Delay(100);
        Assert.That(parked.Count, Is.Zero, "Its time is over.");
        Assert.That((await site.Unblock(device, "203.0.113.9")).Reading, Is.EqualTo(BlockReading.Absent));
    }

    [Test]
    public async Task A_browser_that_died_meanwhile_is_started_anew()
    {
        await using var site = await LinkedSite.Start();
        await using var console = await DeviceFarm.StartOne("layer");
        var device = await site.Add(console);
        await site.Learn(device);
        Assert.That((await site.Block(device, "203.0.113.7")).Reading, Is.EqualTo(BlockReading.Present));
        site.Tier.Services.GetRequiredService<Juming.Site.DeviceLinkage.Browser.ChromiumHost>().Kill();
        var again = await site.Block(device, "203.0.113.8");
        Assert.That((again.Reading, again.Failure), Is.EqualTo((BlockReading.Present, (string?)null)), () => site.Film(again.Run));
    }
}
