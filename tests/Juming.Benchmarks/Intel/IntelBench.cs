using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Juming.Benchmarks.Detection;
using Juming.Contracts.Indicators;
using Juming.Site.Events;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.Matching;

namespace Juming.Benchmarks.Intel;

/// <summary>Indicators at a site: how fast values are looked up, alone and out of events, how large an index is and how long it takes to build.</summary>
internal static class IntelBench
{
    private const int Probes = 1 << 20;
    private const int Passes = 8;
    private const int Events = 100_000;
    private const int BatchSize = 4096;

    public static async Task<int> Run(string[] args)
    {
        var figures = new Figures("intel", args.Contains("--json"));
        var rounds = Options.Number(args, "--rounds", 3);
        if (args.Contains("--only-chain"))
        {
            await ChainBench.Measure(figures, Options.Number(args, "--chain", 20), Options.Number(args, "--load", 2_000_000));
            return 0;
        }
        foreach (var size in (Options.Text(args, "--indicators") ?? "1000000").Split(',', StringSplitOptions.RemoveEmptyEntries).Where(n => n != "0").Select(n => int.Parse(n, CultureInfo.InvariantCulture))) Measure(figures, size, rounds, args.Contains("--alternatives"));
        if (args.Contains("--only-lookups")) return 0;
        if (Options.Number(args, "--set", 2_000_000) is > 0 and var set) await SetBench.Measure(figures, set);
        await NormaliseBench.Measure(figures, rounds);
        await ChainBench.Measure(figures, Options.Number(args, "--chain", 20), Options.Number(args, "--load", 2_000_000));
        return 0;
    }

    private static void Measure(Figures figures, int size, int rounds, bool alternatives)
    {
        var suffix = size == 1_000_000 ? "" : $"_{size / 1_000_000}m";
        var file = Workload.Indicators(size);
        var folder = Directory.CreateTempSubdirectory("juming-intel-").FullName;
        try
        {
            var shelf = new IndicatorShelf(folder);
            var loaded = Load(shelf, file);
            var index = shelf.Current!;
            figures.Print("load_seconds" + suffix, loaded, "s", goal: "2 million in less than 180");
            figures.Print("bytes_per_indicator" + suffix, (double)index.MappedBytes / index.Count, "bytes", goal: "at most 24");
            var (arena, values) = ProbeValues(file);
            var (ours, theirs) = (new List<double>(), new List<double>());
            Alone(index, arena, values);
            for (var round = 0; round < rounds; round++)
            {
                if (Peer(file) is { } peer) theirs.Add(peer);
                ours.Add(Alone(index, arena, values));
            }
            figures.Print("lookups" + suffix, (double)rounds * Passes * Probes, "looked up and timed");
            figures.Print("lookups_per_second_per_core_lowest" + suffix, ours.Min(), "1/s");
            figures.Print("lookups_per_second_per_core" + suffix, Figures.Median(ours), "1/s", theirs.Count == 0 ? null : "open-hash-64bit", theirs.Count == 0 ? null : Figures.Median(theirs), size > 2_000_000 ? "at least 4000000" : "at least 8000000");
            OutOfEvents(figures, index, suffix, rounds);
            if (alternatives) Alternatives.Measure(figures, index, Alternatives.Keys(Values(file)), suffix);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>Puts a set into a folder of a site that is not running.</summary>
    public static void Fill(string folder, int size) => Load(new IndicatorShelf(folder), Workload.Indicators(size));

    private static double Load(IndicatorShelf shelf, string file)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using var builder = shelf.Build();
        Span<byte> id = stackalloc byte[16];
        var number = 0L;
        foreach (var value in Values(file))
        {
            BitConverter.TryWriteBytes(id, number++);
            builder.Add(new IndexedIndicator(new Guid(id), value, 4, 80));
        }
        builder.Finish();
        shelf.Use(builder.Set);
        return watch.Elapsed.TotalSeconds;
    }

    internal static IEnumerable<IndicatorValue> Values(string file) => File.ReadLines(file).Select(line => line.Split('\t')).Select(parts => new IndicatorValue(KindOf(parts[0]), parts[1]));

    private static IndicatorKind KindOf(string word) => word switch { "ip" => IndicatorKind.Address, "domain" => IndicatorKind.Domain, "url" => IndicatorKind.Url, _ => IndicatorKind.Sha256 };

    /// <summary>What the peer is asked too: a million values, half addresses, one in a thousand an indicator.</summary>
    private static (byte[] Arena, (int From, int Length, IndicatorKind Kind)[] Values) ProbeValues(string file)
    {
        var known = File.ReadLines(file).Take(10_000).Select(l => l.Split('\t')).ToArray();
        var random = new Random(99);
        var (text, values) = (new MemoryStream(), new (int, int, IndicatorKind)[Probes]);
        for (var i = 0; i < Probes; i++)
        {
            var (kind, value) = random.Next(1000) == 0 && known[random.Next(known.Length)] is var hit ? (hit[0], hit[1]) : random.Next(4) switch
            {
                0 or 1 => ("ip", $"{11 + random.Next(128)}.{random.Next(256)}.{random.Next(256)}.{random.Next(256)}"),
                2 => ("domain", $"www{random.Next(65536)}.good{random.Next(1024)}.example.com"),
                _ => ("sha256", $"{random.NextInt64():x16}{random.NextInt64():x16}{random.NextInt64():x16}{random.NextInt64():x16}"),
            };
            var bytes = Encoding.ASCII.GetBytes(value);
            values[i] = ((int)text.Length, bytes.Length, KindOf(kind));
            text.Write(bytes);
        }
        return (text.ToArray(), values);
    }

    /// <summary>Values that one core looks up in a second of processor time: from the cut-out text to the answer.</summary>
    private static double Alone(IndicatorIndex index, byte[] arena, (int From, int Length, IndicatorKind Kind)[] values)
    {
        var probe = new IndicatorProbe();
        var hits = 0;
        var cpu = Environment.CpuUsage.TotalTime;
        for (var pass = 0; pass < Passes; pass++)
            for (var from = 0; from < values.Length; from += 256)
            {
                probe.Begin(index);
                for (var i = from; i < from + 256; i++) probe.Add(values[i].Kind, arena.AsSpan(values[i].From, values[i].Length), i);
                hits += probe.Run().Length;
            }
        var seconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        if (hits < Passes * values.Length / 1100) throw new InvalidOperationException($"Only {hits} of the planted values were found.");
        return (double)Passes * values.Length / seconds;
    }

    /// <summary>The same with the values cut out of parsed events.</summary>
    private static void OutOfEvents(Figures figures, IndicatorIndex index, string suffix, int rounds)
    {
        var mix = new StandardMix(7);
        var batches = new List<EventBatch>();
        for (var made = 0; made < Events; made += BatchSize)
        {
            var batch = new EventBatch(BatchSize);
            for (var i = 0; i < BatchSize; i++) mix.Add(batch);
            batches.Add(batch);
        }
        var (lookups, events) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var probe = new IndicatorProbe();
            var cpu = Environment.CpuUsage.TotalTime;
            for (var pass = 0; pass < 5; pass++)
                foreach (var batch in batches)
                {
                    probe.Begin(index);
                    foreach (ref readonly var header in batch.Events) EventValues.Add(batch, header, probe);
                    probe.Run();
                }
            var seconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            // The first round warms.
            if (round == 0) continue;
            lookups.Add(probe.Looked / seconds);
            events.Add(5.0 * batches.Sum(b => b.Count) / seconds);
        }
        figures.Print("event_lookups_per_second_per_core" + suffix, Figures.Median(lookups), "1/s", goal: "at least 1000000");
        figures.Print("events_per_second_per_core" + suffix, Figures.Median(events), "1/s");
    }

    private static double? Peer(string file)
    {
        if (Workload.IndicatorPeer is not { } program) return null;
        var output = Workload.Run(program, [file, "20000000"]).Output;
        return Regex.Match(output, @"structure=open-hash-64bit .* lookups_per_cpu_s=(\d+)") is { Success: true } line ? double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture) : null;
    }
}
