using Juming.Contracts.Link;
using Juming.Platform.Links.Sync;

namespace Juming.Platform.Tests.Links.Simulation;

/// <summary>
/// Two neighbouring tiers, the wire between them and everything that goes wrong, on one thread and one seed: the same seed is the same run.
/// A log and values go up, a log goes down.
/// </summary>
internal sealed class SimWorld
{
    /// <summary>The log of both directions.</summary>
    public const uint Log = 1;

    /// <summary>The values that go up.</summary>
    public const uint Values = 2;

    private readonly PriorityQueue<Func<ValueTask>, (TimeSpan At, long Order)> _due = new();
    private readonly SimPlan _plan;
    private long _order;
    private long _ids;
    private bool _peace;
    private SimWire? _wire;

    public SimWorld(int seed, SimPlan plan)
    {
        Random = new Random(seed);
        _plan = plan;
        Site = new SimNode(this, up: true);
        Operator = new SimNode(this, up: false);
    }

    public Random Random { get; }
    public TimeSpan Now { get; private set; }
    public SimNode Site { get; }
    public SimNode Operator { get; }
    public bool IsPeace => _peace;
    public SimPlan Plan => _plan;

    /// <summary>How often each fault happened.</summary>
    public Dictionary<string, int> Faults { get; } = [];

    /// <summary>Runs the troubled time, then peace until all has settled.</summary>
    public async Task Run()
    {
        Every(TimeSpan.FromSeconds(6), Write, whileTroubled: true);
        Every(TimeSpan.FromSeconds(15), Trouble, whileTroubled: true);
        Every(TimeSpan.FromSeconds(1), Tend, whileTroubled: false);
        await RunUntil(_plan.Troubled);
        _peace = true;
        foreach (var node in new[] { Site, Operator }) node.MakePeace();
        // A wire of the troubled time may have lost its last frame.
        Cut();
        await RunUntil(_plan.Troubled + TimeSpan.FromMinutes(5));
    }

    public void After(TimeSpan delay, Func<ValueTask> what) => _due.Enqueue(what, (Now + delay, _order++));

    public void Cut()
    {
        _wire?.Cut();
        _wire = null;
    }

    public void Count(string fault) => Faults[fault] = Faults.GetValueOrDefault(fault) + 1;

    public long NextId() => ++_ids;

    private async Task RunUntil(TimeSpan end)
    {
        while (_due.TryPeek(out _, out var at) && at.At <= end)
        {
            Now = at.At;
            await _due.Dequeue()();
        }
        Now = end;
    }

    private void Every(TimeSpan mean, Func<ValueTask> what, bool whileTroubled)
    {
        async ValueTask Again()
        {
            if (whileTroubled && _peace) return;
            await what();
            After(mean * (0.5 + Random.NextDouble()), Again);
        }
        After(mean * Random.NextDouble(), Again);
    }

    private async ValueTask Write()
    {
        for (var i = Random.Next(1, 5); i > 0; i--)
        {
            await Site.Do(d => d.Log.Append(NextId(), Site.Clock.GetUtcNow()));
            await Site.Do(d => d.Values.Set("k" + Random.Next(12).ToString("00"), NextId()));
            await Operator.Do(d => d.Log.Append(NextId(), Operator.Clock.GetUtcNow()));
        }
    }

    private ValueTask Tend()
    {
        Site.Tick();
        Operator.Tick();
        if (_wire is null && Site.IsUp && Operator.IsUp && (_peace || Random.NextDouble() < 0.3))
        {
            _wire = new SimWire(this);
            Site.Connect(_wire);
            Operator.Connect(_wire);
        }
        return default;
    }

    private ValueTask Trouble()
    {
        var node = Random.Next(2) == 0 ? Site : Operator;
        switch (Random.Next(8))
        {
            case 0: Count("cut"); Cut(); break;
            case 1: Count("kill"); node.Crash(); break;
            case 2: node.Back(); break;
            case 3: Count("restore"); node.Restore(); break;
            case 4: Count("clock"); node.Clock.Jump = TimeSpan.FromHours(Random.Next(-10_000, 10_000)); break;
            case 5: Count("purge"); node.Purge(); break;
            case 6 when _plan.Damages: Count("damage"); node.DamageOne(); break;
            default: Count("stall"); _wire?.Stall(TimeSpan.FromSeconds(Random.Next(1, 40))); break;
        }
        return default;
    }
}

/// <summary>What a run is put through.</summary>
/// <param name="Troubled">How long.</param>
/// <param name="Drop">Share of frames that the wire loses.</param>
/// <param name="Twice">Share of frames that come twice.</param>
/// <param name="Reorders">Frames overtake each other.</param>
/// <param name="CrashShare">Share of commits before or after which the process ends.</param>
/// <param name="Damages">Records rot on the disk.</param>
/// <param name="Mistake">A mistake that both ends make; null for none.</param>
internal sealed record SimPlan(TimeSpan Troubled, double Drop = 0, double Twice = 0, bool Reorders = false, double CrashShare = 0.005, bool Damages = false, SimMistake? Mistake = null);

/// <summary>A connection: what is on its way when it is cut is lost.</summary>
internal sealed class SimWire(SimWorld world)
{
    private readonly Dictionary<SimNode, TimeSpan> _lastArrival = [];
    private TimeSpan _stalledUntil;

    public bool IsOpen { get; private set; } = true;

    public void Cut() => IsOpen = false;

    public void Stall(TimeSpan time) => _stalledUntil = world.Now + time;

    public void Send(SimNode to, SyncFrame frame)
    {
        if (!world.IsPeace && world.Random.NextDouble() < world.Plan.Drop) return;
        Deliver(to, frame);
        if (!world.IsPeace && world.Random.NextDouble() < world.Plan.Twice) Deliver(to, frame);
    }

    private void Deliver(SimNode to, SyncFrame frame)
    {
        var at = (world.Now > _stalledUntil || world.IsPeace ? world.Now : _stalledUntil) + TimeSpan.FromMilliseconds(world.Random.Next(1, 2000));
        if (!world.Plan.Reorders || world.IsPeace)
        {
            if (_lastArrival.TryGetValue(to, out var last) && at <= last) at = last + TimeSpan.FromTicks(1);
            _lastArrival[to] = at;
        }
        world.After(at - world.Now, async () =>
        {
            if (IsOpen) await to.Receive(this, frame);
        });
    }
}
