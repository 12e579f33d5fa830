using System.Diagnostics;
using System.Globalization;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;

namespace Juming.Benchmarks.Detection;

/// <summary>Rules only: how many parsed events one core matches against a rule folder or archive in a second of processor time.</summary>
internal static class RulesBench
{
    private const int Events = 100_000;
    private const int BatchSize = 4096;

    /// <summary>Measures what the command line names.</summary>
    public static int Run(string[] args)
    {
        var lines = args.FirstOrDefault(a => a.StartsWith("--lines=", StringComparison.Ordinal))?[8..];
        Run(args.Where(a => !a.StartsWith('-')), lines, Console.Out, args.Contains("--explain"));
        return 0;
    }

    /// <summary>Measures and prints one line a figure.</summary>
    /// <param name="rulePaths">Folders, files or archives of rules.</param>
    /// <param name="lines">A file of raw lines that are normalised before the measured part, or null for the built-in mix.</param>
    /// <param name="output">Where the lines go.</param>
    /// <param name="explain">Also prints the dearest rules and lanes.</param>
    public static void Run(IEnumerable<string> rulePaths, string? lines, TextWriter output, bool explain)
    {
        var watch = Stopwatch.StartNew();
        var loaded = SigmaLoader.Load(rulePaths);
        Print(output, "rules_read_ms", watch.ElapsedMilliseconds, "ms");
        var rules = RuleSet.Compile(loaded);
        Print(output, "rules_load_ms", watch.ElapsedMilliseconds, "ms");
        Print(output, "rules", rules.Rules.Count, "rules");
        Print(output, "rules_asked_every_time", rules.Lanes.Sum(l => l.Always.Length), "rules");
        var batches = lines is null ? Batches() : Normalised(lines);
        var events = batches.Sum(b => b.Count);
        var matcher = new RuleMatcher();
        matcher.Use(rules);
        var sink = new CountingSink();
        for (var warm = 0; warm < 3; warm++) foreach (var batch in batches) matcher.Match(batch, sink);
        var best = 0.0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        const int rounds = 7;
        for (var round = 0; round < rounds; round++)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            foreach (var batch in batches) matcher.Match(batch, sink);
            best = Math.Max(best, events / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        }
        Print(output, "rules_events_per_core_second", best, "events/s");
        Print(output, "rules_bytes_allocated_per_event", (GC.GetAllocatedBytesForCurrentThread() - allocated) / ((double)events * rounds), "bytes");
        Print(output, "rules_matches_per_event", sink.Matches / ((double)events * (rounds + 3)), "matches");
        if (explain) Explain(rules, batches, matcher, output);
    }

    /// <summary>Parsed events that one core matches in a second of processor time, and how many rules it asked.</summary>
    public static (double PerCoreSecond, int Rules) Measure(IEnumerable<string> rulePaths, string lines)
    {
        var rules = RuleSet.Compile(SigmaLoader.Load(rulePaths));
        var batches = Normalised(lines);
        var matcher = new RuleMatcher();
        matcher.Use(rules);
        var sink = new CountingSink();
        for (var warm = 0; warm < 3; warm++) foreach (var batch in batches) matcher.Match(batch, sink);
        var rates = new List<double>();
        for (var round = 0; round < 7; round++)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            foreach (var batch in batches) matcher.Match(batch, sink);
            rates.Add(batches.Sum(b => b.Count) / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        }
        return (Figures.Median(rates), rules.Rules.Count);
    }

    private static List<EventBatch> Batches()
    {
        var mix = new StandardMix(7);
        var batches = new List<EventBatch>();
        for (var i = 0; i < Events; i++)
        {
            if (i % BatchSize == 0) batches.Add(new EventBatch(BatchSize));
            mix.Add(batches[^1]);
        }
        return batches;
    }

    private static List<EventBatch> Normalised(string path)
    {
        var normalizer = new LineNormalizer();
        var memory = new SourceMemory();
        var batches = new List<EventBatch>();
        var bytes = File.ReadAllBytes(path);
        for (int count = 0, at = 0; at < bytes.Length && count < Events; count++)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', at);
            if (end < 0) end = bytes.Length;
            if (count % BatchSize == 0) batches.Add(new EventBatch(BatchSize));
            normalizer.Normalize(batches[^1], bytes.AsSpan(at, end - at), new LineContext { Received = 1_793_491_200_000_000, Line = count + 1, Source = memory });
            at = end + 1;
        }
        return batches;
    }

    private static void Explain(RuleSet rules, List<EventBatch> batches, RuleMatcher matcher, TextWriter output)
    {
        foreach (var lane in rules.Lanes.Where(l => l.Seen > 0))
            output.WriteLine(FormattableString.Invariant($"# {lane.Source} rules {lane.Source} seen {lane.Seen} rules {rules.Rules.Count(r => r.Lane == lane)} always {lane.Always.Length} scans {lane.Scans.Length}"));
        foreach (var rule in rules.Rules.Where(r => r.Cost.Samples > 0).OrderByDescending(r => r.Cost.TotalMicroseconds).Take(25))
            output.WriteLine(FormattableString.Invariant($"# {rule.Cost.TotalMicroseconds:F0} us total, {rule.Cost.MeanMicroseconds:F2} us mean, {rule.Cost.Samples} samples: {rule.Lane.Source} {rule.Rule.Title}"));
        foreach (var group in batches[0].Events.ToArray().Select((_, i) => i).GroupBy(i => batches[0].Text(i, Field.EventDataset)))
        {
            var one = new EventBatch(group.Count());
            foreach (var i in group)
            {
                one.Begin(batches[0].Raw(i), 1);
                foreach (var field in batches[0].FieldsOf(i)) one.Add(field.Id, batches[0].Value(field));
            }
            var sink = new CountingSink();
            for (var i = 0; i < 20; i++) matcher.Match(one, sink);
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 50; i++) matcher.Match(one, sink);
            output.WriteLine(FormattableString.Invariant($"# {group.Key}: {Stopwatch.GetElapsedTime(start).TotalMicroseconds / 50 / group.Count():F2} us an event"));
        }
    }

    private static void Print(TextWriter output, string metric, double value, string unit) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"bench":"pipeline","metric":"{{metric}}","value":{{value:0.##}},"unit":"{{unit}}"}"""));

    private sealed class CountingSink : IMatchSink
    {
        public long Matches { get; private set; }

        public void Matched(CompiledRule rule, EventBatch batch, int index, ReadOnlySpan<ushort> fields, string? keyword) => Matches++;

        public void Correlated(CorrelationMatch match, EventBatch? batch, int index) => Matches++;
    }
}
