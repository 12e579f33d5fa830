namespace Juming.Benchmarks.Links;

/// <summary>What goes wrong, and how often it did.</summary>
internal sealed class LinksChaosFaults(LinksChaosWorld world, PacketLoss? loss, int seed)
{
    private static readonly int[] Shares = [1, 5, 10, 30];

    // One link at a time: the rules of both would be taken away together.
    private static readonly SemaphoreSlim Losing = new(1, 1);

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private int _total;

    public int Total => Volatile.Read(ref _total);

    public SortedDictionary<string, int> Counts
    {
        get
        {
            lock (_counts) return new SortedDictionary<string, int>(_counts, StringComparer.Ordinal);
        }
    }

    /// <summary>Does this many; the two links have their troubles at the same time, each from a sequence of its own.</summary>
    public async Task Run(int faults, TimeSpan limit)
    {
        var began = TimeProvider.System.GetTimestamp();
        var above = world.Above is null ? 0 : faults * 3 / 10;
        await Task.WhenAll(
            Stream(new Random(seed), faults - above, world.Below, [world.Site, world.Operator], kills: 30, () => TimeProvider.System.GetElapsedTime(began) < limit),
            above == 0 ? Task.CompletedTask : Stream(new Random(seed + 1), above, world.Above!, [world.Cloud!], kills: 25, () => TimeProvider.System.GetElapsedTime(began) < limit));
        foreach (var tier in world.Tiers) await tier.Ready();
    }

    private async Task Stream(Random random, int faults, LinksChaosProxy link, LinksChaosTier[] tiers, int kills, Func<bool> goesOn)
    {
        for (var i = 0; i < faults && goesOn(); i++)
        {
            await One(random, link, tiers[random.Next(tiers.Length)], kills);
            var all = Interlocked.Increment(ref _total);
            if (all % 20 == 0) Figures.Note($"{all} faults, {world.Load.Answered} moves answered");
            await Task.Delay(random.Next(100, 1500));
        }
    }

    private Task One(Random random, LinksChaosProxy link, LinksChaosTier tier, int kills)
    {
        var which = random.Next(100);
        if (which < kills) return Kill(random, tier);
        // What is left is shared out; where no packet may be lost, something else happens.
        return ((which - kills) * 100 / (100 - kills)) switch
        {
            < 18 => Hold(random, tier),
            < 38 => At(link == world.Below ? "cut below" : "cut above", () => link.Cut(reset: false)),
            < 52 => At(link == world.Below ? "reset below" : "reset above", () => link.Cut(reset: true)),
            < 68 => While("stall", link.Stall(TimeSpan.FromMilliseconds(random.Next(200, 4000)))),
            < 80 => While("crumbs", link.Crumble(random.Next(2) == 0 ? 1 : random.Next(2, 1500), TimeSpan.FromMilliseconds(random.Next(500, 3000)))),
            < 86 => While("black hole", link.Swallow(TimeSpan.FromMilliseconds(random.Next(1000, 9000)), reset: random.Next(4) > 0)),
            _ when loss is not null => Lose(random, link),
            _ => At("cut", () => link.Cut(reset: false)),
        };
    }

    private async Task Kill(Random random, LinksChaosTier tier)
    {
        Count($"kill -9 {tier.Name}");
        await tier.Kill();
        tier.Start();
        // One in four gets the next fault while it is still starting.
        if (random.Next(4) == 0) await Task.Delay(random.Next(50, 3000));
        else await tier.Ready();
    }

    private Task Hold(Random random, LinksChaosTier tier)
    {
        var share = random.NextDouble();
        return While($"SIGSTOP {tier.Name}", tier.Hold(TimeSpan.FromSeconds(10 * share * share)));
    }

    private async Task Lose(Random random, LinksChaosProxy link)
    {
        var (percent, time) = (Shares[random.Next(Shares.Length)], TimeSpan.FromMilliseconds(random.Next(1000, 5000)));
        await Losing.WaitAsync();
        try
        {
            await While($"{percent} % of packets lost", loss!.Lose(link.Port, percent, time));
        }
        finally
        {
            Losing.Release();
        }
    }

    private Task At(string kind, Action what)
    {
        Count(kind);
        what();
        return Task.CompletedTask;
    }

    private Task While(string kind, Task what)
    {
        Count(kind);
        return what;
    }

    private void Count(string kind)
    {
        lock (_counts) _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
    }
}
