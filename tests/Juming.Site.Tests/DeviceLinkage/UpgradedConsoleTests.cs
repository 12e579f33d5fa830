using Juming.Site.Blocking;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>After the vendor's upgrade menus have moved and buttons have other names: a run finds its way or stops, and never presses the wrong thing.</summary>
[TestFixture]
[Category("Long")]
internal sealed class UpgradedConsoleTests
{
    private LinkedSite _site = null!;

    [OneTimeSetUp]
    public async Task Start() => _site = await LinkedSite.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [TestCase("layer")]
    [TestCase("single")]
    [TestCase("commit")]
    public async Task It_is_blocked_rightly_or_left_alone(string name)
    {
        await using var console = await DeviceFarm.StartOne(name);
        var device = await _site.Add(console);
        await _site.Learn(device);
        console.Version = 2;
        var before = console.TruthLog.Mutations.Count;
        var outcome = await _site.Block(device, "203.0.113.50");
        var done = console.TruthLog.Mutations.Skip(before).ToList();
        TestContext.Out.WriteLine(_site.Film(outcome.Run));
        Assert.That(done.Where(m => m.Target is not ("203.0.113.50" or "") || m.Act is not ("block" or "commit")), Is.Empty, () => _site.Film(outcome.Run));
        if (outcome.Failure is null) Assert.That((outcome.Reading, console.InForce.Contains("203.0.113.50")), Is.EqualTo((BlockReading.Present, true)));
        else Assert.That(done, Is.Empty, () => _site.Film(outcome.Run));
    }
}
