using System.Buffers.Binary;

namespace Juming.Site.Events.Store;

/// <summary>A batch that waits for its place in the store.</summary>
internal sealed class Waiting(EventBatch batch, BatchCommit commit)
{
    private const int CountBits = 24;
    private static readonly long LatestMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private UInt128? _firstId;

    /// <summary>The events.</summary>
    public EventBatch Batch => batch;

    /// <summary>What is committed with them.</summary>
    public BatchCommit Commit => commit;

    /// <summary>Times of the events, once numbered.</summary>
    public Span Span { get; private set; }

    /// <summary>The sequence, or why there is none.</summary>
    public TaskCompletionSource<long> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Gives the batch its sequence and its events their identities, which count upwards from the group's first: numbers that count are stored
    /// in no bytes at all. A second attempt has other ids; those that the events came with stay.
    /// </summary>
    /// <returns>The first id for the next batch of the group.</returns>
    public UInt128 Number(long sequence, UInt128 id)
    {
        long minTime = long.MaxValue, maxTime = long.MinValue, minReceived = long.MaxValue, maxReceived = long.MinValue;
        for (var i = 0; i < batch.Count; i++)
        {
            ref var header = ref batch.Events[i];
            minTime = Math.Min(minTime, header.Time);
            maxTime = Math.Max(maxTime, header.Time);
            minReceived = Math.Min(minReceived, header.Received);
            maxReceived = Math.Max(maxReceived, header.Received);
            if (header.Id == Guid.Empty || (_firstId is { } before && header.Id == IdOf(before + (uint)i))) header.Id = IdOf(id + (uint)i);
        }
        (batch.Sequence, _firstId) = (sequence, id);
        Span = new Span(minTime, maxTime, minReceived, maxReceived);
        return id + (uint)batch.Count;
    }

    /// <summary>
    /// The first identity of a group: a UUIDv7 of its receipt with 50 random bits, so that no other start, restored copy or site gives the same,
    /// and 24 bits to count with (RFC 9562, 6.2).
    /// </summary>
    public static UInt128 FirstId(long received)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(received / 1000, 0, LatestMillisecond))).TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes) >> CountBits << CountBits;
    }

    private static Guid IdOf(UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return new Guid(bytes, bigEndian: true);
    }
}

/// <summary>Times of a batch's events, microseconds since 1970 UTC.</summary>
internal readonly record struct Span(long MinTime, long MaxTime, long MinReceived, long MaxReceived);
