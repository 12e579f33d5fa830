using Juming.Site.Blocking;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>Consoles that nobody has described: found, rehearsed, approved, blocked, read back, taken away.</summary>
[TestFixture]
internal sealed class FirstContactTests
{
    private LinkedSite _site = null!;

    [OneTimeSetUp]
    public async Task Start() => _site = await LinkedSite.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    private static IEnumerable<TestCaseData> Consoles => DeviceFarm.Names.Select(n => n == "slow" ? new TestCaseData(n).SetCategory("Long") : new TestCaseData(n));

    [TestCaseSource(nameof(Consoles))]
    public async Task An_address_is_blocked_and_unblocked_on_a_console_that_is_seen_for_the_first_time(string name)
    {
        await using var console = await DeviceFarm.StartOne(name);
        var device = await _site.Add(console, takesOver: false);
        var recipe = await _site.Learn(device);
        Assert.That(console.TruthLog.Mutations, Is.Empty, "The rehearsal left a trace.");

        var blocked = await _site.Block(device, "203.0.113.7");
        Assert.That((blocked.Reading, blocked.Failure, blocked.Changed), Is.EqualTo((BlockReading.Present, (string?)null, (bool?)true)), () => _site.Film(blocked.Run) + "\n" + _site.Yaml(recipe).GetAwaiter().GetResult());
        Assert.That(console.InForce, Does.Contain("203.0.113.7"), () => _site.Film(blocked.Run));

        var unblocked = await _site.Unblock(device, "203.0.113.7");
        Assert.That((unblocked.Reading, unblocked.Failure), Is.EqualTo((BlockReading.Absent, (string?)null)), () => _site.Film(unblocked.Run) + "\n" + _site.Yaml(recipe).GetAwaiter().GetResult());
        Assert.That(console.InForce, Does.Not.Contain("203.0.113.7"));
        Assert.That(console.TruthLog.Mutations.Where(m => m.Act is not ("block" or "unblock" or "commit")), Is.Empty);
        TestContext.Out.WriteLine(_site.Film(blocked.Run));
    }
}
