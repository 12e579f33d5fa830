using System.Diagnostics;
using System.Globalization;
using System.Text;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Detection.StarterPack;

/// <summary>The pack on the standard workload: planted attacks are found, line by line, and ordinary lines stay silent.</summary>
public sealed class StandardMixTests
{
    private const int Lines = 50_000;
    private const double MostBenignShare = 0.0005;

    private sealed class Sink : IMatchSink
    {
        public HashSet<int> Lines { get; } = [];
        public Dictionary<string, int> Benign { get; } = [];
        public HashSet<(string, string, string, string)> Folded { get; } = [];
        public required IReadOnlyDictionary<int, string> Planted { get; init; }

        public void Matched(CompiledRule rule, EventBatch batch, int index, ReadOnlySpan<ushort> fields, string? keyword)
        {
            var line = batch.Events[index].Line;
            Lines.Add(line);
            if (!Planted.ContainsKey(line)) Book(rule.Rule.Title, batch, index);
        }

        public void Correlated(CorrelationMatch match, EventBatch? batch, int index)
        {
            if (batch is not null && !Planted.ContainsKey(batch.Events[index].Line)) Book(match.Correlation.Spec.Title, batch, index);
        }

        private void Book(string title, EventBatch batch, int index)
        {
            Benign[title] = Benign.GetValueOrDefault(title) + 1;
            Folded.Add((title, batch.Text(index, Field.SourceIp) ?? "", batch.Text(index, Field.DestinationIp) ?? "", batch.Text(index, Field.HostName) ?? ""));
        }
    }

    [Test]
    public void Planted_lines_are_found_and_ordinary_lines_stay_silent()
    {
        var (log, planted) = Generate();
        var sink = new Sink { Planted = planted };
        var set = Compile();
        var matcher = new RuleMatcher();
        matcher.Use(set);
        var batch = new EventBatch();
        var memory = new SourceMemory();
        var number = 0;
        foreach (var line in RawLines(log))
        {
            number++;
            PackLines.Add(batch, line, 1_793_491_200_000_000 + (number * 1000L), memory, number);
            if (batch.Count < 2048) continue;
            matcher.Match(batch, sink);
            batch.Clear();
        }
        matcher.Match(batch, sink);
        foreach (var (title, count) in sink.Benign.OrderByDescending(b => b.Value)) TestContext.Out.WriteLine($"{count,6} benign lines: {title}");
        foreach (var rule in set.Rules.OrderByDescending(r => r.Cost.TotalMicroseconds).Take(8)) TestContext.Out.WriteLine(FormattableString.Invariant($"{rule.Cost.TotalMicroseconds,10:F0} us in {rule.Cost.Samples} timed looks: {rule.Rule.Title}"));
        TestContext.Out.WriteLine($"{number} lines, {planted.Count} planted, {sink.Folded.Count} benign alerts after folding");

        Assert.That(planted.Where(p => !sink.Lines.Contains(p.Key)).Select(p => p.Value).GroupBy(k => k).Select(g => $"{g.Key}: {g.Count()} missed"), Is.Empty);
        Assert.That(sink.Folded.Count / (double)(number - planted.Count), Is.LessThan(MostBenignShare));
    }

    private static RuleSet Compile()
    {
        var loader = new SigmaLoader();
        foreach (var (name, text) in Juming.Site.Detection.Packs.StarterPack.Read()) loader.AddText(name, text);
        return RuleSet.Compile(loader.Loaded());
    }

    private static (byte[] Log, Dictionary<int, string> Planted) Generate()
    {
        var source = SharedData.Require("../perf/workload/gen_syslog.cpp");
        var folder = Directory.CreateTempSubdirectory("juming-mix").FullName;
        try
        {
            if (!Run("g++", "-O1", "-w", "-o", Path.Combine(folder, "gen"), source)) Needs.Skip(Needs.SharedData, "No g++ on this machine to build the generator of the standard mix.");
            var log = Path.Combine(folder, "mix.log");
            var attacks = Path.Combine(folder, "attacks.tsv");
            Assert.That(Run(Path.Combine(folder, "gen"), Lines.ToString(CultureInfo.InvariantCulture), "7", log, attacks), "the generator fails");
            var planted = File.ReadLines(attacks).Select(l => l.Split('\t')).ToDictionary(p => int.Parse(p[0], CultureInfo.InvariantCulture), p => p[1]);
            return (File.ReadAllBytes(log), planted);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static IEnumerable<byte[]> RawLines(byte[] log)
    {
        for (var start = 0; start < log.Length;)
        {
            var end = Array.IndexOf(log, (byte)'\n', start);
            if (end < 0) end = log.Length;
            yield return log[start..end];
            start = end + 1;
        }
    }
}
