using System.Diagnostics;
using Juming.Site.ThreatIntel;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Benchmarks.Intel;

/// <summary>A whole set on its way into a running site, as a delivery hands it over: checked entry by entry, with its facts, in force at the end; and a change above it.</summary>
internal static class SetBench
{
    public static async Task Measure(Figures figures, int size)
    {
        var file = Workload.Indicators(size);
        await using var site = await RunningTier.Start("site");
        var set = site.Services.GetRequiredService<IIndicatorSet>();
        var watch = Stopwatch.StartNew();
        var delivered = await set.Replace(1, Entries(file), CancellationToken.None);
        if (delivered.Error is { } error || delivered.Value.InForce < size * 99L / 100) throw new InvalidOperationException($"The set was not taken: {delivered.Error}, {delivered.Value}.");
        figures.Print("set_of_two_million_seconds", watch.Elapsed.TotalSeconds * 2_000_000 / size, "s", goal: "under 180");
        figures.Print("peak_memory_mb", Environment.WorkingSet / 1_048_576.0, "MiB");
        var changes = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            watch.Restart();
            await set.Change(2 + i, [new IndicatorEntry(Guid.CreateVersion7(), new(Contracts.Indicators.IndicatorKind.Domain, $"change{i}.example"), 90, 4)], [], CancellationToken.None);
            changes.Add(watch.Elapsed.TotalMilliseconds);
        }
        figures.Print("change_in_force_ms", Figures.Median(changes), "ms", goal: "under 1000");
    }

    private static async IAsyncEnumerable<IndicatorEntry> Entries(string file)
    {
        await Task.Yield();
        foreach (var value in IntelBench.Values(file)) yield return new IndicatorEntry(Guid.CreateVersion7(), value, 80, 3) { ValidUntil = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero), Threat = "Loader", Labels = ["c2"], Sources = 2 };
    }
}
