using Juming.Site.Blocking;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>Devices that were taken over: contained, and explained.</summary>
[TestFixture]
internal sealed class HostileConsoleTests
{
    private LinkedSite _site = null!;

    [OneTimeSetUp]
    public async Task Start() => _site = await LinkedSite.Start(new Dictionary<string, string?> { ["Modules:Linkage:RunSeconds"] = "45", ["Modules:Linkage:MostMegabytes"] = "20" });

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [TestCase("h-redirect", "endless-redirect,unreachable")]
    [TestCase("h-huge", "page-too-large", Category = "Long")]
    [TestCase("h-download", "unreachable,no-form,no-answer", Category = "Long")]
    [TestCase("h-elsewhere", "posts-elsewhere")]
    [TestCase("h-endless", "no-form,never-loads,took-too-long,no-answer", Category = "Long")]
    [TestCase("h-alerts", "never-loads,page-hung,took-too-long,no-form,no-answer,browser-failed,popup-storm", Category = "Long")]
    public async Task It_ends_in_time_with_a_reason(string name, string reasons)
    {
        await using var console = await DeviceFarm.StartOne(name);
        var device = await _site.Add(console);
        var verdict = await _site.Test(device);
        Assert.That(reasons.Split(','), Does.Contain(verdict.Failure), () => _site.Film(verdict.Run));
        Assert.That(console.TruthLog.Of("password-elsewhere"), Is.Empty);
    }

    [TestCase("h-popups")]
    [TestCase("h-script")]
    public async Task Its_tricks_do_not_keep_us_from_signing_in_and_reach_nobody(string name)
    {
        await using var console = await DeviceFarm.StartOne(name);
        var device = await _site.Add(console);
        var verdict = await _site.Test(device);
        Assert.That(verdict.Failure, Is.Null.Or.EqualTo("popup-storm"), () => _site.Film(verdict.Run));
    }

    [Test]
    public async Task A_success_that_is_only_said_is_not_believed()
    {
        await using var console = await DeviceFarm.StartOne("h-fake");
        var device = await _site.Add(console);
        await _site.Learn(device);
        var blocked = await _site.Block(device, "203.0.113.40");
        Assert.That((blocked.Reading, blocked.Failure), Is.EqualTo((BlockReading.Absent, "not-in-list")), () => _site.Film(blocked.Run));
    }

    [Test, Category("Long")]
    public async Task After_a_hostile_device_the_next_one_is_driven_as_ever()
    {
        await using var hostile = await DeviceFarm.StartOne("h-alerts");
        await _site.Test(await _site.Add(hostile));
        await using var console = await DeviceFarm.StartOne("spa");
        var verdict = await _site.Test(await _site.Add(console));
        Assert.That(verdict.Failure, Is.Null, () => _site.Film(verdict.Run));
    }
}
