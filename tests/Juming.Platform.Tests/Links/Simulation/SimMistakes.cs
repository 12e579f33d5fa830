using Google.Protobuf;
using Juming.Contracts.Link;
using Juming.Platform.Links.Sync;

namespace Juming.Platform.Tests.Links.Simulation;

/// <summary>
/// A mistake that somebody could make in a store or at an end of a link, planted to see whether the simulation finds it. The engine itself stays as it is: what it hears or
/// writes is bent, as it would be without the check or the transaction in question.
/// </summary>
internal abstract class SimMistake
{
    public virtual ILogStore Log(SimDisk disk) => disk.Log;

    /// <summary>Made once in the life of a process.</summary>
    public virtual IInboxStore Inbox(SimNode node) => node.Disk.Inbox;

    /// <summary>What shows it, where the usual plans would seldom do.</summary>
    public virtual SimPlan? Plan => null;

    /// <summary>What a node understands of a frame.</summary>
    public virtual ValueTask<SyncFrame> Hear(SimDisk disk, SyncFrame frame) => new(frame);
}

/// <summary>Records are acknowledged while they are still in memory.</summary>
internal sealed class AcknowledgesBeforeTheCommit : SimMistake
{
    public override IInboxStore Inbox(SimNode node) => new Late(node, node.Disk.Inbox);

    private sealed class Late(SimNode node, SimInbox inner) : IInboxStore
    {
        private (InboxEnd Before, IReadOnlyList<KeptRecord> Records)? _inHand;

        public async ValueTask<InboxEnd> End(CancellationToken ct) =>
            _inHand is var (before, records) ? new InboxEnd(before.Last + (ulong)records.Count, records[^1].HashAfter, before.MarksFrom) : await inner.End(ct);

        public async ValueTask Apply(InboxEnd before, IReadOnlyList<KeptRecord> records, CancellationToken ct)
        {
            await Commit();
            _inHand = (before, records);
            node.Later(TimeSpan.FromMilliseconds(500), Commit);
        }

        public async ValueTask<byte[]?> MarkAt(ulong seq, CancellationToken ct)
        {
            await Commit();
            return await inner.MarkAt(seq, ct);
        }

        public async ValueTask Branch(InboxEnd before, ulong at, CancellationToken ct)
        {
            await Commit();
            await inner.Branch(before, at, ct);
        }

        public async ValueTask Skip(InboxEnd before, ulong to, byte[] hash, CancellationToken ct)
        {
            await Commit();
            await inner.Skip(before, to, hash, ct);
        }

        private async ValueTask Commit()
        {
            if (_inHand is not var (before, records)) return;
            _inHand = null;
            await inner.Apply(before, records, CancellationToken.None);
        }
    }
}

/// <summary>Effects are committed, and only then how far the receiver has come.</summary>
internal sealed class MovesTheEndInATransactionOfItsOwn : SimMistake
{
    public override IInboxStore Inbox(SimNode node) => new Apart(node.Disk.Inbox);

    private sealed class Apart(SimInbox inner) : IInboxStore
    {
        public ValueTask<InboxEnd> End(CancellationToken ct) => inner.End(ct);

        public ValueTask<byte[]?> MarkAt(ulong seq, CancellationToken ct) => inner.MarkAt(seq, ct);

        public ValueTask Apply(InboxEnd before, IReadOnlyList<KeptRecord> records, CancellationToken ct)
        {
            inner.ApplyInTwo(before, records);
            return default;
        }

        public ValueTask Branch(InboxEnd before, ulong at, CancellationToken ct) => inner.Branch(before, at, ct);

        public ValueTask Skip(InboxEnd before, ulong to, byte[] hash, CancellationToken ct) => inner.Skip(before, to, hash, ct);
    }
}

/// <summary>Records that come after a hole are applied as if they came next.</summary>
internal sealed class AppliesOverAHole : SimMistake
{
    public override async ValueTask<SyncFrame> Hear(SimDisk disk, SyncFrame frame) =>
        frame.Batch is { } batch && await disk.Inbox.End(CancellationToken.None) is var end && batch.First > end.Last + 1 ? AsNext(batch, end) : frame;

    /// <summary>The batch as it would stand if it were the next.</summary>
    public static SyncFrame AsNext(Batch batch, InboxEnd end)
    {
        var bent = batch.Clone();
        bent.First = end.Last + 1;
        var hash = end.Hash;
        for (var i = 0; i < bent.Records.Count; i++) hash = Chain.Next(hash, bent.First + (ulong)i, Chain.Digest(bent.Records[i]));
        bent.HashAfter = ByteString.CopyFrom(hash);
        return new SyncFrame { Batch = bent };
    }
}

/// <summary>Records that are there already are applied once more.</summary>
internal sealed class AppliesWhatItHas : SimMistake
{
    public override async ValueTask<SyncFrame> Hear(SimDisk disk, SyncFrame frame) =>
        frame.Batch is { First: > 0 } batch && await disk.Inbox.End(CancellationToken.None) is var end && batch.First <= end.Last ? AppliesOverAHole.AsNext(batch, end) : frame;
}

/// <summary>The sender goes by what it was told once, not by where the receiver stands now: one that was put back lacks what it had acknowledged.</summary>
internal sealed class SkipsWhatWasAcknowledgedOnce : SimMistake
{
    public override async ValueTask<SyncFrame> Hear(SimDisk disk, SyncFrame frame)
    {
        if (frame.Position is not { } position) return frame;
        var ends = await disk.Log.Ends(CancellationToken.None);
        if (position.Last >= ends.Acked || await disk.Log.HashAt(ends.Acked, CancellationToken.None) is not { } hash) return frame;
        var bent = position.Clone();
        (bent.Last, bent.Hash) = (ends.Acked, ByteString.CopyFrom(hash));
        return new SyncFrame { Position = bent };
    }
}

/// <summary>What was sent counts as received.</summary>
internal sealed class ForgetsWhatItSent : SimMistake
{
    public override ILogStore Log(SimDisk disk) => new Hasty(disk.Log);

    private sealed class Hasty(SimLog inner) : ILogStore
    {
        public ValueTask<LogEnds> Ends(CancellationToken ct) => inner.Ends(ct);

        public ValueTask<byte[]?> HashAt(ulong seq, CancellationToken ct) => inner.HashAt(seq, ct);

        public async ValueTask<IReadOnlyList<KeptRecord>> Read(ulong from, int mostRecords, int mostBytes, CancellationToken ct)
        {
            var records = await inner.Read(from, mostRecords, mostBytes, ct);
            if (records.Count > 0) await inner.Acknowledge(from + (ulong)records.Count - 1, ct);
            return records;
        }

        public ValueTask Acknowledge(ulong seq, CancellationToken ct) => inner.Acknowledge(seq, ct);
    }
}

/// <summary>The receiver goes back at any word, also at one that answered what it said long ago.</summary>
internal sealed class BranchesUnasked : SimMistake
{
    public override SimPlan Plan => new(TimeSpan.FromMinutes(6), Twice: 0.8, Reorders: true);

    public override async ValueTask<SyncFrame> Hear(SimDisk disk, SyncFrame frame)
    {
        if (frame.Branch is not { } branch) return frame;
        var end = await disk.Inbox.End(CancellationToken.None);
        if (branch.At > end.Last || await disk.Inbox.MarkAt(branch.At, CancellationToken.None) is not { } mark) return frame;
        var bent = branch.Clone();
        (bent.Hash, bent.AnswersLast, bent.AnswersHash) = (ByteString.CopyFrom(mark), end.Last, ByteString.CopyFrom(end.Hash));
        return new SyncFrame { Branch = bent };
    }
}

/// <summary>The sender of values takes whatever the other end holds for what it should: what changed while the two were apart is never told.</summary>
internal sealed class ComparesNoValues : SimMistake
{
    public override async ValueTask<SyncFrame> Hear(SimDisk disk, SyncFrame frame)
    {
        if (frame.StatePosition is not { } position) return frame;
        var bent = position.Clone();
        bent.Digest = ByteString.CopyFrom(StateDigest.Of((await disk.Values.All(CancellationToken.None)).Select(i => new StateVersion(i.Key, i.Version, i.Payload.Memory))));
        return new SyncFrame { StatePosition = bent };
    }
}

/// <summary>A record whose copy is damaged is sent as it now reads.</summary>
internal sealed class SendsDamage : SimMistake
{
    public override ILogStore Log(SimDisk disk) => new Blind(disk.Log);

    private sealed class Blind(SimLog inner) : ILogStore
    {
        public ValueTask<LogEnds> Ends(CancellationToken ct) => inner.Ends(ct);

        public ValueTask<byte[]?> HashAt(ulong seq, CancellationToken ct) => inner.HashAt(seq, ct);

        public async ValueTask<IReadOnlyList<KeptRecord>> Read(ulong from, int mostRecords, int mostBytes, CancellationToken ct) =>
            [.. (await inner.Read(from, mostRecords, mostBytes, ct)).Select(r => r.Record.DamagedDigest.Length == 0 ? r : r with { Record = new Record { Type = 1, Payload = ByteString.CopyFrom(new byte[8]) } })];

        public ValueTask Acknowledge(ulong seq, CancellationToken ct) => inner.Acknowledge(seq, ct);
    }
}
