using Juming.Contracts.Link;

namespace Juming.Platform.Links.Sync;

/// <summary>What the sender of a log topic keeps. What a call has written is durable when it returns.</summary>
internal interface ILogStore
{
    /// <summary>Where the log begins and ends.</summary>
    ValueTask<LogEnds> Ends(CancellationToken ct);

    /// <summary>The chain after a record; null when the record is not kept any more or not there yet. The one before the first record that is kept is known.</summary>
    ValueTask<byte[]?> HashAt(ulong seq, CancellationToken ct);

    /// <summary>Consecutive records from a number on; empty when there is none. A record whose copy is damaged comes with its digest alone.</summary>
    ValueTask<IReadOnlyList<KeptRecord>> Read(ulong from, int mostRecords, int mostBytes, CancellationToken ct);

    /// <summary>The other end has committed everything up to a number.</summary>
    ValueTask Acknowledge(ulong seq, CancellationToken ct);
}

/// <summary>Where a log begins and ends.</summary>
/// <param name="First">Lowest number that is kept; one more than <paramref name="Last"/> when none is.</param>
/// <param name="Last">Highest number given out; 0 before the first.</param>
/// <param name="Acked">Highest number that the other end has committed.</param>
internal readonly record struct LogEnds(ulong First, ulong Last, ulong Acked);

/// <summary>A record with the chain after it.</summary>
internal readonly record struct KeptRecord(Record Record, byte[] HashAfter);

/// <summary>What the receiver of a log topic keeps about one sender. A call's changes, effects included, are one transaction.</summary>
internal interface IInboxStore
{
    /// <summary>How far it has come.</summary>
    ValueTask<InboxEnd> End(CancellationToken ct);

    /// <summary>The chain after a record that was applied; null when not known any more.</summary>
    ValueTask<byte[]?> MarkAt(ulong seq, CancellationToken ct);

    /// <summary>Applies the records after the end, and moves it: effect and end in one transaction.</summary>
    ValueTask Apply(InboxEnd before, IReadOnlyList<KeptRecord> records, CancellationToken ct);

    /// <summary>Goes back to a record at which the histories still agreed. Effects stay; what is beyond is told as a branch that ended.</summary>
    ValueTask Branch(InboxEnd before, ulong at, CancellationToken ct);

    /// <summary>Goes on after records that nobody keeps any more, and tells which.</summary>
    ValueTask Skip(InboxEnd before, ulong to, byte[] hash, CancellationToken ct);
}

/// <summary>How far a receiver has come.</summary>
/// <param name="Last">Highest number applied; 0 before the first.</param>
/// <param name="Hash">The chain there.</param>
/// <param name="MarksFrom">Lowest number whose mark is known.</param>
internal readonly record struct InboxEnd(ulong Last, byte[] Hash, ulong MarksFrom);

/// <summary>Latest values by key, at the end where they come from.</summary>
internal interface IStateStore
{
    /// <summary>All values by key, ordinal.</summary>
    ValueTask<IReadOnlyList<StateItem>> All(CancellationToken ct);

    /// <summary>Values changed after a version, oldest change first.</summary>
    ValueTask<IReadOnlyList<StateItem>> After(ulong version, CancellationToken ct);

    /// <summary>Gives all values versions above one that the other end has seen: this end was put back to an earlier copy.</summary>
    ValueTask LiftAbove(ulong version, CancellationToken ct);
}

/// <summary>Latest values by key of one sender, at the other end.</summary>
internal interface IStateInbox
{
    /// <summary>All keys with their versions and payloads, by key, ordinal.</summary>
    ValueTask<IReadOnlyList<StateVersion>> Versions(CancellationToken ct);

    /// <summary>Takes values that are newer than what is held, and drops what <paramref name="allOf"/> does not hold any more, in one transaction.</summary>
    ValueTask Take(IReadOnlyList<StateItem> items, StateRange? allOf, CancellationToken ct);
}

/// <summary>A key, its version and what it says.</summary>
internal readonly record struct StateVersion(string Key, ulong Version, ReadOnlyMemory<byte> Payload);

/// <summary>Whoever must know that something happened to a link that ought not to happen in peace.</summary>
internal interface ILinkAlarms
{
    /// <summary>Tells it.</summary>
    /// <param name="kind">What happened.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="from">First number that it concerns.</param>
    /// <param name="to">Last number that it concerns.</param>
    void Raise(LinkAlarm kind, uint topic, ulong from, ulong to);
}

/// <summary>What can happen to a link.</summary>
internal enum LinkAlarm
{
    /// <summary>The receiver holds less than it had acknowledged: it was put back to an earlier copy, and is sent again what it lacks.</summary>
    ReceiverWentBack,

    /// <summary>The sender was put back to an earlier copy: what the receiver holds beyond it is a branch that ended.</summary>
    SenderWentBack,

    /// <summary>Records are kept by nobody any more.</summary>
    RecordsLost,

    /// <summary>A record's copy was damaged where it was kept.</summary>
    RecordDamaged,

    /// <summary>The histories differ further back than either end remembers: a person must decide.</summary>
    HistoriesPart,
}
