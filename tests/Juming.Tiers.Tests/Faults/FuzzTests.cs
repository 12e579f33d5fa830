using Juming.Benchmarks.Fuzz;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Faults;

/// <summary>The short form of <c>./build.sh bench fuzz</c>, and every input that once broke a parser. Each parser has its time, and two cores have room for two.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class FuzzTests
{
    private static readonly TimeSpan Whole = TimeSpan.FromMinutes(2);

    private static IEnumerable<string> Names => FuzzTargets.All().Select(t => t.Name);

    [TestCaseSource(nameof(Names))]
    public void A_parser_bears_mutated_input(string name)
    {
        var targets = FuzzTargets.All().ToList();
        var outcome = FuzzRun.Run(targets.Single(t => t.Name == name), 20261123, 0, Whole / targets.Count);
        TestContext.Out.WriteLine($"{outcome.Inputs} inputs, slowest {outcome.Slowest.TotalMilliseconds:0} ms");
        Assert.That(outcome.Findings.Select(f => $"input {f.Number}: {f.Reason}: {Convert.ToHexString(f.Input.AsSpan(0, Math.Min(200, f.Input.Length)))}"), Is.Empty);
        Assert.That(outcome.Inputs, Is.GreaterThan(10));
    }

    [Test]
    public void What_once_broke_a_parser_no_longer_does()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Corpus");
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.GetFiles(folder, "*.bin"))
        {
            var name = Path.GetFileName(file);
            var target = FuzzTargets.All().OrderByDescending(t => t.Name.Length).First(t => name.StartsWith(t.Name + "-", StringComparison.Ordinal));
            Assert.That(FuzzRun.Broken(target, File.ReadAllBytes(file)), Is.Null, name);
        }
    }
}
