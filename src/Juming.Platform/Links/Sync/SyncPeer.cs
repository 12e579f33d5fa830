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

    /// <summary>Takes a frame of the other end. That it asks about a topic that this end does not know is of another release, and left alone.</summary>
    /// <exception cref="LinkBreachException">It is none that a host in order sends.</exception>
    public async ValueTask Receive(SyncFrame frame, CancellationToken ct)
    {
        Limits.Check(frame);
        switch (frame.FrameCase)
        {
            case SyncFrame.FrameOneofCase.Ask:
                if (_logIn.GetValueOrDefault(frame.Ask.Topic) is { } log) await log.On(frame.Ask, ct);
                else if (_stateIn.GetValueOrDefault(frame.Ask.Topic) is { } state) await state.On(frame.Ask, ct);
                else if (_logOut.ContainsKey(frame.Ask.Topic) || _stateOut.ContainsKey(frame.Ask.Topic)) throw new LinkBreachException("direction");
                break;
            case SyncFrame.FrameOneofCase.Batch: await Of(_logIn, frame.Batch.Topic).On(frame.Batch, ct); break;
            case SyncFrame.FrameOneofCase.Probe: await Of(_logIn, frame.Probe.Topic).On(frame.Probe, ct); break;
            case SyncFrame.FrameOneofCase.Branch: await Of(_logIn, frame.Branch.Topic).On(frame.Branch, ct); break;
            case SyncFrame.FrameOneofCase.Lost: await Of(_logIn, frame.Lost.Topic).On(frame.Lost, ct); break;
            case SyncFrame.FrameOneofCase.Position: await Of(_logOut, frame.Position.Topic).On(frame.Position, ct); break;
            case SyncFrame.FrameOneofCase.Ack: await Of(_logOut, frame.Ack.Topic).On(frame.Ack, ct); break;
            case SyncFrame.FrameOneofCase.Mark: await Of(_logOut, frame.Mark.Topic).On(frame.Mark, ct); break;
            case SyncFrame.FrameOneofCase.StatePosition: await Of(_stateOut, frame.StatePosition.Topic).On(frame.StatePosition, ct); break;
            case SyncFrame.FrameOneofCase.StateAck: Of(_stateOut, frame.StateAck.Topic).On(frame.StateAck); break;
            case SyncFrame.FrameOneofCase.StateBatch: await Of(_stateIn, frame.StateBatch.Topic).On(frame.StateBatch, ct); break;
            default: break;
        }
        await Pump(ct);
    }

    // All but a question is an answer to something that this end has said on the topic, in that direction.
    private static T Of<T>(Dictionary<uint, T> topics, uint topic) => topics.TryGetValue(topic, out var found) ? found : throw new LinkBreachException("direction");
}

/// <summary>What one end sends and receives, by topic.</summary>
internal sealed record SyncTopics(
    IReadOnlyDictionary<uint, ILogStore> LogsOut,
    IReadOnlyDictionary<uint, IInboxStore> LogsIn,
    IReadOnlyDictionary<uint, IStateStore> StatesOut,
    IReadOnlyDictionary<uint, IStateInbox> StatesIn);
