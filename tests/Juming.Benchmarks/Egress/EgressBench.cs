using System.Globalization;
using Juming.Platform.Links;
using Juming.Testing.Canaries;

namespace Juming.Benchmarks.Egress;

/// <summary><c>bench egress</c>: 3,000 tokens come into a site in every way; none may be found in what goes up. And once more with a leak on purpose, which must be found.</summary>
internal static class EgressBench
{
    private const string Usage = "egress [--json] [--canaries=N] [--seed=S]";

    public static async Task<int> Run(string[] line)
    {
        var (json, canaries, seed) = (false, 3000, (int)(TimeProvider.System.GetUtcNow().Ticks & 0x7FFFFFFF));
        foreach (var word in line)
        {
            if (word == "--json") json = true;
            else if (word.StartsWith("--canaries=", StringComparison.Ordinal)) canaries = Math.Max(100, int.Parse(word["--canaries=".Length..], CultureInfo.InvariantCulture));
            else if (word.StartsWith("--seed=", StringComparison.Ordinal)) seed = int.Parse(word["--seed=".Length..], CultureInfo.InvariantCulture);
            else
            {
                Console.Error.WriteLine(Usage);
                return 2;
            }
        }
        Figures.Note($"seed {seed}");
        var tight = await CanaryRun.Run(canaries, seed, leaks: false, CancellationToken.None);
        foreach (var hit in tight.Hits.Take(20)) Figures.Note($"FOUND {hit.Token} as {hit.Encoding} in {hit.Where}");
        var leaking = await CanaryRun.Run(100, seed, leaks: true, CancellationToken.None);
        // At the gate, in the outbox, inside TLS and at the other side: a search that finds it at one place only looks at one.
        string[] places = ["gate", "outbox", "wire", "operator"];
        var caught = tight.Leaked.Outcome == EgressOutcome.Refused && places.All(p => leaking.Hits.Any(h => h.Where.StartsWith(p, StringComparison.Ordinal)));
        var figures = new Figures("egress", json);
        figures.Print("canaries", tight.Planted.Values.Sum(), "tokens", goal: "3000");
        figures.Print("lines_stored", tight.Stored, "lines");
        figures.Print("messages", tight.Messages, "messages");
        figures.Print("searched", tight.Searched, "bytes");
        figures.Print("encodings", CanarySearch.Encodings.Count, "forms");
        figures.Print("canaries_found", tight.Hits.Select(h => h.Token).Distinct().Count(), "tokens", goal: "0");
        figures.Print("mutation_caught", caught ? 1 : 0, "of 1", goal: "1");
        return tight.Hits.Count == 0 && caught ? 0 : 1;
    }
}
