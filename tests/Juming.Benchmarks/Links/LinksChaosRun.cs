using System.Diagnostics;
using System.Globalization;

namespace Juming.Benchmarks.Links;

/// <summary>What a run does.</summary>
internal sealed record LinksPlan
{
    public int Faults { get; init; } = 400;

    public required int Seed { get; init; }

    /// <summary>Losses of power after the other faults.</summary>
    public int Power { get; init; } = 12;

    public required string Program { get; init; }

    public required string Report { get; init; }

    /// <summary>No further fault after this time; the run then ends properly, with fewer.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(3);

    public bool Keep { get; init; }
}

/// <summary>Figures and complaints of a part of a run.</summary>
internal sealed class LinksFindings
{
    public List<(string Metric, double Value, string Unit, string? Goal)> Figures { get; } = [];

    public List<string> Complaints { get; } = [];

    public SortedDictionary<string, int> Faults { get; set; } = [];

    /// <summary>Kinds of faults that this machine refuses, with why.</summary>
    public List<string> Skipped { get; } = [];

    public void Add(string metric, double value, string unit, string? goal = null)
    {
        Figures.Add((metric, value, unit, goal));
        if (goal == "0" && value != 0) Complaints.Add(string.Create(CultureInfo.InvariantCulture, $"{metric} is {value}"));
    }
}

/// <summary>Three tiers under load with everything between and in them failing; at the end a look into their stores.</summary>
internal static class LinksChaosRun
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(7);

    public static async Task Run(LinksPlan plan, string folder, LinksFindings findings)
    {
        var (loss, refused) = PacketLoss.Find();
        if (loss is null) findings.Skipped.Add($"loss of packets: {refused}");
        await using var world = await LinksChaosWorld.Start(plan.Program, folder, tier => Path.Combine(folder, tier), withCloud: true);
        world.Begin();
        var faults = new LinksChaosFaults(world, loss, plan.Seed);
        var began = Stopwatch.GetTimestamp();
        await faults.Run(plan.Faults, plan.Limit);
        var minutes = Stopwatch.GetElapsedTime(began).TotalMinutes;
        var quiet = Stopwatch.GetTimestamp();
        await world.Load.Finish();
        var drained = await Drained(world, findings);
        var drain = Stopwatch.GetElapsedTime(quiet);
        var inForce = await InForce(world);
        // From below: what the last one still says, the one above still hears.
        await Drained(world, findings);
        foreach (var tier in world.Tiers.Reverse()) await tier.Stop();
        Figures.Note("the stores are read");
        findings.Faults = faults.Counts;
        findings.Add("faults", faults.Total, "faults");
        Look(world, findings);
        findings.Add("records_per_minute", findings.Figures.First(f => f.Metric == "acknowledged").Value / minutes, "1/min");
        findings.Add("indicators", world.Load.Indicators.Count, "indicators");
        findings.Add("indicators_missing", world.Load.Indicators.Count - inForce, "indicators", "0");
        findings.Add("drain_seconds", drained ? drain.TotalSeconds : double.NaN, "s");
        findings.Add("slowest_start", world.Tiers.Max(t => t.SlowestStart).TotalSeconds, "s");
        findings.Add("failed_starts", world.Tiers.Sum(t => t.FailedStarts), "starts", "0");
        findings.Add("connections", world.Below.Connections + world.Above!.Connections, "connections");
        await Verify(world, findings);
    }

    /// <summary>Everything that the two databases of each link tell.</summary>
    public static void Look(LinksChaosWorld world, LinksFindings findings)
    {
        List<LinkOutcome> links = [LinksChaosLook.Compare("site to operator", world.Site.Database, world.Operator.Database)];
        if (world.Cloud is { } cloud) links.Add(LinksChaosLook.Compare("operator to cloud", world.Operator.Database, cloud.Database));
        foreach (var link in links) findings.Complaints.AddRange(link.Complaints);
        findings.Add("acknowledged", links.Sum(l => l.Acknowledged), "records");
        findings.Add("lost", links.Sum(l => l.Lost), "records", "0");
        findings.Add("duplicated", links.Sum(l => l.Duplicated), "records", "0");
        findings.Add("holes", links.Sum(l => l.Holes), "records", "0");
        findings.Add("corrupt", links.Sum(l => l.Corrupt), "records", "0");
        findings.Add("ends_apart", links.Sum(l => l.Apart), "ends", "0");
        var (incidents, apart, untold, again) = LinksChaosLook.Incidents(world.Site.Database, world.Operator.Database, world.Load.Moves);
        findings.Add("moves", world.Load.Answered, "moves");
        findings.Add("moves_untold", untold, "moves", "0");
        findings.Add("told_again", again, "records");
        findings.Add("incidents", incidents, "incidents");
        findings.Add("incidents_apart", apart, "incidents", "0");
    }

    /// <summary>The product's own verbs say the same of their hosts.</summary>
    public static async Task Verify(LinksChaosWorld world, LinksFindings findings)
    {
        var broken = 0;
        foreach (var tier in world.Tiers)
            foreach (var verb in new[] { "egress", "audit" })
            {
                var (code, text) = await tier.Try(verb, "verify");
                if (code == 0) continue;
                broken++;
                findings.Complaints.Add($"{verb} verify of {tier.Name}: {text}");
            }
        findings.Add("chains_broken", broken, "chains", "0");
    }

    /// <summary>Waits until nothing waits any more at either end of either link.</summary>
    public static async Task<bool> Drained(LinksChaosWorld world, LinksFindings findings)
    {
        var began = Stopwatch.GetTimestamp();
        long left;
        while ((left = LinksChaosLook.Waiting(world.Site.Database, world.Operator.Database) + (world.Cloud is { } cloud ? LinksChaosLook.Waiting(world.Operator.Database, cloud.Database) : 0)) > 0)
        {
            if (Stopwatch.GetElapsedTime(began) > LongestDrain)
            {
                findings.Complaints.Add($"after {LongestDrain.TotalMinutes} minutes of peace {left} still wait");
                return false;
            }
            await Task.Delay(200);
        }
        return true;
    }

    private static async Task<int> InForce(LinksChaosWorld world)
    {
        var began = Stopwatch.GetTimestamp();
        var waiting = world.Load.Indicators.ToList();
        while (waiting.Count > 0 && Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(3))
        {
            for (var i = waiting.Count - 1; i >= 0; i--)
                if (await world.Load.IsInForce(waiting[i])) waiting.RemoveAt(i);
                else break;
            if (waiting.Count > 0) await Task.Delay(1000);
        }
        return world.Load.Indicators.Count - waiting.Count;
    }
}
