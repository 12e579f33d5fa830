using System.Diagnostics;
using System.Text;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Sources;
using Juming.Contracts.Indicators;
using Juming.Platform.Access;
using Juming.Testing;
using Juming.Testing.Feeds;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Benchmarks.Intel;

/// <summary>A list on its way into a cloud tier: read over HTTP, brought to normal form, merged and written to SQLite; then read once more with nothing new.</summary>
internal static class NormaliseBench
{
    private const int Values = 200_000;
    private const int Warm = 30_000;

    public static async Task Measure(Figures figures, int rounds)
    {
        var lines = File.ReadLines(Workload.Indicators(1_000_000)).Take(Values).Select(l => l[(l.IndexOf('\t', StringComparison.Ordinal) + 1)..].Replace("http:", "hxxp:", StringComparison.Ordinal).Replace(".bad", "[.]bad", StringComparison.Ordinal)).ToArray();
        Read(figures, lines, rounds);
        await Through(figures, lines);
    }

    private static async Task Through(Figures figures, string[] lines)
    {
        await using var feeds = await FeedServer.Start();
        await using var cloud = await RunningTier.Start("cloud", settings: new Dictionary<string, string?> { ["Outbound:AllowedNetworks:0"] = "127.0.0.1/32" });
        // A cloud that has run for a minute is what is measured, not its compiler.
        await Reading(cloud, Source("warm", feeds.File("/warm", string.Join('\n', Enumerable.Range(0, Warm).Select(i => $"w{i}.warm.example")))), Warm);
        var first = await Reading(cloud, Source("first", feeds.File("/first", string.Join('\n', lines))));
        figures.Print("normalise_per_second", Values / first.Seconds, "1/s", goal: "at least 20000");
        figures.Print("normalise_per_core_second", Values / first.Cpu, "1/s");
        figures.Print("merge_of_known_values_per_second", Values / (await Reading(cloud, Source("second", feeds.File("/second", string.Join('\n', lines))))).Seconds, "1/s");
        feeds.File("/first", string.Join('\n', lines) + "\nlast.evil.example");
        figures.Print("read_again_per_second", Values / (await Reading(cloud, first.Source)).Seconds, "1/s");
    }

    private static void Read(Figures figures, string[] lines, int rounds)
    {
        var (texts, into, rates) = (Array.ConvertAll(lines, Encoding.UTF8.GetBytes), new List<IndicatorValue>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            foreach (var text in texts)
            {
                into.Clear();
                IndicatorReader.Read(text, IndicatorKind.None, into);
            }
            if (round > 0) rates.Add(texts.Length / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        }
        figures.Print("read_per_second_per_core", Figures.Median(rates), "1/s");
    }

    private static SourceRow Source(string name, Uri address) => new() { Name = name, Kind = Cloud.ThreatIntel.SourceKind.Text, Address = address.ToString(), Enabled = false };

    private static async Task<(double Seconds, double Cpu, SourceRow Source)> Reading(RunningTier cloud, SourceRow source, int least = Values)
    {
        await using var scope = cloud.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        var db = scope.ServiceProvider.GetRequiredService<ThreatIntelDb>();
        if (!await db.Sources.AnyAsync(s => s.Id == source.Id))
        {
            db.Add(source);
            await db.SaveChangesAsync();
            db.ChangeTracker.Clear();
        }
        var (watch, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await scope.ServiceProvider.GetRequiredService<SourceRun>().Run(source.Id, false, CancellationToken.None);
        var (seconds, spent) = (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        var read = await db.Sources.AsNoTracking().FirstAsync(s => s.Id == source.Id);
        return read.Problem.Length == 0 && read.Standing >= least * 99 / 100 ? (seconds, spent, source) : throw new InvalidOperationException($"The reading failed: {read.Problem} {read.ProblemDetail}, {read.Standing} values.");
    }
}
