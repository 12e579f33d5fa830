using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Juming.Benchmarks.Pipeline;

namespace Juming.Benchmarks.Web;

/// <summary>The console as its people feel it: from the start of the published program to its first page, and how long the lists take on a site with some history.</summary>
internal static class WebBench
{
    private const int WebPort = 15528;
    private const int SyslogPort = 15527;

    // Every list page opens with one of these requests.
    private static readonly (string Metric, string Path)[] Lists =
    [
        ("incidents", "/api/incidents?view=all"),
        ("alerts", "/api/detection/alerts?take=50"),
        ("alerts_text", "/api/detection/alerts?take=50&text=Log4"),
        ("assets", "/api/assets?take=50"),
        ("assets_text", "/api/assets?take=50&text=srv-01"),
        ("logs_newest", "/api/events/search?limit=100"),
        ("logs_query", "/api/events/search?limit=100&query=" + "source.ip%3A203.0.113.0%2F24"),
        ("sources", "/api/collection/sources"),
        ("ledger", "/api/collection/ledger"),
        ("rules", "/api/detection/rules?take=50"),
        ("coverage", "/api/detection/coverage"),
        ("parsers", "/api/collection/parsers"),
    ];

    private static readonly string[] Assets = ["/_framework/blazor.web.js", "/_content/Juming.Platform/console.js", "/_content/Juming.Platform/console.css", "/_content/Juming.Platform/theme.js", "/juming.styles.css", "/favicon.svg"];

    /// <summary>Arguments: <c>--json</c>, <c>--events=N</c> (100,000), <c>--rounds=N</c> (30).</summary>
    public static async Task<int> Run(string[] args)
    {
        var figures = new Figures("web", args.Contains("--json"));
        var events = int.Parse(Option(args, "events") ?? "100000", CultureInfo.InvariantCulture);
        var rounds = int.Parse(Option(args, "rounds") ?? "30", CultureInfo.InvariantCulture);
        var data = Path.Combine(Workload.Folder, "web");
#pragma warning disable RS0030 // One client for one server with a certificate of its own.
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, ServerCertificateCustomValidationCallback = (_, _, _, _) => true }) { BaseAddress = new Uri($"https://127.0.0.1:{WebPort}") };
#pragma warning restore RS0030
        var starts = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            if (Directory.Exists(data)) Directory.Delete(data, true);
            var (process, seconds) = await Start(data, http);
            starts.Add(seconds);
            await Stop(process);
        }
        figures.Print("first_start_to_first_page_s", Figures.Median(starts), "s", goal: "under 6");
        await Weigh(figures, data, http);

        var (site, _) = await Start(data, http);
        try
        {
            var token = Workload.Run(LiveSite.Program, ["token", "create", "--tier", "site", "--data", data, "--scopes", "incidents.read,detection.read,assets.read,events.read,collection.read"]);
            if (token.Code != 0) throw new InvalidOperationException("No token could be made: " + token.Output);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Output.Trim());
            await BusyDay.Send(SyslogPort, events);
            await Settled(http, events);
            figures.Print("events", await Metric(http, "juming_events_rows"), "events");
            foreach (var (what, path) in new[] { ("alerts", "/api/detection/alerts?take=1"), ("incidents", "/api/incidents?view=all&take=1"), ("assets", "/api/assets?take=1") })
                figures.Print(what, JsonDocument.Parse(await http.GetStringAsync(path)).RootElement.GetProperty("total").GetInt64(), what);
            foreach (var (metric, path) in Lists) await Measure(figures, http, metric, path, rounds);
            site.Refresh();
            figures.Print("memory_mb", site.WorkingSet64 / 1_048_576.0, "MiB");
        }
        finally
        {
            await Stop(site);
        }
        var again = await Start(data, http);
        figures.Print("restart_to_first_page_s", again.Seconds, "s", goal: "under 6");
        await Stop(again.Process);
        return 0;
    }

    private static async Task<(Process Process, double Seconds)> Start(string data, HttpClient http)
    {
        Directory.CreateDirectory(data);
        var start = new ProcessStartInfo(LiveSite.Program, ["--tier", "site", "--data", data, "--urls", $"https://127.0.0.1:{WebPort}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["JUMING_Modules__Collection__Tcp__0"] = $"127.0.0.1:{SyslogPort}";
        start.Environment["JUMING_Modules__Collection__Udp__0"] = $"127.0.0.1:{SyslogPort}";
        start.Environment["JUMING_Log__Level"] = "Warning";
        var began = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/setup");
                if ((int)answer.StatusCode < 400) return (process, Stopwatch.GetElapsedTime(began).TotalSeconds);
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(1)) throw new InvalidOperationException("The program gave no page within a minute.");
            await Task.Delay(20);
        }
    }

    private static async Task Stop(Process process)
    {
        using var _ = process;
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>What a browser fetches for its first list page besides the page's own few kilobytes, as it travels.</summary>
    private static async Task Weigh(Figures figures, string data, HttpClient http)
    {
        var (site, _) = await Start(data, http);
        var sum = 0L;
        foreach (var path in Assets)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.AcceptEncoding.ParseAdd("br, gzip");
            using var answer = await http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            sum += (await answer.Content.ReadAsByteArrayAsync()).Length;
        }
        figures.Print("first_visit_kb", sum / 1024.0, "KiB", goal: "at most 150");
        await Stop(site);
    }

    private static async Task Measure(Figures figures, HttpClient http, string metric, string path, int rounds)
    {
        var times = new List<double>();
        for (var i = 0; i < rounds + 3; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync(path);
            await answer.Content.ReadAsByteArrayAsync();
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}.");
            // The first calls compile and fill caches.
            if (i >= 3) times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        times.Sort();
        figures.Print(metric + "_p95_ms", times[(int)Math.Ceiling(times.Count * 0.95) - 1], "ms", goal: "at most 300");
    }

    private static async Task Settled(HttpClient http, int events)
    {
        var (began, quiet, last) = (Stopwatch.GetTimestamp(), 0, "");
        while (quiet < 4)
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(3)) throw new InvalidOperationException("The day was not worked off in three minutes.");
            await Task.Delay(500);
            if (await Metric(http, "juming_collection_stored_lines_total") < events || await Metric(http, "juming_detection_batches_behind") > 0) continue;
            // Incidents and assets follow the alerts; they are done when they stand still for two seconds.
            var now = string.Join(' ', JsonDocument.Parse(await http.GetStringAsync("/api/incidents?view=all&take=1")).RootElement.GetProperty("total"), JsonDocument.Parse(await http.GetStringAsync("/api/assets?take=1")).RootElement.GetProperty("total"));
            quiet = now == last ? quiet + 1 : 0;
            last = now;
        }
    }

    private static async Task<double> Metric(HttpClient http, string name) =>
        (await http.GetStringAsync("/metrics")).Split('\n').Where(l => l.StartsWith(name + " ", StringComparison.Ordinal)).Select(l => double.Parse(l[(name.Length + 1)..], CultureInfo.InvariantCulture)).FirstOrDefault();

    private static string? Option(string[] args, string name) => args.FirstOrDefault(a => a.StartsWith($"--{name}=", StringComparison.Ordinal))?[(name.Length + 3)..];
}
