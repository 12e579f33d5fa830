using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Juming.Benchmarks.Fuzz;

/// <summary>
/// <c>bench fuzz</c>: each parser against mutated inputs for a while. A plain loop of our own: coverage-guided tools need instrumented copies of the
/// assemblies, which would not be the program that ships. Goes on where the last run with the same seed stopped.
/// </summary>
internal static class FuzzBench
{
    private const string Usage = "fuzz [--seconds N] [--target NAME] [--seed S] [--state DIR] [--json]";

    public static async Task<int> Run(string[] line)
    {
        var seconds = 600;
        var seed = 20261123;
        string? only = null;
        var state = Path.Combine("artifacts", "fuzz");
        var json = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == "--json") json = true;
            else if (i + 1 >= line.Length) return Refuse();
            else if (line[i] == "--seconds") seconds = int.Parse(line[++i], CultureInfo.InvariantCulture);
            else if (line[i] == "--seed") seed = int.Parse(line[++i], CultureInfo.InvariantCulture);
            else if (line[i] == "--target") only = line[++i];
            else if (line[i] == "--state") state = line[++i];
            else return Refuse();
        }
        Directory.CreateDirectory(state);
        var broken = 0;
        foreach (var target in FuzzTargets.All().Where(t => only is null || t.Name == only))
        {
            var file = Path.Combine(state, string.Create(CultureInfo.InvariantCulture, $"{target.Name}-{seed}.json"));
            var from = File.Exists(file) ? JsonSerializer.Deserialize<long>(await File.ReadAllTextAsync(file)) : 0;
            var outcome = FuzzRun.Run(target, seed, from, TimeSpan.FromSeconds(seconds));
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(from + outcome.Inputs));
            foreach (var finding in outcome.Findings) await Save(target, finding);
            broken += outcome.Findings.Count;
            if (json) Console.WriteLine(JsonSerializer.Serialize(new { bench = "fuzz", metric = target.Name + ".findings", value = outcome.Findings.Count, unit = "findings", peer = (string?)null, peer_value = (double?)null, ratio = (double?)null, inputs = outcome.Inputs, seed, from, slowest_ms = outcome.Slowest.TotalMilliseconds }));
            else Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name,-14} seed {seed} inputs {from}..{from + outcome.Inputs} ({outcome.Inputs / Math.Max(1, outcome.Took.TotalSeconds):0}/s), slowest {outcome.Slowest.TotalMilliseconds:0.0} ms, findings {outcome.Findings.Count}"));
        }
        return broken == 0 ? 0 : 1;

        static int Refuse()
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
    }

    private static async Task Save(FuzzTarget target, Finding finding)
    {
        var folder = Path.Combine("tests", "Juming.Benchmarks", "Fuzz", "Corpus");
        Directory.CreateDirectory(folder);
        var name = Path.Combine(folder, $"{target.Name}-{Convert.ToHexStringLower(SHA256.HashData(finding.Input))[..12]}.bin");
        await File.WriteAllBytesAsync(name, finding.Input);
        Console.Error.WriteLine($"{target.Name} input {finding.Number}: {finding.Reason}\n  minimised to {finding.Input.Length} bytes in {name}");
    }
}

/// <summary>A parser with sound inputs and the words of its language.</summary>
/// <param name="Name">Lower-case name.</param>
/// <param name="Samples">Sound inputs.</param>
/// <param name="Tokens">Words that its grammar knows.</param>
/// <param name="Check">Reads an input; throws when an invariant does not hold.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Samples, IReadOnlyList<byte[]> Tokens, Action<byte[]> Check);

/// <summary>An input that broke an invariant.</summary>
internal sealed record Finding(long Number, string Reason, byte[] Input);

/// <summary>What a run saw.</summary>
internal sealed record FuzzOutcome(long Inputs, TimeSpan Took, TimeSpan Slowest, IReadOnlyList<Finding> Findings);

/// <summary>The loop.</summary>
internal static class FuzzRun
{
    private const int MostFindings = 8;

    /// <summary>Longest work on one input, as processor time: how long a loaded machine makes it wait says nothing about the parser.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public static FuzzOutcome Run(FuzzTarget target, int seed, long from, TimeSpan span)
    {
        var mutator = new Mutator(target.Samples, target.Tokens, seed);
        var began = Stopwatch.GetTimestamp();
        var slowest = TimeSpan.Zero;
        var findings = new List<Finding>();
        var number = from;
        while (Stopwatch.GetElapsedTime(began) < span && findings.Count < MostFindings)
        {
            var input = mutator.Make(number);
            var before = Environment.CpuUsage.TotalTime;
            var reason = Broken(target, input);
            var took = Environment.CpuUsage.TotalTime - before;
            if (took > slowest) slowest = took;
            if (reason is not null && !findings.Any(f => Kind(f.Reason) == Kind(reason))) findings.Add(new Finding(number, reason, Minimise(target, input, Kind(reason))));
            number++;
        }
        return new FuzzOutcome(number - from, Stopwatch.GetElapsedTime(began), slowest, findings);
    }

    /// <summary>Why an input is not borne; null when it is.</summary>
    public static string? Broken(FuzzTarget target, byte[] input)
    {
        var before = Environment.CpuUsage.TotalTime;
        try
        {
            target.Check(input);
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message.Split('\n')[0]} {e.StackTrace?.Split('\n').FirstOrDefault(l => !l.Contains("Fuzz", StringComparison.Ordinal) && l.Contains("Juming", StringComparison.Ordinal))?.Trim()}";
        }
        if (Environment.CpuUsage.TotalTime - before < Longest) return null;
        // The runtime's own work (compiling, collecting) does not happen three times.
        for (var i = 0; i < 2; i++)
        {
            before = Environment.CpuUsage.TotalTime;
            target.Check(input);
            if (Environment.CpuUsage.TotalTime - before < Longest) return null;
        }
        return "slow: " + (Environment.CpuUsage.TotalTime - before).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + " ms";
    }

    private static string Kind(string reason) => reason.StartsWith("slow", StringComparison.Ordinal) ? "slow" : reason[..reason.IndexOf(':', StringComparison.Ordinal)] + (reason.LastIndexOf(" at ", StringComparison.Ordinal) is > 0 and var at ? reason[at..] : "");

    private static byte[] Minimise(FuzzTarget target, byte[] input, string kind)
    {
        var limit = Stopwatch.GetTimestamp();
        for (var piece = input.Length / 2; piece > 0 && Stopwatch.GetElapsedTime(limit) < TimeSpan.FromSeconds(20); piece /= 2)
            for (var at = 0; at + piece <= input.Length && Stopwatch.GetElapsedTime(limit) < TimeSpan.FromSeconds(20);)
            {
                byte[] less = [.. input[..at], .. input[(at + piece)..]];
                if (Broken(target, less) is { } reason && Kind(reason) == kind) input = less;
                else at += piece;
            }
        return input;
    }
}
