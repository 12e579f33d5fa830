using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Juming.Benchmarks.Detection;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;
using Juming.Testing;

namespace Juming.Benchmarks.Pipeline;

/// <summary>The main job end to end: replay, live TCP, a UDP burst, collecting beside rsyslog and syslog-ng, detecting beside sec.</summary>
internal static class PipelineBench
{
    /// <summary>
    /// Arguments: <c>--json</c>, <c>--rounds=N</c> (3), <c>--only=replay,intel,live,udp,collect,rules,sec,slope</c>, <c>--slope-minutes=N</c> (20; measured only when named).
    /// The program is the published one that JUMING_PROGRAM names.
    /// </summary>
    public static async Task<int> Run(string[] args)
    {
        var figures = new Figures("pipeline", args.Contains("--json"));
        var rounds = int.Parse(Option(args, "rounds") ?? "3", CultureInfo.InvariantCulture);
        var only = Option(args, "only")?.Split(',') ?? ["replay", "intel", "live", "udp", "collect", "rules", "sec"];
        var corpus = SharedData.Find("sigma/rules.zip");
        if (corpus is null) Figures.Note("the Sigma corpus is not there: the own rules are measured alone");
        var replayed = double.NaN;
        if (only.Contains("replay")) replayed = Replay(figures, rounds, corpus);
        if (only.Contains("intel")) WithIndicators(figures, rounds, corpus);
        if (only.Contains("live")) await LiveSite.Tcp(figures, corpus, replayed);
        if (only.Contains("udp")) await LiveSite.Udp(figures, corpus);
        if (only.Contains("collect")) await Collect(figures, rounds);
        if (only.Contains("rules")) Rules(figures, corpus);
        if (only.Contains("sec")) Sec(figures, rounds);
        if (only.Contains("slope")) await LiveSite.Slope(figures, corpus, int.Parse(Option(args, "slope-minutes") ?? "20", CultureInfo.InvariantCulture));
        return 0;
    }

    private static double Replay(Figures figures, int rounds, string? corpus)
    {
        List<double> wall = [], cpu = [], memory = [];
        var planted = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            var data = Path.Combine(Workload.Folder, "replay");
            if (Directory.Exists(data)) Directory.Delete(data, true);
            var alerts = Path.Combine(Workload.Folder, "alerts.ndjson");
            List<string> line = ["replay", "--tier", "site", "--data", data, "--json"];
            if (corpus is not null) line.AddRange(["--rules", corpus]);
            // The file of single matches is written in one round of its own, as no one replays with it every day.
            if (round == rounds - 1) line.AddRange(["--alerts", alerts]);
            var run = Workload.Run(LiveSite.Program, [.. line, Workload.Mix]);
            if (run.Code != 0) throw new InvalidOperationException($"replay ended with {run.Code}.");
            using var report = JsonDocument.Parse(run.Output.Trim().Split('\n')[^1]);
            var stored = report.RootElement.GetProperty("stored").GetInt64();
            if (stored != Workload.Lines) Figures.Note($"replay stored {stored} of {Workload.Lines} lines");
            wall.Add(report.RootElement.GetProperty("events_per_second").GetDouble());
            memory.Add(report.RootElement.GetProperty("peak_memory_bytes").GetDouble() / 1_048_576);
            cpu.Add(Workload.Lines / run.CpuSeconds);
            if (round == rounds - 1) planted = Planted(alerts);
        }
        figures.Print("events_per_second", Figures.Median(wall), "1/s", goal: "at least 60000");
        figures.Print("replay_events_per_core_second", Figures.Median(cpu), "1/s");
        figures.Print("peak_memory_mb", Figures.Median(memory), "MiB", goal: "under 1500");
        figures.Print("planted_found", planted, "share", goal: "1");
        return Figures.Median(wall);
    }

    /// <summary>The same replay without and with a million indicators in force, in turns, so that what else the machine does falls on both.</summary>
    private static void WithIndicators(Figures figures, int rounds, string? corpus)
    {
        List<double> kept = [];
        for (var round = 0; round < rounds; round++)
        {
            var (without, with) = (PerCoreSecond(corpus, indicators: false), PerCoreSecond(corpus, indicators: true));
            kept.Add(with / without);
            Figures.Note($"replay per core-second: {without:F0} without indicators, {with:F0} with");
        }
        figures.Print("throughput_kept_with_indicators", Figures.Median(kept), "share", goal: "at least 0.9");
    }

    private static double PerCoreSecond(string? corpus, bool indicators)
    {
        var data = Path.Combine(Workload.Folder, "replay");
        if (Directory.Exists(data)) Directory.Delete(data, true);
        if (indicators) Intel.IntelBench.Fill(Path.Combine(data, "indicators"), 1_000_000);
        List<string> line = ["replay", "--tier", "site", "--data", data, "--json"];
        if (corpus is not null) line.AddRange(["--rules", corpus]);
        var run = Workload.Run(LiveSite.Program, [.. line, Workload.Mix]);
        return run.Code == 0 ? Workload.Lines / run.CpuSeconds : throw new InvalidOperationException($"replay ended with {run.Code}.");
    }

    private static double Planted(string alerts)
    {
        var found = new HashSet<int>();
        foreach (var line in File.ReadLines(alerts))
        {
            using var match = JsonDocument.Parse(line);
            found.Add(match.RootElement.GetProperty("line").GetInt32());
        }
        var planted = File.ReadLines(Workload.Attacks).Select(l => int.Parse(l.Split('\t')[0], CultureInfo.InvariantCulture)).ToList();
        return planted.Count(found.Contains) / (double)planted.Count;
    }

    private static async Task Collect(Figures figures, int rounds)
    {
        const int lines = 500_000;
        foreach (var peer in new[] { Peers.Rsyslog(), Peers.SyslogNg() })
        {
            if (peer is null) continue;
            List<double> ours = [], theirs = [], ratios = [];
            for (var round = 0; round < rounds; round++)
            {
                var other = await Peers.Feed(peer, lines);
                var own = await Peers.Feed(Peers.Juming(), lines);
                if (own.Lost != 0) Figures.Note($"juming lost {own.Lost} of {lines} over tcp");
                if (other.Lost != 0) Figures.Note($"{peer.Name} lost {other.Lost} of {lines} over tcp");
                ours.Add(own.PerCoreSecond);
                theirs.Add(other.PerCoreSecond);
                ratios.Add(own.PerCoreSecond / other.PerCoreSecond);
            }
            var name = peer.Name.Replace("-", "", StringComparison.Ordinal);
            figures.Print($"collect_lines_per_core_second_{name}", Figures.Median(ours), "1/s", peer.Name, Figures.Median(theirs));
            figures.Print($"collect_vs_{name}_ratio", Figures.Median(ratios), "ratio", peer.Name, 1, peer.Name == "rsyslog" ? "at least 2" : "at least 3");
        }
    }

    private static void Rules(Figures figures, string? corpus)
    {
        if (corpus is null) return;
        var (perSecond, rules) = RulesBench.Measure([corpus], Workload.Mix);
        figures.Print("rules_events_per_core_second", perSecond, "1/s", goal: "at least 150000");
        figures.Print("rules", rules, "rules");
    }

    private static void Sec(Figures figures, int rounds)
    {
        var bytes = File.ReadAllBytes(Workload.Mix);
        List<double> raw = [], parsed = [], peer = [];
        for (var round = 0; round < rounds; round++)
        {
            if (Peers.Sec(Workload.Lines) is not { } sec) return;
            var (fromRaw, onParsed) = TenRules(bytes);
            raw.Add(fromRaw);
            parsed.Add(onParsed);
            peer.Add(sec);
        }
        figures.Print("detect_vs_sec_ratio", Figures.Median(raw.Zip(peer, (a, b) => a / b)), "ratio", "sec", 1, "at least 1.2");
        figures.Print("detect_from_raw_per_core_second", Figures.Median(raw), "1/s", "sec", Figures.Median(peer));
        figures.Print("detect_parsed_vs_sec_ratio", Figures.Median(parsed.Zip(peer, (a, b) => a / b)), "ratio", "sec", 1, "at least 5");
        figures.Print("detect_parsed_per_core_second", Figures.Median(parsed), "1/s", "sec", Figures.Median(peer));
    }

    /// <summary>The same ten rules as sec has, once from the raw line and once on events that are parsed already.</summary>
    private static (double FromRaw, double OnParsed) TenRules(byte[] bytes)
    {
        var matcher = new RuleMatcher();
        matcher.Use(RuleSet.Compile(SigmaLoader.Load([Path.Combine(Workload.Kit, "ten-rules.yml")])));
        var normalizer = new LineNormalizer();
        var memory = new SourceMemory();
        var sink = new CountingSink();
        var batch = new EventBatch(8192);
        TimeSpan all = TimeSpan.Zero, matching = TimeSpan.Zero;
        var lines = 0;
        for (var at = 0; at < bytes.Length;)
        {
            batch.Clear();
            var began = Environment.CpuUsage.TotalTime;
            while (batch.Count < 8192 && at < bytes.Length)
            {
                var end = Array.IndexOf(bytes, (byte)'\n', at);
                if (end < 0) end = bytes.Length;
                normalizer.Normalize(batch, bytes.AsSpan(at, end - at), new LineContext { Received = 1_793_491_200_000_000, Line = ++lines, Source = memory });
                at = end + 1;
            }
            var parsed = Environment.CpuUsage.TotalTime;
            matcher.Match(batch, sink);
            var done = Environment.CpuUsage.TotalTime;
            all += done - began;
            matching += done - parsed;
        }
        Figures.Note($"{sink.Matches} matches of the ten rules");
        return (lines / all.TotalSeconds, lines / matching.TotalSeconds);
    }

    private static string? Option(string[] args, string name) => args.FirstOrDefault(a => a.StartsWith($"--{name}=", StringComparison.Ordinal))?[(name.Length + 3)..];

    private sealed class CountingSink : IMatchSink
    {
        public long Matches { get; private set; }

        public void Matched(CompiledRule rule, EventBatch batch, int index, ReadOnlySpan<ushort> fields, string? keyword) => Matches++;

        public void Correlated(CorrelationMatch match, EventBatch? batch, int index) => Matches++;
    }
}
