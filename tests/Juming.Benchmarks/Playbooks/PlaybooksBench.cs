using System.Diagnostics;
using System.Globalization;
using Juming.Site.Response.Engine;

namespace Juming.Benchmarks.Playbooks;

/// <summary>
/// Runs of playbooks while their process is killed again and again, at fixed times and at each named point; another process counts the effects. Then the
/// same playbook without kills and effects, for the steps a second. <c>--runs=N</c> and <c>--every=SECONDS</c> make it shorter.
/// </summary>
internal static class PlaybooksBench
{
    private static readonly string[] Points = [IRunPoints.BeforeAct, IRunPoints.Acted, IRunPoints.Recorded];

    public static async Task<int> Run(string[] args)
    {
        var runs = Options.Number(args, "--runs", 10_000);
        var every = TimeSpan.FromSeconds(Options.Number(args, "--every", 20));
        var figures = new Figures("playbooks", args.Contains("--json"));
        var folder = Directory.CreateTempSubdirectory("juming-playbooks-").FullName;
        try
        {
            await using var counter = await EffectCounter.Start();
            var (succeeded, kills) = await Survive(Path.Combine(folder, "killed"), counter.Address, runs, every);
            var lost = runs - succeeded;
            var missing = Math.Max(0, (runs * PlaybookSite.EffectsOfRun) - counter.Keys);
            figures.Print("runs", runs, "runs");
            figures.Print("kills", kills, "kills");
            figures.Print("lost_runs", lost, "runs", goal: "0");
            figures.Print("missing_effects", missing, "effects", goal: "0");
            figures.Print("doubled_effects", counter.Doubled, "effects", goal: "0");
            var few = Math.Min(runs, 2000);
            var time = await Time(Path.Combine(folder, "quick"), few);
            figures.Print("steps_per_second", few * (double)PlaybookSite.TransitionsOfRun / time.TotalSeconds, "steps/s", goal: "at least 500 on two cores");
            return lost == 0 && counter.Doubled == 0 && missing == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>Starts the site until it says that all is over, killing it each time before.</summary>
    private static async Task<(int Succeeded, int Kills)> Survive(string folder, string counter, int runs, TimeSpan every)
    {
        var unready = 0;
        for (var kills = 0; ; kills++)
        {
            // By turns: a kill at a time that knows nothing of the runs, and one at each named point, at another of its passes each time.
            var point = kills % 4 == 3 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{Points[kills % 4]}:{17 + (kills * 31 % 600)}");
            using var site = Start(folder, counter, runs, point);
            using var patience = new CancellationTokenSource();
            unready++;
            var over = Over(site, () =>
            {
                unready = 0;
                patience.CancelAfter(every);
            });
            try
            {
                if (await over.WaitAsync(patience.Token) is { } succeeded) return (succeeded, kills);
            }
            catch (OperationCanceledException)
            {
                site.Kill();
            }
            await site.WaitForExitAsync();
            if (unready >= 5) throw new InvalidOperationException("The site does not start.");
            Figures.Note(string.Create(CultureInfo.InvariantCulture, $"killed {kills + 1} times, last at {point}"));
        }
    }

    private static async Task<TimeSpan> Time(string folder, int runs)
    {
        using var site = Start(folder, "-", runs, "-");
        long began = 0;
        await Over(site, () => began = Stopwatch.GetTimestamp());
        var took = Stopwatch.GetElapsedTime(began);
        // Its folder is deleted next.
        await site.WaitForExitAsync();
        return took;
    }

    /// <summary>What the site says at its end, or null when it ended before.</summary>
    private static async Task<int?> Over(Process site, Action ready)
    {
        while (await site.StandardOutput.ReadLineAsync() is { } line)
            if (line == "ready") ready();
            else if (line.StartsWith("over ", StringComparison.Ordinal)) return int.Parse(line[5..], CultureInfo.InvariantCulture);
        return null;
    }

    private static Process Start(string folder, string counter, int runs, string point)
    {
        Directory.CreateDirectory(folder);
        return Process.Start(new ProcessStartInfo("dotnet", [typeof(PlaybooksBench).Assembly.Location, "playbook-site", folder, counter, runs.ToString(CultureInfo.InvariantCulture), point]) { RedirectStandardOutput = true })!;
    }
}
