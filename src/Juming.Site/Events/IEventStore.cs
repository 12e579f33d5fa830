namespace Juming.Site.Events;

/// <summary>
/// Where events rest. One writer; append is durable when it returns: the events, their ledger counts and the marks (file positions,
/// idempotency keys) are one transaction.
/// </summary>
public interface IEventStore
{
    /// <summary>Appends a batch and gives it the next <see cref="EventBatch.Sequence"/>. Durable on return. Not for concurrent callers: they queue.</summary>
    /// <exception cref="EventStoreFullException">The disk guard refuses writes.</exception>
    Task<long> Append(EventBatch batch, BatchCommit commit, CancellationToken ct);

    /// <summary>Sequence of the last batch that is durable, 0 when there is none.</summary>
    long LastSequence { get; }

    /// <summary>Raw lines of the durable batches after a sequence, oldest first, for matching again what detection had not committed.</summary>
    IAsyncEnumerable<StoredBatch> ReadAfter(long sequence, CancellationToken ct);

    /// <summary>The value of a durable mark, or null when it is absent or expired.</summary>
    Task<string?> ReadMark(string key, CancellationToken ct);

    /// <summary>All marks whose key starts with a prefix.</summary>
    Task<IReadOnlyDictionary<string, string>> ReadMarks(string prefix, CancellationToken ct);
}

/// <summary>What is committed together with a batch.</summary>
public sealed class BatchCommit
{
    /// <summary>Key, value and expiry (null: never). A later value replaces an earlier one.</summary>
    public List<(string Key, string Value, DateTimeOffset? Expires)> Marks { get; } = [];

    /// <summary>Changes of the conservation ledger.</summary>
    public List<LedgerDelta> Ledger { get; } = [];
}

/// <summary>A change of the conservation ledger: received = stored + dropped + in flight.</summary>
/// <param name="SourceId">Number of the sender in the source register, 0 for unknown.</param>
/// <param name="Minute">Minutes since 1970-01-01 UTC, by receipt.</param>
/// <param name="Reason">"received", "stored", or the stable code of a drop reason, such as "queue-full".</param>
/// <param name="Count">Lines.</param>
/// <param name="Bytes">Bytes of those lines.</param>
public readonly record struct LedgerDelta(int SourceId, long Minute, string Reason, long Count, long Bytes);

/// <summary>A stored batch as raw lines, enough to normalise and match it again.</summary>
/// <param name="Sequence">Position of the batch.</param>
/// <param name="Lines">The lines in their order.</param>
public sealed record StoredBatch(long Sequence, IReadOnlyList<StoredLine> Lines);

/// <summary>One stored raw line.</summary>
/// <param name="Id">Identity of the event.</param>
/// <param name="Received">Receipt, microseconds since 1970-01-01 UTC.</param>
/// <param name="SourceId">Number of the sender.</param>
/// <param name="Line">Line of the file, 0 elsewhere.</param>
/// <param name="Raw">Raw line, UTF-8.</param>
public sealed record StoredLine(Guid Id, long Received, int SourceId, int Line, byte[] Raw);

/// <summary>The disk guard refuses writes until space is free again.</summary>
public sealed class EventStoreFullException(string message) : Exception(message);
