using System.Collections.Concurrent;
using System.Globalization;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;

namespace Juming.Benchmarks.Linkage;

/// <summary>
/// The generated farm by its own truth logs: first contact with each console, rounds of block, read-back and unblock by what was learned, and the same consoles after
/// the vendor's upgrade, first by themselves, then with a person who approves what is suggested. <c>--rounds=N</c> (400) makes it shorter, <c>--only=NAME,…</c> takes some consoles, <c>--seed=S</c> makes other passwords, ids and orders of fields.
/// </summary>
internal sealed class FarmBench : IAsyncDisposable
{
    private readonly LinkedSite _site;
    private readonly Figures _figures;
    private readonly int _seed;

    private FarmBench(LinkedSite site, Figures figures, int seed) => (_site, _figures, _seed) = (site, figures, seed);

    public static async Task<int> Run(string[] args)
    {
        var rounds = Options.Number(args, "--rounds", 400);
        var names = Options.Text(args, "--only") is { } only ? only.Split(',') : [.. DeviceFarm.Names];
        await using var bench = new FarmBench(await LinkedSite.Start(new Dictionary<string, string?> { ["Modules:Linkage:RunSeconds"] = "120", ["Log:Level"] = "Error" }), new Figures("farm", args.Contains("--json")), Options.Number(args, "--seed", 1));
        return await bench.Measure(names, rounds);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    private async Task<int> Measure(IReadOnlyList<string> names, int rounds)
    {
        var tallies = new ConcurrentBag<ConsoleTally>();
        await Parallel.ForEachAsync(Shares(names, rounds), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (share, _) =>
        {
            var tally = new ConsoleTally(share.Name);
            tallies.Add(tally);
            await using var visit = new ConsoleVisit(_site, tally, await DeviceFarm.StartOne(share.Name, _seed));
            await visit.FirstContact();
            for (var i = 0; i < share.Rounds; i++) await visit.Round();
            await visit.Upgrade(Math.Max(1, rounds / 100));
            await visit.Approve(Math.Max(1, rounds / 100));
            Figures.Note(tally.ToString());
        });
        return Print([.. tallies.OrderBy(t => t.Name)]);
    }

    /// <summary>Equal parts, but for the console that takes seconds for each page: it would be most of the bench's time and tells nothing more the fortieth time.</summary>
    private static IEnumerable<(string Name, int Rounds)> Shares(IReadOnlyList<string> names, int rounds)
    {
        var slow = names.Contains("slow") && names.Count > 1 ? Math.Max(1, rounds / 80) : 0;
        var others = names.Where(n => slow == 0 || n != "slow").ToList();
        // The longest first, so that nobody waits for it alone at the end.
        if (slow > 0) yield return ("slow", slow);
        for (var i = 0; i < others.Count; i++) yield return (others[i], ((rounds - slow) / others.Count) + (i < (rounds - slow) % others.Count ? 1 : 0));
    }

    private int Print(List<ConsoleTally> tallies)
    {
        var (rounds, right) = (tallies.Sum(t => t.Rounds), tallies.Sum(t => t.Right));
        var (v2, healed, stopped) = (tallies.Sum(t => t.UpgradedRounds), tallies.Sum(t => t.Healed), tallies.Sum(t => t.Stopped));
        var (wrong, wrongV2, locked) = (tallies.Sum(t => t.Wrong), tallies.Sum(t => t.WrongUpgraded), tallies.Sum(t => t.Locked));
        var first = tallies.Count(t => t.BlockedAtFirst);
        var (success, safe) = (Share(right, rounds), Share(healed + stopped, v2));
        _figures.Print("consoles", tallies.Count, "consoles");
        _figures.Print("first_contact_consoles", first, "consoles", goal: "at least 10 of 12");
        _figures.Print("rounds", rounds, "rounds");
        _figures.Print("learned_success", success, "share", goal: "at least 0.995");
        _figures.Print("wrong_mutations", wrong, "mutations", goal: "0");
        _figures.Print("accounts_locked", locked, "accounts", goal: "0");
        _figures.Print("wrong_passwords_sent", tallies.Sum(t => t.WrongPasswords), "sign-ins", goal: "0");
        _figures.Print("rounds_v2", v2, "rounds");
        _figures.Print("healed_or_stopped_v2", safe, "share", goal: "at least 0.9");
        _figures.Print("healed_v2", Share(healed, v2), "share");
        _figures.Print("healed_after_approval", Share(tallies.Sum(t => t.HealedAfterApproval), tallies.Sum(t => t.ApprovedRounds)), "share");
        _figures.Print("healed_after_approval_consoles", tallies.Count(t => t.HealedAfterApproval > 0), "consoles");
        _figures.Print("approvals", tallies.Sum(t => t.Approvals), "suggestions");
        _figures.Print("wrong_mutations_v2", wrongV2, "mutations", goal: "0");
        var blocks = tallies.Where(t => t.Name != "slow").SelectMany(t => t.Milliseconds).ToList();
        _figures.Print("block_ms_p50", Figures.Median(blocks), "ms");
        _figures.Print("block_ms_p95", Options.Percentile(blocks, 0.95), "ms");
        foreach (var tally in tallies) _figures.Print($"block_ms_p50.{tally.Name}", Figures.Median(tally.Milliseconds), "ms");
        return success >= 0.995 && safe >= 0.9 && wrong + wrongV2 + locked == 0 && first * 12 >= tallies.Count * 10 ? 0 : 1;
    }

    private static double Share(int part, int whole) => whole == 0 ? double.NaN : (double)part / whole;
}

/// <summary>What became of one console.</summary>
internal sealed class ConsoleTally(string name)
{
    public string Name { get; } = name;

    public bool BlockedAtFirst { get; set; }

    public int Rounds { get; set; }

    public int Right { get; set; }

    /// <summary>Acts of the device's truth that nobody had ordered.</summary>
    public int Wrong { get; set; }

    public int UpgradedRounds { get; set; }

    public int Healed { get; set; }

    public int Stopped { get; set; }

    public int WrongUpgraded { get; set; }

    /// <summary>Rounds on the upgraded console with a person who approves what is suggested.</summary>
    public int ApprovedRounds { get; set; }

    public int HealedAfterApproval { get; set; }

    public int Approvals { get; set; }

    public int Locked { get; set; }

    public int WrongPasswords { get; set; }

    public List<double> Milliseconds { get; } = [];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}: first contact {(BlockedAtFirst ? "blocked" : "not blocked")}, {Right} of {Rounds} rounds right, {Wrong} wrong; upgraded: {Healed} healed, {Stopped} stopped of {UpgradedRounds}, {WrongUpgraded} wrong; after {Approvals} approvals {HealedAfterApproval} of {ApprovedRounds} healed; {Locked} locked");
}
