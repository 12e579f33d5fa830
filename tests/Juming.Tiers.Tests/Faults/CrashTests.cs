using Juming.Benchmarks.Chaos;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Faults;

/// <summary>The short form of <c>./build.sh bench chaos</c>.</summary>
internal sealed class CrashTests
{
    [TestCase(2)]
    [TestCase(5, Category = "Long")]
    public async Task What_was_acknowledged_is_there_exactly_once_after_kills_and_so_are_its_alerts(int kills)
    {
        var plan = new ChaosPlan { Kills = kills, Seed = 20261123, Program = typeof(Juming.Hosting.TierHost).Assembly.Location };
        var outcome = await new ChaosRun(plan, TestContext.Out.WriteLine).Run(CancellationToken.None);
        Assert.That(outcome.IsClean, Is.True, outcome.ToString());
    }
}
