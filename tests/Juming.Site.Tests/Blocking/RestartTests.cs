using Juming.Site.Blocking;
using Juming.Testing.Blocking;
using NUnit.Framework;

namespace Juming.Site.Tests.Blocking;

/// <summary>The program ends at each named point of an order and starts again on the same folder: the device's own truth shows one effect, and nothing is lost.</summary>
[Category("S3.3")]
internal sealed class RestartTests
{
    [TestCase("block-begin")]
    [TestCase("block-submitted")]
    [TestCase("block-read")]
    [TestCase("unblock-begin")]
    [TestCase("unblock-submitted")]
    [TestCase("unblock-read")]
    public async Task Ended_at(string point)
    {
        var folder = Directory.CreateTempSubdirectory("juming-blocking").FullName;
        await using var device = await BlockingDevice.Start();
        try
        {
            var entry = await Interrupt(point, folder, device);
            await using var after = await BlockingBench.Start([device], folder);
            if (point.StartsWith("block", StringComparison.Ordinal))
            {
                await after.Until(entry, BlockState.Verified);
                Assert.That(device.Truth, Is.EqualTo(new[] { "+203.0.113.30" }));
                if (point != "block-begin") Assert.That(after.Executor.Keys.Where(k => k.StartsWith("block/", StringComparison.Ordinal)), Is.Empty, "It was there; reading was enough.");
                await after.Post(entry + "/lift", new { reason = "over" });
            }
            await after.Until(entry, BlockState.Removed);
            Assert.That(device.Truth, Is.EqualTo(new[] { "+203.0.113.30", "-203.0.113.30" }));
            Assert.That(device.List, Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Test]
    public async Task What_ends_while_the_program_is_away_is_taken_off_when_it_is_back()
    {
        var folder = Directory.CreateTempSubdirectory("juming-blocking").FullName;
        await using var device = await BlockingDevice.Start();
        try
        {
            Guid entry;
            await using (var before = await BlockingBench.Start([device], folder))
            {
                entry = await before.Block("203.0.113.31", 5);
                await before.Until(entry, BlockState.Verified);
            }
            await using var after = await BlockingBench.Start([device], folder);
            after.Clock.Ahead = TimeSpan.FromMinutes(6);
            await after.Until(entry, BlockState.Removed);
            Assert.That(device.List, Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task<Guid> Interrupt(string point, string folder, BlockingDevice device)
    {
        await using var before = await BlockingBench.Start([device], folder);
        if (point.StartsWith("block", StringComparison.Ordinal)) before.Executor.StopAt = point;
        var entry = await before.Block("203.0.113.30");
        if (point.StartsWith("unblock", StringComparison.Ordinal))
        {
            await before.Until(entry, BlockState.Verified);
            before.Executor.StopAt = point;
            await before.Post(entry + "/lift", new { reason = "over" });
        }
        await before.Executor.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var state = (await before.Get(entry.ToString())).GetProperty("block").GetProperty("state").GetString();
        Assert.That(state, Is.EqualTo(point.StartsWith("block", StringComparison.Ordinal) ? "Applying" : "Expired"));
        return entry;
    }
}
