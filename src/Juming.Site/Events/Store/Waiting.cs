using System.Buffers.Binary;

namespace Juming.Site.Events.Store;

/// <summary>A batch that waits for its place in the store.</summary>
internal sealed class Waiting(EventBatch batch, BatchCommit commit)
{
    private bool _numbered;

    /// <summary>The events.</summary>
    public EventBatch Batch => batch;

    /// <summary>What is committed with them.</summary>
    public BatchCommit Commit => commit;

    /// <summary>Times of the events, once numbered.</summary>
    public Span Span { get; private set; }

    /// <summary>The sequence, or why there is none.</summary>
    public TaskCompletionSource<long> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Gives the batch its sequence and each event its identity: receipt in milliseconds, then batch and index, so that ids sort by arrival and
    /// compress well. A second attempt has another sequence, and so other ids.
    /// </summary>
    public void Number(long sequence)
    {
        long minTime = long.MaxValue, maxTime = long.MinValue, minReceived = long.MaxValue, maxReceived = long.MinValue;
        var before = _numbered ? batch.Sequence : 0;
        for (var i = 0; i < batch.Count; i++)
        {
            ref var header = ref batch.Events[i];
            minTime = Math.Min(minTime, header.Time);
            maxTime = Math.Max(maxTime, header.Time);
            minReceived = Math.Min(minReceived, header.Received);
            maxReceived = Math.Max(maxReceived, header.Received);
            if (header.Id == Guid.Empty || (_numbered && header.Id == IdOf(header.Received, before, i))) header.Id = IdOf(header.Received, sequence, i);
        }
        (batch.Sequence, _numbered) = (sequence, true);
        Span = new Span(minTime, maxTime, minReceived, maxReceived);
    }

    private static Guid IdOf(long received, long sequence, int index)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)(received / 1000) << 16) | 0x7000);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], 0x8000_0000_0000_0000UL | ((ulong)sequence << 20) | (uint)index);
        return new Guid(bytes, bigEndian: true);
    }
}

/// <summary>Times of a batch's events, microseconds since 1970 UTC.</summary>
internal readonly record struct Span(long MinTime, long MaxTime, long MinReceived, long MaxReceived);
