using Juming.Contracts.Link;

namespace Juming.Platform.Links.Sync;

/// <summary>
/// Sends the latest values of a state topic, one batch at a time. Nothing queues: while the other end is away a value is overwritten, so what waits is never more
/// than there are keys.
/// </summary>
internal sealed class StateSender(uint topic, IStateStore store, Action<SyncFrame> send, TimeProvider clock)
{
    private const int MostBytes = 512 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Queue<StateBatch> _wholeSet = new();
    private bool _known;
    private uint _answered;
    private ulong _sent;
    private StateBatch? _underWay;
    private long _heardAt = clock.GetTimestamp();

    /// <summary>Asks how the values stand at the other end.</summary>
    public void Start()
    {
        _heardAt = clock.GetTimestamp();
        _known = false;
        _underWay = null;
        _wholeSet.Clear();
        send(new SyncFrame { Ask = new Ask { Topic = topic } });
    }

    /// <summary>Sends what changed, when nothing is under way.</summary>
    public async ValueTask Pump(CancellationToken ct)
    {
        if (!_known || _underWay is not null) return;
        if (_wholeSet.TryDequeue(out var part))
        {
            Send(part);
            return;
        }
        var changed = await store.After(_sent, ct);
        if (changed.Count == 0) return;
        var batch = new StateBatch { Topic = topic };
        Fill(batch, changed, 0);
        _sent = batch.Items[^1].Version;
        Send(batch);
    }

    /// <summary>Looks whether the other end has been silent for too long.</summary>
    public void Tick()
    {
        if (_known && _underWay is null) return;
        if (clock.GetElapsedTime(_heardAt) >= Patience) Start();
    }

    /// <summary>The other end says how its values stand.</summary>
    public async ValueTask On(StatePosition position, CancellationToken ct)
    {
        if (position.Serial <= _answered) return;
        _answered = position.Serial;
        _heardAt = clock.GetTimestamp();
        _underWay = null;
        _wholeSet.Clear();
        var all = await store.All(ct);
        if (position.Newest > Newest(all))
        {
            await store.LiftAbove(position.Newest, ct);
            all = await store.All(ct);
        }
        (_known, _sent) = (true, Newest(all));
        if (!position.Digest.Span.SequenceEqual(StateDigest.Of(all.Select(i => new StateVersion(i.Key, i.Version, i.Payload.Memory))))) Part(all);
        await Pump(ct);
    }

    /// <summary>The other end has committed.</summary>
    public void On(StateAck ack)
    {
        if (_underWay is not { } batch) return;
        var taken = batch.AllOf is { } range ? ack.Serial == range.Serial && ack.Part == range.Part : ack.Newest >= batch.Items[^1].Version;
        if (!taken) return;
        _heardAt = clock.GetTimestamp();
        _underWay = null;
    }

    private static ulong Newest(IReadOnlyList<StateItem> all) => all.Count == 0 ? 0 : all.Max(i => i.Version);

    private void Send(StateBatch batch)
    {
        _heardAt = clock.GetTimestamp();
        _underWay = batch;
        send(new SyncFrame { StateBatch = batch });
    }

    private void Part(IReadOnlyList<StateItem> all)
    {
        var after = "";
        var from = 0;
        do
        {
            var batch = new StateBatch { Topic = topic };
            from = Fill(batch, all, from);
            var upTo = from < all.Count ? batch.Items[^1].Key : "";
            batch.AllOf = new StateRange { After = after, UpTo = upTo, Serial = _answered, Part = (uint)_wholeSet.Count + 1 };
            _wholeSet.Enqueue(batch);
            after = upTo;
        }
        while (from < all.Count);
    }

    private static int Fill(StateBatch batch, IReadOnlyList<StateItem> items, int from)
    {
        var size = 0;
        for (; from < items.Count; from++)
        {
            size += items[from].CalculateSize();
            if (batch.Items.Count > 0 && size > MostBytes) break;
            batch.Items.Add(items[from]);
        }
        return from;
    }
}
