using System.Globalization;
using System.Text;

namespace Juming.Benchmarks.Links;

/// <summary>
/// <c>bench links</c>: three tiers of the product under load while they are killed and held, and the network between them is cut, stands still, crumbles and loses packets; then losses
/// of power. What was acknowledged must be at the other end exactly once. The figures also go into a report.
/// </summary>
internal static class LinksBench
{
    private const string Usage = "links [--json] [--faults=N] [--power=N] [--seed=S] [--minutes=M] [--report=FILE] [--program=FILE] [--keep]";

    public static async Task<int> Run(string[] line)
    {
        if (Read(line) is not { } plan)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        // All that comes over the network comes before the bench leaves it.
        Workload.Install("nftables", "iproute2");
        if (plan.Power > 0) _ = Workload.LazyDisk;
        if (await PacketLoss.RunApart(["links", .. line, "--seed=" + plan.Seed.ToString(CultureInfo.InvariantCulture)]) is { } code) return code;
        Figures.Note($"seed {plan.Seed}, {plan.Faults} faults, {plan.Power} losses of power, {plan.Program}");
        var folder = Directory.CreateTempSubdirectory("juming-links-").FullName;
        var findings = new LinksFindings();
        try
        {
            if (plan.Faults > 0) await Part("faults", LinksChaosRun.Run, plan, folder, findings);
            if (plan.Power > 0) await Part("power", PowerRun.Run, plan, folder, findings);
        }
        finally
        {
            if (plan.Keep || findings.Complaints.Count > 0) Figures.Note($"the data stays in {folder}");
            else Directory.Delete(folder, true);
        }
        var figures = new Figures("links", line.Contains("--json"));
        foreach (var (kind, count) in findings.Faults) figures.Print("faults: " + kind, count, "faults");
        foreach (var (metric, value, unit, goal) in findings.Figures) figures.Print(metric, value, unit, goal: goal);
        figures.Print("kinds_skipped", findings.Skipped.Count, "kinds");
        foreach (var skipped in findings.Skipped) Figures.Note("skipped, " + skipped);
        foreach (var complaint in findings.Complaints) Figures.Note(complaint);
        Directory.CreateDirectory(Path.GetDirectoryName(plan.Report)!);
        await File.WriteAllTextAsync(plan.Report, Report(plan, findings));
        Figures.Note($"report: {plan.Report}");
        Figures.Note(findings.Complaints.Count == 0 ? "Nothing lost, nothing twice, no hole." : $"NOT CLEAN; repeat with --faults={plan.Faults} --power={plan.Power} --seed={plan.Seed}");
        return findings.Complaints.Count == 0 ? 0 : 1;
    }

    private static async Task Part(string name, Func<LinksPlan, string, LinksFindings, Task> run, LinksPlan plan, string folder, LinksFindings findings)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        try
        {
            await run(plan, own, findings);
        }
        catch (Exception e) when (e is IOException or TimeoutException or InvalidOperationException or InvalidDataException or HttpRequestException or Microsoft.Data.Sqlite.SqliteException or UnauthorizedAccessException)
        {
            // What was found so far is still told.
            findings.Complaints.Add($"{name}: {e}");
        }
    }

    private static LinksPlan? Read(string[] line)
    {
        string[] known = ["--faults", "--power", "--seed", "--minutes", "--report", "--program"];
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] is "--json" or "--keep") continue;
            if (!known.Contains(line[i].Split('=')[0])) return null;
            if (!line[i].Contains('=')) i++;
        }
        var program = Options.Text(line, "--program") ?? Environment.GetEnvironmentVariable("JUMING_PROGRAM") ?? Path.Combine(AppContext.BaseDirectory, "juming.dll");
        return new LinksPlan
        {
            Faults = Options.Number(line, "--faults", 400),
            Power = Options.Number(line, "--power", 12),
            Seed = Options.Number(line, "--seed", (int)(TimeProvider.System.GetUtcNow().Ticks & 0x7FFFFFF)),
            Limit = TimeSpan.FromMinutes(Options.Number(line, "--minutes", 180)),
            Program = Path.GetFullPath(program),
            Report = Path.GetFullPath(Options.Text(line, "--report") ?? Path.Combine("artifacts", "links.md")),
            Keep = line.Contains("--keep"),
        };
    }

    private static string Report(LinksPlan plan, LinksFindings findings)
    {
        var text = new StringBuilder("# How the links were tried\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}. ");
        text.Append(CultureInfo.InvariantCulture, $"Again, with the same troubles in the same order: `./build.sh bench links --faults={plan.Faults} --power={plan.Power} --seed={plan.Seed}`\n\n");
        text.Append(findings.Complaints.Count == 0 ? "Nothing lost, nothing twice, no hole.\n\n" : "**Not clean.**\n\n");
        text.Append("| figure | value | unit | must be |\n|---|---:|---|---|\n");
        foreach (var (metric, value, unit, goal) in findings.Figures) text.Append(CultureInfo.InvariantCulture, $"| {metric} | {value:0.##} | {unit} | {goal} |\n");
        text.Append("\n| fault | times |\n|---|---:|\n");
        foreach (var (kind, count) in findings.Faults) text.Append(CultureInfo.InvariantCulture, $"| {kind} | {count} |\n");
        text.Append(findings.Skipped.Count == 0 ? "\nNo kind was skipped.\n" : "\nSkipped, because this machine refuses it:\n\n");
        foreach (var skipped in findings.Skipped) text.Append(CultureInfo.InvariantCulture, $"* {skipped}\n");
        if (findings.Complaints.Count > 0) text.Append("\n## What was wrong\n\n");
        foreach (var complaint in findings.Complaints) text.Append(CultureInfo.InvariantCulture, $"* {complaint.ReplaceLineEndings(" ")}\n");
        return text.ToString();
    }
}
