using Juming.Contracts.Link;
using Juming.Platform.Links.Sync;

namespace Juming.Platform.Tests.Links.Simulation;

/// <summary>One tier: a disk that stays, a process that comes and goes.</summary>
internal sealed class SimNode : ILinkAlarms
{
    private readonly SimWorld _world;
    private readonly bool _up;
    private readonly SimFaults _faults;
    private readonly List<SimDisk> _backups = [];
    private SyncPeer? _peer;
    private SimWire? _wire;
    private IInboxStore? _inbox;
    private int _life;

    public SimNode(SimWorld world, bool up)
    {
        _world = world;
        _up = up;
        _faults = new SimFaults(world.Random) { CrashShare = world.Plan.CrashShare };
        Disk = new SimDisk(_faults);
        Clock = new SimClock(world);
    }

    public SimDisk Disk { get; private set; }
    public SimClock Clock { get; }
    public bool IsUp { get; private set; } = true;

    /// <summary>What was told.</summary>
    public HashSet<(LinkAlarm Kind, uint Topic, ulong From, ulong To)> Alarms { get; } = [];

    /// <summary>Records that ever rotted.</summary>
    public HashSet<ulong> Damaged { get; } = [];

    /// <summary>How often it was put back to an earlier copy.</summary>
    public int Restores { get; private set; }

    /// <summary>Lowest number that the log kept at the time when it kept least.</summary>
    public ulong HighestFirst { get; private set; }

    private SimNode Other => _up ? _world.Operator : _world.Site;

    public void Raise(LinkAlarm kind, uint topic, ulong from, ulong to) => Alarms.Add((kind, topic, from, to));

    public void MakePeace()
    {
        _faults.CrashShare = 0;
        IsUp = true;
    }

    /// <summary>Does something to the disk as the running process would.</summary>
    public async ValueTask Do(Action<SimDisk> what)
    {
        if (!IsUp) return;
        try
        {
            what(Disk);
            if (_peer is not null) await _peer.Pump(CancellationToken.None);
        }
        catch (SimCrashException)
        {
            _world.Count("crash at a commit");
            Crash();
        }
    }

    /// <summary>Does something after a while, if the process still runs then.</summary>
    public void Later(TimeSpan delay, Func<ValueTask> what)
    {
        var life = _life;
        _world.After(delay, async () =>
        {
            if (_life != life) return;
            try
            {
                await what();
            }
            catch (SimCrashException)
            {
                Crash();
            }
        });
    }

    public void Connect(SimWire wire)
    {
        _wire = wire;
        var mistake = _world.Plan.Mistake;
        var logs = new Dictionary<uint, ILogStore> { [SimWorld.Log] = mistake?.Log(Disk) ?? Disk.Log };
        var inboxes = new Dictionary<uint, IInboxStore> { [SimWorld.Log] = _inbox ??= mistake?.Inbox(this) ?? Disk.Inbox };
        var values = new Dictionary<uint, IStateStore>();
        var valuesIn = new Dictionary<uint, IStateInbox>();
        if (_up) values[SimWorld.Values] = Disk.Values;
        else valuesIn[SimWorld.Values] = Disk.ValuesInbox;
        _peer = new SyncPeer(new SyncTopics(logs, inboxes, values, valuesIn), frame => wire.Send(Other, frame), Clock, this);
        _peer.Start();
    }

    public async ValueTask Receive(SimWire wire, SyncFrame frame)
    {
        if (!IsUp || wire != _wire || _peer is null) return;
        try
        {
            await _peer.Receive(_world.Plan.Mistake is { } mistake ? await mistake.Hear(Disk, frame) : frame, CancellationToken.None);
        }
        catch (SimCrashException)
        {
            _world.Count("crash at a commit");
            Crash();
        }
    }

    public void Tick()
    {
        if (IsUp && _wire is { IsOpen: true }) _peer?.Tick();
    }

    public void Crash()
    {
        if (!IsUp) return;
        IsUp = false;
        _peer = null;
        _inbox = null;
        _life++;
        _world.Cut();
        _world.After(TimeSpan.FromSeconds(_world.Random.Next(1, 30)), () =>
        {
            IsUp = true;
            return default;
        });
    }

    public void Back() => _backups.Add(Disk.Copy());

    /// <summary>An administrator puts back an earlier copy.</summary>
    public void Restore()
    {
        if (_backups.Count == 0) return;
        Crash();
        Restores++;
        Disk = _backups[_world.Random.Next(_backups.Count)].Copy();
    }

    public void Purge()
    {
        if (Disk.Log.Last > 10) Disk.Log.Purge(Disk.Log.Last - (ulong)_world.Random.Next(5, 10));
        HighestFirst = Math.Max(HighestFirst, Disk.Log.First);
        if (Disk.Inbox.Line.Count > 20) Disk.Inbox.ForgetMarks((ulong)Disk.Inbox.Line.Count - 20);
    }

    public void DamageOne()
    {
        if (Disk.Log.Last < Disk.Log.First) return;
        var seq = Disk.Log.First + (ulong)_world.Random.NextInt64((long)(Disk.Log.Last - Disk.Log.First + 1));
        Disk.Log.Damage(seq);
        Damaged.Add(seq);
    }
}
