using System.Diagnostics;
using System.Globalization;
using System.Net.Http;

namespace Juming.Benchmarks.Pipeline;

/// <summary>A running site of the published program, fed over the network by the kit's sender.</summary>
internal sealed class LiveSite : IAsyncDisposable
{
    private const int SyslogPort = 15517;
    private const int WebPort = 15518;
    private readonly Process _process;

#pragma warning disable RS0030 // One client for one server with a certificate of its own.
    private readonly HttpClient _http = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true }) { BaseAddress = new Uri($"https://127.0.0.1:{WebPort}") };
#pragma warning restore RS0030

    private LiveSite(Process process) => _process = process;

    /// <summary>The published program.</summary>
    public static string Program => Environment.GetEnvironmentVariable("JUMING_PROGRAM") ?? throw new InvalidOperationException("JUMING_PROGRAM names the published program; './build.sh bench' sets it.");

    /// <summary>A million lines over four connections, as fast as they are taken; nothing may be lost.</summary>
    public static async Task Tcp(Figures figures, string? corpus, double replayed)
    {
        await using var site = await Start(corpus);
        Feed("tcp", 50_000, 0);
        await site.Settled(50_000, TimeSpan.FromMinutes(1));
        var (cpu, began) = (site.Cpu, Stopwatch.GetTimestamp());
        Feed("tcp", Workload.Lines, 0);
        var stored = await site.Settled(Workload.Lines + 50_000, TimeSpan.FromMinutes(3)) - 50_000;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        figures.Print("live_tcp_events_per_second", stored / seconds, "1/s", double.IsNaN(replayed) ? null : "replay", double.IsNaN(replayed) ? null : replayed, "at least 80 % of replay");
        figures.Print("live_tcp_events_per_core_second", stored / (site.Cpu - cpu).TotalSeconds, "1/s");
        figures.Print("live_tcp_lost", Workload.Lines - stored, "lines", goal: "0");
    }

    /// <summary>60,000 datagrams a second for five seconds.</summary>
    public static async Task Udp(Figures figures, string? corpus)
    {
        await using var site = await Start(corpus);
        Feed("tcp", 50_000, 0);
        await site.Settled(50_000, TimeSpan.FromMinutes(1));
        Feed("udp", 300_000, 60_000);
        var stored = await site.Settled(350_000, TimeSpan.FromSeconds(40)) - 50_000;
        figures.Print("udp_loss_60k", 100.0 * (300_000 - stored) / 300_000, "percent", goal: "0");
    }

    /// <summary>Memory over time at a steady 5,000 lines a second.</summary>
    public static async Task Slope(Figures figures, string? corpus, int minutes)
    {
        await using var site = await Start(corpus);
        using var sender = Process.Start(new ProcessStartInfo(Workload.Sender, ["-m", "tcp", "-p", Text(SyslogPort), "-f", Workload.Mix, "-r", "5000", "-c", "4", "-L", "1000"]) { RedirectStandardOutput = true })!;
        var samples = new List<(double Minute, double Megabytes)>();
        var (most, least) = (0.0, double.MaxValue);
        var began = Stopwatch.GetTimestamp();
        for (var second = 1; second <= minutes * 60; second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            site._process.Refresh();
            var now = site._process.WorkingSet64 / 1_048_576.0;
            (most, least) = (Math.Max(most, now), Math.Min(least, now));
            if (second % 120 != 0) continue;
            // Between two collections the working set climbs by hundreds of megabytes; what is kept is its lowest of two minutes.
            // The first half fills caches and windows of correlations up to their bounds; what grows after them is what matters.
            if (second > minutes * 30) samples.Add((Stopwatch.GetElapsedTime(began).TotalMinutes, least));
            Figures.Note(string.Create(CultureInfo.InvariantCulture, $"minute {second / 60}: lowest {least:0} MiB"));
            least = double.MaxValue;
        }
        sender.Kill();
        var (mx, my) = (samples.Average(s => s.Minute), samples.Average(s => s.Megabytes));
        var slope = samples.Sum(s => (s.Minute - mx) * (s.Megabytes - my)) / samples.Sum(s => (s.Minute - mx) * (s.Minute - mx));
        figures.Print("memory_slope_mb_per_minute", slope, "MiB/min", goal: "under 1");
        figures.Print("memory_at_5000_mb", most, "MiB");
    }

    /// <summary>Starts a site with an empty data folder and waits until its syslog port is open.</summary>
    public static async Task<LiveSite> Start(string? corpus)
    {
        var data = Path.Combine(Workload.Folder, "live");
        if (Directory.Exists(data)) Directory.Delete(data, true);
        Directory.CreateDirectory(Path.Combine(data, "rules"));
        if (corpus is not null) File.Copy(corpus, Path.Combine(data, "rules", "corpus.zip"));
        var start = new ProcessStartInfo(Program, ["--tier", "site", "--data", data, "--urls", $"https://127.0.0.1:{WebPort}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["JUMING_Modules__Collection__Tcp__0"] = $"127.0.0.1:{SyslogPort}";
        start.Environment["JUMING_Modules__Collection__Udp__0"] = $"127.0.0.1:{SyslogPort}";
        start.Environment["JUMING_Log__Level"] = "Warning";
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await Peers.Listening(WebPort);
        await Peers.Listening(SyslogPort);
        return new LiveSite(process);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Waits until so many lines are stored and matched, or nothing moves any more; returns how many are stored.</summary>
    private async Task<long> Settled(long lines, TimeSpan most)
    {
        var began = Stopwatch.GetTimestamp();
        var (last, moved) = (-1L, began);
        while (Stopwatch.GetElapsedTime(began) < most)
        {
            var text = await _http.GetStringAsync("/metrics");
            var stored = Value(text, "juming_collection_stored_lines_total");
            if (stored >= lines && Value(text, "juming_detection_batches_behind") == 0 && Value(text, "juming_collection_in_flight_lines") == 0) return stored;
            if (stored != last) (last, moved) = (stored, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(moved) > TimeSpan.FromSeconds(10)) return stored;
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
        return last;
    }

    private static long Value(string metrics, string name) =>
        metrics.Split('\n').Where(l => l.StartsWith(name + " ", StringComparison.Ordinal)).Select(l => (long)double.Parse(l[(name.Length + 1)..], CultureInfo.InvariantCulture)).FirstOrDefault();

    private static void Feed(string transport, int lines, int rate)
    {
        List<string> line = ["-m", transport, "-p", Text(SyslogPort), "-f", Workload.Mix, "-n", Text(lines), "-c", "4"];
        if (rate > 0) line.AddRange(["-r", Text(rate)]);
        if (Workload.Run(Workload.Sender, line).Code != 0) throw new InvalidOperationException("The sender failed.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
