using System.Diagnostics;
using System.Globalization;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using Juming.Testing.Farm.Hostile;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Benchmarks.Linkage;

/// <summary>
/// How long a block takes that is read back and pictured, beside a script on the same console in turns; how long it takes from an alert; and whether anything gets
/// through that must not be blocked. <c>--rounds=N</c> (10) pairs, <c>--part=speed|alert|forbidden</c> for one of the three.
/// </summary>
internal static class LinkageBench
{
    private const int BlocksOfPair = 3;

    private static string _film = "";

    public static async Task<int> Run(string[] args)
    {
        var (rounds, part) = (Math.Max(1, Options.Number(args, "--rounds", 10)), Options.Text(args, "--part"));
        var figures = new Figures("linkage", args.Contains("--json"));
        var missed = 0;
        if (part is null or "speed") missed += await Speed(figures, rounds);
        if (part is null or "alert") missed += await AlertRun.Measure(figures, rounds);
        if (part is null or "forbidden") missed += await ForbiddenRun.Measure(figures);
        return missed == 0 ? 0 : 1;
    }

    private static async Task<int> Speed(Figures figures, int rounds)
    {
        await using var site = await LinkedSite.Start(new Dictionary<string, string?> { ["Log:Level"] = "Error" });
        await using var console = new PlainConsole("plain", 1);
        await console.Start();
        var device = await site.Add(console);
        await site.Learn(device);
        var number = 0;
        var (warm, cold, warmScript, coldScript) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        // Not counted: what starts and compiles at the first time on either side.
        for (var i = 0; i < 3; i++) await Block(site, console, device, ++number);
        for (var i = 0; i < rounds; i++)
        {
            warmScript.AddRange(await BlockScript.Run(console, "session", BlocksOfPair));
            Clear(console);
            for (var k = 0; k < BlocksOfPair; k++) warm.Add(await Block(site, console, device, ++number));
            // Where the time goes, step by step: what a ratio that is missed is explained with.
            if (i == rounds - 1) Figures.Note($"the last warm block, {warm[^1]:0} ms:\n{_film}");
            if (i % 2 != 0) continue;
            coldScript.AddRange(await BlockScript.Run(console, "cold", 1));
            Clear(console);
            site.Tier.Services.GetRequiredService<ChromiumHost>().Kill();
            site.Tier.Services.GetRequiredService<SessionStore>().Forget(device);
            cold.Add(await Block(site, console, device, ++number));
        }
        Print(figures, "warm", warm, warmScript, "at most 2000");
        Print(figures, "cold", cold, coldScript, "at most 8000");
        var ratio = Figures.Median(warm) / Figures.Median(warmScript);
        figures.Print("vs_script_ratio", ratio, "times", goal: "at most 2");
        return ratio <= 2 && Figures.Median(warm) <= 2000 && Figures.Median(cold) <= 8000 ? 0 : 1;
    }

    private static void Print(Figures figures, string what, List<double> ours, List<double> script, string goal)
    {
        figures.Print($"{what}_block_ms_p50", Figures.Median(ours), "ms", "script", Figures.Median(script), goal);
        figures.Print($"{what}_block_ms_p95", Options.Percentile(ours, 0.95), "ms", "script", Options.Percentile(script, 0.95));
    }

    /// <summary>One verified block as the block list orders it, in milliseconds; afterwards the list is as it was.</summary>
    private static async Task<double> Block(LinkedSite site, FarmConsole console, Guid device, int number)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"203.0.113.{1 + (number % 250)}");
        var began = Stopwatch.GetTimestamp();
        var outcome = await site.Block(device, target);
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        _film = site.Film(outcome.Run);
        if (outcome is not { Reading: BlockReading.Present, Failure: null } || !console.InForce.Contains(target)) throw new InvalidOperationException($"{target} was not blocked.\n{site.Film(outcome.Run)}");
        Clear(console);
        return took;
    }

    private static void Clear(FarmConsole console)
    {
        foreach (var entry in console.BlockEntries.Where(e => e.Comment is "script" || e.Comment.StartsWith("juming", StringComparison.Ordinal))) console.DropEntry(entry.Address);
    }
}
