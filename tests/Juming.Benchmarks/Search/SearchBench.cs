using System.Diagnostics;
using System.Globalization;
using Juming.Platform.Modules;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using Juming.Site.Events.Search;
using Juming.Site.Events.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Juming.Benchmarks.Search;

/// <summary>The event store by itself: how fast parsed events go in, what they weigh, and how long the searches of an analyst take.</summary>
internal static class SearchBench
{
    private const int BatchLines = 8192;

    /// <summary>Arguments: <c>--json</c>, <c>--events=N</c> (5,000,000), <c>--rounds=N</c> (5), <c>--keep</c> to search the store of the last run again.</summary>
    public static async Task<int> Run(string[] args)
    {
        var figures = new Figures("search", args.Contains("--json"));
        var events = int.Parse(Option(args, "events") ?? "5000000", CultureInfo.InvariantCulture);
        var rounds = int.Parse(Option(args, "rounds") ?? "5", CultureInfo.InvariantCulture);
        var folder = Path.Combine(Workload.Folder, "search");
        var keep = args.Contains("--keep") && Directory.Exists(folder);
        if (!keep && Directory.Exists(folder)) Directory.Delete(folder, true);
        using var store = Open(folder);
        if (!keep) await Fill(store, events, figures);
        var bytes = Directory.GetFiles(Path.Combine(folder, "events")).Sum(f => new FileInfo(f).Length);
        var rows = store.Segments.Sum(s => s.Rows);
        figures.Print("events", rows, "events");
        figures.Print("bytes_per_event", bytes / (double)rows, "bytes", goal: "at most 200");
        var search = new DuckSearch(store);
        var (from, to) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        SearchRequest All(string query, int limit = 100) => new(query, from, to, limit);
        var span = (From: Instant(store.Segments.Min(s => s.MinTime)), To: Instant(store.Segments.Max(s => s.MaxTime)));
        await Measure(figures, "top10_ms", rounds, "at most 800", () => search.Facet(All(""), "source.ip", 10, CancellationToken.None));
        await Measure(figures, "histogram_ms", rounds, "at most 800", () => search.Histogram(new SearchRequest("", span.From, span.To), 120, CancellationToken.None));
        await Measure(figures, "substring_ms", rounds, "at most 1200", () => Count(search, All("\"jndi:\"", 10_000)));
        await Measure(figures, "one_address_all_time_ms", rounds, "at most 300", () => Count(search, All("source.ip:10.3.77.15")));
        var idle = await Measure(figures, "newest_page_ms", rounds, null, () => Count(search, All("")));
        await DuringIngest(store, search, figures, rounds, All, idle);
        return 0;
    }

    private static DuckEventStore Open(string folder) =>
        new(new TierContext(Tiers.Site, Directory.CreateDirectory(folder).FullName, true), new EventStoreSettings(), TimeProvider.System, NullLogger<DuckEventStore>.Instance);

    private static async Task Fill(DuckEventStore store, int events, Figures figures)
    {
        var bytes = await File.ReadAllBytesAsync(Workload.Mix);
        var normalizer = new LineNormalizer();
        var memory = new SourceMemory();
        var done = 0;
        var cpu = TimeSpan.Zero;
        var wall = TimeSpan.Zero;
        for (var at = 0; done < events;)
        {
            // Parsing is not what is measured: sixteen batches are made ready, then appended together.
            var ready = new List<EventBatch>();
            for (var b = 0; b < 16 && done < events; b++)
            {
                var batch = new EventBatch(BatchLines);
                for (; batch.Count < BatchLines && done < events; done++)
                {
                    if (at >= bytes.Length) at = 0;
                    var end = Array.IndexOf(bytes, (byte)'\n', at);
                    normalizer.Normalize(batch, bytes.AsSpan(at, end - at), new LineContext { Received = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000, SourceId = 1, Source = memory });
                    // Five copies of one hour become five hours.
                    batch.Current.Time += done / Workload.Lines * 3_600_000_000L;
                    at = end + 1;
                }
                ready.Add(batch);
            }
            var (before, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            await Task.WhenAll(ready.Select(b => Task.Run(() => store.Append(b, new BatchCommit(), CancellationToken.None))));
            cpu += Environment.CpuUsage.TotalTime - before;
            wall += Stopwatch.GetElapsedTime(began);
            if (done % (BatchLines * 64) == 0) Figures.Note($"{done} of {events}");
        }
        figures.Print("ingest_rows_per_second", done / cpu.TotalSeconds, "per core-s", goal: "at least 90000");
        figures.Print("ingest_rows_per_second_wall", done / wall.TotalSeconds, "1/s");
    }

    private static async Task<double> Measure(Figures figures, string metric, int rounds, string? goal, Func<Task> run)
    {
        await run();
        var times = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await run();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        var median = Figures.Median(times);
        figures.Print(metric, median, "ms", goal: goal);
        return median;
    }

    /// <summary>How much slower ingest gets while someone searches all the time, and how long those searches take.</summary>
    private static async Task DuringIngest(DuckEventStore store, DuckSearch search, Figures figures, int rounds, Func<string, int, SearchRequest> request, double idle)
    {
        var quiet = await Ingest(store);
        using var stop = new CancellationTokenSource();
        var times = new List<double>();
        var searching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var began = Stopwatch.GetTimestamp();
                await Count(search, request("", 100));
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                await Task.Delay(TimeSpan.FromMilliseconds(500));
            }
        });
        var loaded = await Ingest(store);
        await stop.CancelAsync();
        await searching;
        figures.Print("search_during_ingest_slowdown", 100 * (loaded - quiet) / quiet, "percent", goal: "at most 15");
        if (times.Count > 0 && idle > 0) figures.Print("newest_page_during_ingest_ms", Figures.Median(times), "ms");
        _ = rounds;
    }

    private static async Task<double> Ingest(DuckEventStore store)
    {
        var bytes = await File.ReadAllBytesAsync(Workload.Mix);
        var normalizer = new LineNormalizer();
        var memory = new SourceMemory();
        var batches = new List<EventBatch>();
        for (int b = 0, at = 0; b < 40; b++)
        {
            var batch = new EventBatch(BatchLines);
            while (batch.Count < BatchLines)
            {
                var end = Array.IndexOf(bytes, (byte)'\n', at);
                normalizer.Normalize(batch, bytes.AsSpan(at, end - at), new LineContext { Received = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000, SourceId = 1, Source = memory });
                at = end + 1;
            }
            batches.Add(batch);
        }
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (b, ct) => await store.Append(b, new BatchCommit(), ct));
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<int> Count(DuckSearch search, SearchRequest request)
    {
        var found = 0;
        await foreach (var chunk in search.Search(request, CancellationToken.None)) found += chunk.Events.Count;
        return found;
    }

    private static string? Option(string[] args, string name) => args.FirstOrDefault(a => a.StartsWith($"--{name}=", StringComparison.Ordinal))?[(name.Length + 3)..];

    private static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * 10);
}
