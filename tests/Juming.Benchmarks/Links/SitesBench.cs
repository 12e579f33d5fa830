using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Juming.Hosting;

namespace Juming.Benchmarks.Links;

/// <summary><c>bench sites</c>: simulated sites on one operator process: what each costs, and how long it takes until all are back after the process was killed.</summary>
internal static class SitesBench
{
    private const string Usage = "sites [--json] [--sites=N] [--connection=STRING] [--settle=SECONDS]";

    public static async Task<int> Run(string[] line)
    {
        if (line.Any(l => l != "--json" && !l.StartsWith("--sites=", StringComparison.Ordinal) && !l.StartsWith("--connection=", StringComparison.Ordinal) && !l.StartsWith("--settle=", StringComparison.Ordinal)))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        var count = Math.Clamp(Options.Number(line, "--sites", 300), 1, 60_000);
        var settle = TimeSpan.FromSeconds(Options.Number(line, "--settle", 45));
        var folder = Directory.CreateTempSubdirectory("juming-sites-").FullName;
        try
        {
            return await Measure(new Figures("sites", line.Contains("--json")), folder, count, Options.Text(line, "--connection"), settle);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task<int> Measure(Figures figures, string folder, int count, string? connection, TimeSpan settle)
    {
        var (console, links) = (FreePort(), FreePort());
        using var first = await Start(folder, console, links, connection);
        var sites = Enumerable.Range(0, count).Select(i => new SimulatedSite(new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{links}")), i)).ToList();
        Figures.Note($"enrolling {count} sites");
        for (var i = 0; i < count; i++) await sites[i].Enrol(await Token(folder, i), CancellationToken.None);
        var before = Resident(first);
        using var ending = new CancellationTokenSource();
        var lives = sites.ConvertAll(s => Task.Run(() => s.Run(ending.Token)));
        try
        {
            await Until(() => sites.TrueForAll(s => s.Welcomes > 0), "all are connected");
            await Task.Delay(settle);
            var each = (Resident(first) - before) / (double)count;
            first.Kill();
            await first.WaitForExitAsync();
            var seen = sites.ConvertAll(s => s.Welcomes);
            using var second = await Start(folder, console, links, connection);
            var ready = Stopwatch.GetTimestamp();
            await Until(() => sites.Select((s, i) => s.Welcomes > seen[i]).All(back => back), "all are back");
            var back = Stopwatch.GetElapsedTime(ready);
            await Task.Delay(settle);
            figures.Print("sites", count, "sites");
            figures.Print("kb_per_site", each, "kB", goal: "under 100");
            figures.Print("reconnect_seconds", back.TotalSeconds, "s", goal: "under 60");
            figures.Print("control_ms_p95", Options.Percentile(sites.Select(s => s.AnswerMs).Where(ms => ms > 0), 0.95), "ms", goal: "under 1000");
            second.Kill();
            await second.WaitForExitAsync();
            return 0;
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(lives);
            foreach (var site in sites) site.Dispose();
        }
    }

    private static async Task<Process> Start(string folder, int console, int links, string? connection)
    {
        List<string> line =
        [
            Path.Combine(AppContext.BaseDirectory, "juming.dll"), "--tier", "operator", "--data", Path.Combine(folder, "d"), "--urls", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{console}"),
            "--set", string.Create(CultureInfo.InvariantCulture, $"Modules:Links:Listen=127.0.0.1:{links}"), "--set", "Log:Level=Warning",
        ];
        if (connection is not null) line.AddRange(["--set", "Database:ConnectionString=" + connection]);
        var process = Process.Start(new ProcessStartInfo("dotnet", line) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } text)
        {
            if (!text.Contains("is ready at", StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return process;
        }
        throw new IOException("the operator ended before it was ready: " + await errors);
    }

    private static async Task<string> Token(string folder, int number)
    {
        var answer = await AdminChannel.Ask(Path.Combine(folder, "d"), "MakeSiteToken", JsonSerializer.SerializeToElement(new { customer = "Bench", site = string.Create(CultureInfo.InvariantCulture, $"site {number}") }), CancellationToken.None);
        return answer.Value?.GetProperty("token").GetString() ?? throw new InvalidOperationException(answer.Refusal?.Sentence);
    }

    /// <summary>Kilobytes of a process that are in memory.</summary>
    private static double Resident(Process process)
    {
        process.Refresh();
        return process.WorkingSet64 / 1024.0;
    }

    private static async Task Until(Func<bool> holds, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(10)) throw new TimeoutException($"not within 10 minutes: {what}");
            await Task.Delay(20);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
