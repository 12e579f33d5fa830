using Juming.Platform.Links;
using Juming.Platform.Links.Sync;
using Juming.Platform.Tests.Links.Simulation;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links;

/// <summary>
/// Two tiers keep each other up to date through everything that a wire, a process and an administrator do to them. A seed that fails is printed: put it into
/// <see cref="Once_failed"/>, where it stays.
/// </summary>
public sealed class SyncSimulationTests
{
    private static readonly SimPlan[] Plans =
    [
        new(TimeSpan.FromMinutes(6)),
        new(TimeSpan.FromMinutes(6), Drop: 0.05, Twice: 0.05, CrashShare: 0.01),
        new(TimeSpan.FromMinutes(6), Drop: 0.02, Twice: 0.1, Reorders: true),
        new(TimeSpan.FromMinutes(6), CrashShare: 0.05, Damages: true),
    ];

    [Test]
    public void Ten_thousand_seeds_lose_nothing_and_do_nothing_twice()
    {
        var failed = new List<string>();
        var faults = new Dictionary<string, int>();
        Parallel.ForEach(Enumerable.Range(1, 10_000), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            var (world, complaint) = RunOne(seed).GetAwaiter().GetResult();
            lock (failed)
            {
                if (complaint is not null) failed.Add($"seed {seed}: {complaint}");
                foreach (var (fault, count) in world.Faults) faults[fault] = faults.GetValueOrDefault(fault) + count;
            }
        });
        TestContext.Out.WriteLine(string.Join(", ", faults.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} {f.Value}")));
        Assert.That(failed, Is.Empty);
    }

    // A sender that was put back gave the same version to another value.
    [TestCase(7859)]
    // A sender that was put back and forth told what it had let go of as lost, which is as it should be.
    [TestCase(1336)]
    [TestCase(2281)]
    [TestCase(4106)]
    [TestCase(8793)]
    public async Task Once_failed(int seed)
    {
        var (_, complaint) = await RunOne(seed);
        Assert.That(complaint, Is.Null);
    }

    private static IEnumerable<SimMistake> Mistakes =>
    [
        new AcknowledgesBeforeTheCommit(), new MovesTheEndInATransactionOfItsOwn(), new AppliesOverAHole(), new AppliesWhatItHas(), new SkipsWhatWasAcknowledgedOnce(), new ForgetsWhatItSent(),
        new BranchesUnasked(), new ComparesNoValues(), new SendsDamage(),
    ];

    /// <summary>What a mistake costs is a seed of the first hundreds: a simulation that found none of these would prove nothing by its ten thousand.</summary>
    [TestCaseSource(nameof(Mistakes))]
    public async Task A_planted_mistake_is_found(object mistake)
    {
        for (var seed = 1; seed <= 800; seed++)
        {
            var plan = ((SimMistake)mistake).Plan ?? Plans[seed % Plans.Length];
            if (await Complaint(seed, plan with { Mistake = (SimMistake)mistake }) is not { } complaint) continue;
            Assert.That(await Complaint(seed, plan), Is.Null, "it is the mistake that is found");
            TestContext.Out.WriteLine($"found by seed {seed}: {complaint}");
            return;
        }
        Assert.Fail("not found by 800 seeds");
    }

    private static async Task<string?> Complaint(int seed, SimPlan plan)
    {
        var world = new SimWorld(seed, plan);
        try
        {
            await world.Run();
        }
        catch (LinkBreachException e)
        {
            return "an end takes the other for a stranger to the protocol: " + e.What;
        }
        return Complaint(world);
    }

    private static async Task<(SimWorld World, string? Complaint)> RunOne(int seed)
    {
        var world = new SimWorld(seed, Plans[seed % Plans.Length]);
        await world.Run();
        return (world, Complaint(world));
    }

    private static string? Complaint(SimWorld world) =>
        LogComplaint("up", world.Site, world.Operator) ?? LogComplaint("down", world.Operator, world.Site) ?? ValuesComplaint(world);

    private static string? LogComplaint(string name, SimNode from, SimNode to)
    {
        var log = from.Disk.Log;
        var inbox = to.Disk.Inbox;
        if (from.Alarms.Any(a => a.Kind == LinkAlarm.HistoriesPart)) return null;
        for (ulong seq = 1; seq <= log.Last; seq++)
        {
            if (inbox.Missing.Contains(seq))
            {
                if (!from.Damaged.Contains(seq) && seq >= from.HighestFirst) return $"{name}: {seq} is missing without need";
                continue;
            }
            if (!inbox.Line.TryGetValue(seq, out var id)) return $"{name}: {seq} of {log.Last} did not arrive";
            // Where the sender keeps nothing any more to compare with, it says from where on records are missing, and what lies before may be of another branch.
            if (id != log.IdAt(seq) && !inbox.Skipped.Any(s => s.From > seq)) return $"{name}: {seq} is {id}, sent was {log.IdAt(seq)}";
        }
        if (inbox.Line.Count > 0 && inbox.Line.Keys.Last() > log.Last) return $"{name}: {inbox.Line.Keys.Last()} is beyond {log.Last}";
        if (Unfounded(from, to) is { } alarm) return $"{name}: {alarm}";
        var twice = inbox.Effects.GroupBy(i => i).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? null : $"{name}: {twice.Key} was applied {twice.Count()} times";
    }

    /// <summary>A receiver that nobody put back never goes back, and lacks nothing but what was damaged; a sender is found to have gone back no more often than it was put back.</summary>
    private static string? Unfounded(SimNode from, SimNode to)
    {
        // A sender that was put back and forth finds a receiver that went back with it once, and may have let go of what that one now lacks.
        if (to.Restores > 0 || from.Restores > 1) return null;
        if (from.Alarms.Any(a => a.Kind == LinkAlarm.ReceiverWentBack)) return "the receiver went back though nobody had put it back";
        if (to.Disk.Inbox.Missing.FirstOrDefault(m => !from.Damaged.Contains(m)) is > 0 and var missing) return $"{missing} is missing though the receiver was never put back";
        var branches = to.Alarms.Count(a => a.Kind == LinkAlarm.SenderWentBack);
        return branches > from.Restores ? $"the sender went back {branches} times, put back {from.Restores} times" : null;
    }

    private static string? ValuesComplaint(SimWorld world)
    {
        var sent = world.Site.Disk.Values.Held.Select(i => (i.Key, i.Version, Convert.ToHexString(i.Payload.Span)));
        var held = world.Operator.Disk.ValuesInbox.Held.Select(i => (i.Key, i.Version, Convert.ToHexString(i.Payload.Span)));
        return sent.SequenceEqual(held) ? null : $"values: {string.Join(' ', sent)} against {string.Join(' ', held)}";
    }
}
