using Juming.Contracts.Link;

namespace Juming.Platform.Links.Sync;

/// <summary>
/// One end of a connection between two neighbouring tiers: hands each frame to its topic, and says what to send. It does no input or output of its own and has
/// one caller at a time, so that a simulation can drive it, message by message, through anything that may happen.
/// </summary>
internal sealed class SyncPeer(SyncTopics topics, Action<SyncFrame> send, TimeProvider clock, ILinkAlarms alarms)
{
    private readonly Dictionary<uint, LogSender> _logOut = topics.LogsOut.ToDictionary(t => t.Key, t => new LogSender(t.Key, t.Value, send, clock, alarms));
    private readonly Dictionary<uint, LogReceiver> _logIn = topics.LogsIn.ToDictionary(t => t.Key, t => new LogReceiver(t.Key, t.Value, send, alarms));
    private readonly Dictionary<uint, StateSender> _stateOut = topics.StatesOut.ToDictionary(t => t.Key, t => new StateSender(t.Key, t.Value, send, clock));
    private readonly Dictionary<uint, StateReceiver> _stateIn = topics.StatesIn.ToDictionary(t => t.Key, t => new StateReceiver(t.Key, t.Value, send));

    /// <summary>Begins: asks for the other end's positions.</summary>
    public void Start()
    {
        foreach (var sender in _logOut.Values) sender.Start();
        foreach (var sender in _stateOut.Values) sender.Start();
    }

    /// <summary>Sends what there is; to be called when something was added and after each frame.</summary>
    public async ValueTask Pump(CancellationToken ct)
    {
        foreach (var sender in _stateOut.Values) await sender.Pump(ct);
        foreach (var sender in _logOut.Values) await sender.Pump(ct);
    }

    /// <summary>To be called every second or so.</summary>
    public void Tick()
    {
        foreach (var sender in _logOut.Values) sender.Tick();
        foreach (var sender in _stateOut.Values) sender.Tick();
    }

    /// <summary>Takes a frame of the other end. A topic that this end does not know belongs to another release and is left alone.</summary>
    public async ValueTask Receive(SyncFrame frame, CancellationToken ct)
    {
        switch (frame.FrameCase)
        {
            case SyncFrame.FrameOneofCase.Ask:
                if (_logIn.GetValueOrDefault(frame.Ask.Topic) is { } log) await log.On(frame.Ask, ct);
                else if (_stateIn.GetValueOrDefault(frame.Ask.Topic) is { } state) await state.On(frame.Ask, ct);
                break;
            case SyncFrame.FrameOneofCase.Batch when _logIn.TryGetValue(frame.Batch.Topic, out var to): await to.On(frame.Batch, ct); break;
            case SyncFrame.FrameOneofCase.Probe when _logIn.TryGetValue(frame.Probe.Topic, out var to): await to.On(frame.Probe, ct); break;
            case SyncFrame.FrameOneofCase.Branch when _logIn.TryGetValue(frame.Branch.Topic, out var to): await to.On(frame.Branch, ct); break;
            case SyncFrame.FrameOneofCase.Lost when _logIn.TryGetValue(frame.Lost.Topic, out var to): await to.On(frame.Lost, ct); break;
            case SyncFrame.FrameOneofCase.Position when _logOut.TryGetValue(frame.Position.Topic, out var to): await to.On(frame.Position, ct); break;
            case SyncFrame.FrameOneofCase.Ack when _logOut.TryGetValue(frame.Ack.Topic, out var to): await to.On(frame.Ack, ct); break;
            case SyncFrame.FrameOneofCase.Mark when _logOut.TryGetValue(frame.Mark.Topic, out var to): await to.On(frame.Mark, ct); break;
            case SyncFrame.FrameOneofCase.StatePosition when _stateOut.TryGetValue(frame.StatePosition.Topic, out var to): await to.On(frame.StatePosition, ct); break;
            case SyncFrame.FrameOneofCase.StateAck when _stateOut.TryGetValue(frame.StateAck.Topic, out var to): to.On(frame.StateAck); break;
            case SyncFrame.FrameOneofCase.StateBatch when _stateIn.TryGetValue(frame.StateBatch.Topic, out var to): await to.On(frame.StateBatch, ct); break;
            default: break;
        }
        await Pump(ct);
    }
}

/// <summary>What one end sends and receives, by topic.</summary>
internal sealed record SyncTopics(
    IReadOnlyDictionary<uint, ILogStore> LogsOut,
    IReadOnlyDictionary<uint, IInboxStore> LogsIn,
    IReadOnlyDictionary<uint, IStateStore> StatesOut,
    IReadOnlyDictionary<uint, IStateInbox> StatesIn);
