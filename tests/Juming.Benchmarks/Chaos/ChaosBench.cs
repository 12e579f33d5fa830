using System.Globalization;
using System.Text.Json;

namespace Juming.Benchmarks.Chaos;

/// <summary><c>bench chaos</c>: kills a site under load again and again, and counts what became of every line.</summary>
internal static class ChaosBench
{
    private const string Usage = "chaos [--kills N] [--seed S] [--minutes M] [--program FILE] [--keep] [--json]";

    public static async Task<int> Run(string[] line)
    {
        var plan = new ChaosPlan { Seed = (int)(TimeProvider.System.GetUtcNow().Ticks & 0x7FFFFFFF), Kills = 200 };
        var json = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == "--json") json = true;
            else if (line[i] == "--keep") plan = plan with { Keep = true };
            else if (line[i] == "--kills" && i + 1 < line.Length) plan = plan with { Kills = int.Parse(line[++i], CultureInfo.InvariantCulture) };
            else if (line[i] == "--seed" && i + 1 < line.Length) plan = plan with { Seed = int.Parse(line[++i], CultureInfo.InvariantCulture) };
            else if (line[i] == "--minutes" && i + 1 < line.Length) plan = plan with { Limit = TimeSpan.FromMinutes(double.Parse(line[++i], CultureInfo.InvariantCulture)) };
            else if (line[i] == "--program" && i + 1 < line.Length) plan = plan with { Program = Path.GetFullPath(line[++i]) };
            else
            {
                Console.Error.WriteLine(Usage);
                return 2;
            }
        }
        var outcome = await new ChaosRun(plan, Console.Error.WriteLine).Run(CancellationToken.None);
        foreach (var (metric, value, unit) in outcome.Metrics)
        {
            if (json) Console.WriteLine(JsonSerializer.Serialize(new { bench = "chaos", metric, value, unit, peer = (string?)null, peer_value = (double?)null, ratio = (double?)null }));
            else Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{metric,-20} {value,12:0.##} {unit}"));
        }
        Console.Error.WriteLine(outcome.IsClean ? "Nothing lost, nothing twice." : $"NOT CLEAN; repeat with --kills {plan.Kills} --seed {plan.Seed}");
        return outcome.IsClean ? 0 : 1;
    }
}

/// <summary>What a run does.</summary>
internal sealed record ChaosPlan
{
    /// <summary>Kills, 1 and up.</summary>
    public required int Kills { get; init; }

    /// <summary>Seed of the kill times.</summary>
    public required int Seed { get; init; }

    /// <summary>The program; by default the one that lies beside this one.</summary>
    public string Program { get; init; } = Path.Combine(AppContext.BaseDirectory, "juming.dll");

    /// <summary>No further kill after this time; the run then ends properly, with fewer kills.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(6);

    /// <summary>The data folder stays for a look; that of a run that is not clean stays anyhow.</summary>
    public bool Keep { get; init; }
}

/// <summary>What became of everything that was acknowledged.</summary>
internal sealed record ChaosOutcome(long Kills, long KillsAtStart, long Acknowledged, long Repeated, long Lost, long Duplicated, long Alerts, long AlertsLost, long AlertsDuplicated, long Imbalance, long FailedStarts, bool AuditIntact, TimeSpan SlowestStart)
{
    public bool IsClean => Lost + Duplicated + AlertsLost + AlertsDuplicated + Math.Abs(Imbalance) + FailedStarts == 0 && AuditIntact && Acknowledged > 0 && Alerts > 0;

    public IEnumerable<(string Metric, double Value, string Unit)> Metrics =>
    [
        ("kills", Kills, "kills"), ("kills_at_start", KillsAtStart, "kills"), ("acknowledged", Acknowledged, "events"), ("repeated", Repeated, "requests"),
        ("lost", Lost, "events"), ("duplicated", Duplicated, "events"), ("alerts", Alerts, "alerts"), ("alerts_lost", AlertsLost, "alerts"), ("alerts_duplicated", AlertsDuplicated, "alerts"),
        ("ledger_imbalance", Imbalance, "events"), ("failed_starts", FailedStarts, "starts"), ("audit_breaks", AuditIntact ? 0 : 1, "breaks"), ("slowest_start", SlowestStart.TotalSeconds, "s"),
    ];
}
