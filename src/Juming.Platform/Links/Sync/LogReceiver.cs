using Google.Protobuf;
using Juming.Contracts.Link;

namespace Juming.Platform.Links.Sync;

/// <summary>Receives one log topic of one sender. A record is applied once, in its order, never over a hole, and acknowledged after the commit that holds its effect.</summary>
internal sealed class LogReceiver(uint topic, IInboxStore store, Action<SyncFrame> send, ILinkAlarms alarms)
{
    private ulong? _toldAt;

    /// <summary>The sender asks how far we are.</summary>
    public async ValueTask On(Ask ask, CancellationToken ct)
    {
        _ = ask;
        Tell(await store.End(ct));
    }

    /// <summary>Records come.</summary>
    public async ValueTask On(Batch batch, CancellationToken ct)
    {
        var end = await store.End(ct);
        if (batch.First == 0 || batch.First > end.Last + 1)
        {
            // The rest of the window finds the same hole; it is told once, and the sender asks when it hears nothing.
            if (_toldAt != end.Last) Tell(end);
            return;
        }
        var known = end.Last + 1 - batch.First;
        if (known >= (ulong)batch.Records.Count)
        {
            Acknowledge(end);
            return;
        }
        var records = Follow(batch, (int)known, end);
        if (!batch.HashAfter.Span.SequenceEqual(records[^1].HashAfter))
        {
            Tell(end);
            return;
        }
        await store.Apply(end, records, ct);
        _toldAt = null;
        Acknowledge(new InboxEnd(end.Last + (ulong)records.Count, records[^1].HashAfter, end.MarksFrom));
    }

    /// <summary>The sender looks for where the histories part.</summary>
    public async ValueTask On(Probe probe, CancellationToken ct)
    {
        var hash = await store.MarkAt(probe.Seq, ct);
        send(new SyncFrame { Mark = new Mark { Topic = topic, Seq = probe.Seq, Hash = hash is null ? ByteString.Empty : ByteString.CopyFrom(hash) } });
    }

    /// <summary>The sender was put back, and goes on from where the histories agree.</summary>
    public async ValueTask On(Branch branch, CancellationToken ct)
    {
        var end = await store.End(ct);
        if (Answers(end, branch.AnswersLast, branch.AnswersHash) && branch.At <= end.Last && await store.MarkAt(branch.At, ct) is { } mark && branch.Hash.Span.SequenceEqual(mark))
        {
            await store.Branch(end, branch.At, ct);
            if (branch.At < end.Last) alarms.Raise(LinkAlarm.SenderWentBack, topic, branch.At + 1, end.Last);
        }
        Tell(await store.End(ct));
    }

    /// <summary>What would come next is kept by nobody.</summary>
    public async ValueTask On(Lost lost, CancellationToken ct)
    {
        var end = await store.End(ct);
        if (Answers(end, lost.AnswersLast, lost.AnswersHash) && lost.To > end.Last && lost.Hash.Length == Chain.Start.Length)
        {
            await store.Skip(end, lost.To, lost.Hash.ToByteArray(), ct);
            alarms.Raise(LinkAlarm.RecordsLost, topic, end.Last + 1, lost.To);
        }
        Tell(await store.End(ct));
    }

    private static List<KeptRecord> Follow(Batch batch, int known, InboxEnd end)
    {
        var records = new List<KeptRecord>(batch.Records.Count - known);
        var hash = end.Hash;
        for (var i = known; i < batch.Records.Count; i++)
        {
            hash = Chain.Next(hash, batch.First + (ulong)i, Chain.Digest(batch.Records[i]));
            records.Add(new KeptRecord(batch.Records[i], hash));
        }
        return records;
    }

    private static bool Answers(InboxEnd end, ulong last, ByteString hash) => end.Last == last && hash.Span.SequenceEqual(end.Hash);

    private void Tell(InboxEnd end)
    {
        _toldAt = end.Last;
        send(new SyncFrame { Position = new Position { Topic = topic, Last = end.Last, Hash = ByteString.CopyFrom(end.Hash), MarksFrom = end.MarksFrom } });
    }

    private void Acknowledge(InboxEnd end) =>
        send(new SyncFrame { Ack = new Ack { Topic = topic, Applied = end.Last, Hash = ByteString.CopyFrom(end.Hash) } });
}
