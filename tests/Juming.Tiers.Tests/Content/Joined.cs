using Juming.Testing.Content;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>Three tiers for all tests of content: starting them takes longer than most tests.</summary>
[SetUpFixture]
internal sealed class Joined
{
    public static ThreeTiers Tiers { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        Tiers = await ThreeTiers.Start();
        await Tiers.Enter("45.67.89.1\n45.67.89.2");
        await ThreeTiers.Until(() => Task.FromResult(Tiers.IsLevel() && Tiers.Indicators.Version > 0), "the first set is in force");
    }

    [OneTimeTearDown]
    public async Task Stop() => await Tiers.DisposeAsync();
}
