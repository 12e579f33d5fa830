using System.Text;
using Juming.Contracts.Indicators;

namespace Juming.Benchmarks.Intel;

/// <summary>Reading of values as feeds write them, before they are merged.</summary>
internal static class NormaliseBench
{
    public static void Measure(Figures figures, int rounds)
    {
        var texts = File.ReadLines(Workload.Indicators(1_000_000)).Take(200_000).Select(l => Encoding.UTF8.GetBytes(l[(l.IndexOf('\t', StringComparison.Ordinal) + 1)..].Replace("http:", "hxxp:", StringComparison.Ordinal).Replace(".bad", "[.]bad", StringComparison.Ordinal))).ToArray();
        var into = new List<IndicatorValue>();
        var rates = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            foreach (var text in texts)
            {
                into.Clear();
                IndicatorReader.Read(text, IndicatorKind.None, into);
            }
            if (round > 0) rates.Add(texts.Length / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        }
        figures.Print("read_per_second_per_core", Figures.Median(rates), "1/s");
    }
}
