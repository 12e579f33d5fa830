using Google.Protobuf;
using Juming.Contracts.Link;

namespace Juming.Platform.Links.Sync;

/// <summary>
/// Sends one log topic to one receiver: asks where it stands, sends from there, and forgets nothing that is not acknowledged after the receiver's commit.
/// Nothing here is kept between connections; all that must be is in the store.
/// </summary>
internal sealed class LogSender(uint topic, ILogStore store, Action<SyncFrame> send, TimeProvider clock, ILinkAlarms alarms)
{
    private const int MostRecords = 500;
    private const int MostBytes = 1 << 20;
    private const int Window = 8;

    /// <summary>Without a word from the receiver for this long it is asked again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Queue<ulong> _underWay = new();
    private ulong? _next;
    private ForkSearch? _search;
    private bool _met;
    private bool _parted;
    private ulong _reached;
    private long _heardAt = clock.GetTimestamp();

    /// <summary>Asks where the receiver stands; nothing is sent before the answer.</summary>
    public void Start() => Ask();

    /// <summary>Sends what there is, as far as the window allows.</summary>
    public async ValueTask Pump(CancellationToken ct)
    {
        while (_next is { } next && _underWay.Count < Window)
        {
            var records = await store.Read(next, MostRecords, MostBytes, ct);
            if (records.Count == 0) return;
            var last = next + (ulong)records.Count - 1;
            for (var i = 0; i < records.Count; i++)
                if (records[i].Record.DamagedDigest.Length > 0) alarms.Raise(LinkAlarm.RecordDamaged, topic, next + (ulong)i, next + (ulong)i);
            if (_underWay.Count == 0) _heardAt = clock.GetTimestamp();
            send(new SyncFrame { Batch = new Batch { Topic = topic, First = next, Records = { records.Select(r => r.Record) }, HashAfter = ByteString.CopyFrom(records[^1].HashAfter) } });
            _underWay.Enqueue(last);
            _next = last + 1;
            _reached = Math.Max(_reached, last);
        }
    }

    /// <summary>Looks whether the receiver has been silent for too long.</summary>
    public void Tick()
    {
        if (_parted || (_next is not null && _underWay.Count == 0) || clock.GetElapsedTime(_heardAt) < Patience) return;
        _next = null;
        Ask();
    }

    /// <summary>The receiver says where it stands.</summary>
    public async ValueTask On(Position position, CancellationToken ct)
    {
        _heardAt = clock.GetTimestamp();
        _search = null;
        _next = null;
        var ends = await store.Ends(ct);
        if (position.Last + 1 < ends.First)
        {
            await TellLost(position, ends, ct);
            return;
        }
        if (position.Last <= ends.Last && Same(await store.HashAt(position.Last, ct), position.Hash))
        {
            await Resume(position.Last, ends, ct);
            return;
        }
        _search = ForkSearch.Between(position, ends);
        await Search(ct);
    }

    /// <summary>The receiver has committed.</summary>
    /// <exception cref="LinkBreachException">It says so of what it was not sent.</exception>
    public async ValueTask On(Ack ack, CancellationToken ct)
    {
        // Nothing beyond what this connection has sent, or agreed on, can have been committed.
        if (_met && ack.Applied > _reached) throw new LinkBreachException("acknowledged");
        if (_next is null) return;
        _heardAt = clock.GetTimestamp();
        if (!Same(await store.HashAt(ack.Applied, ct), ack.Hash))
        {
            _next = null;
            Ask();
            return;
        }
        await store.Acknowledge(ack.Applied, ct);
        while (_underWay.TryPeek(out var last) && last <= ack.Applied) _underWay.Dequeue();
    }

    /// <summary>The receiver tells its chain at a number.</summary>
    public async ValueTask On(Mark mark, CancellationToken ct)
    {
        if (_search is not { } search || search.Asked != mark.Seq) return;
        _heardAt = clock.GetTimestamp();
        if (await store.HashAt(mark.Seq, ct) is not { } mine || mark.Hash.IsEmpty)
        {
            // Old records went while the search was on; "not known" must not pass for "differs".
            Ask();
            return;
        }
        search.Learn(Same(mine, mark.Hash));
        await Search(ct);
    }

    private async ValueTask Resume(ulong last, LogEnds ends, CancellationToken ct)
    {
        // Only the first word of a connection: a later one may be an old one.
        if (!_met && last < ends.Acked) alarms.Raise(LinkAlarm.ReceiverWentBack, topic, last + 1, ends.Acked);
        _met = true;
        _reached = Math.Max(_reached, last);
        if (last > ends.Acked) await store.Acknowledge(last, ct);
        _underWay.Clear();
        _next = last + 1;
        await Pump(ct);
    }

    private async ValueTask TellLost(Position position, LogEnds ends, CancellationToken ct)
    {
        var to = ends.First - 1;
        if (await store.HashAt(to, ct) is not { } hash) return;
        alarms.Raise(LinkAlarm.RecordsLost, topic, position.Last + 1, to);
        send(new SyncFrame { Lost = new Lost { Topic = topic, To = to, Hash = ByteString.CopyFrom(hash), AnswersLast = position.Last, AnswersHash = position.Hash } });
    }

    private async ValueTask Search(CancellationToken ct)
    {
        var search = _search!;
        if (search.Apart)
        {
            if (!_parted) alarms.Raise(LinkAlarm.HistoriesPart, topic, search.Low, search.Position.Last);
            _parted = true;
            _search = null;
            return;
        }
        if (search.Fork is not { } fork)
        {
            send(new SyncFrame { Probe = new Probe { Topic = topic, Seq = search.Asked } });
            return;
        }
        _search = null;
        if (await store.HashAt(fork, ct) is not { } hash) return;
        send(new SyncFrame
        {
            Branch = new Branch { Topic = topic, At = fork, Hash = ByteString.CopyFrom(hash), AnswersLast = search.Position.Last, AnswersHash = search.Position.Hash },
        });
    }

    private void Ask()
    {
        _heardAt = clock.GetTimestamp();
        _search = null;
        send(new SyncFrame { Ask = new Ask { Topic = topic } });
    }

    private static bool Same(byte[]? mine, ByteString theirs) => mine is not null && theirs.Span.SequenceEqual(mine);
}
