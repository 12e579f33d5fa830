using Juming.Site.Events;

namespace Juming.Site.Collection.Pipeline;

/// <summary>
/// Empty batches, the last one that came back first, within so many bytes in all. The last are the ones in use at an even load; what a burst added
/// beyond the bound goes.
/// </summary>
/// <param name="mostBytes">Most bytes that it keeps.</param>
internal sealed class BatchPool(long mostBytes)
{
    private readonly Lock _gate = new();
    private readonly Stack<EventBatch> _batches = [];
    private long _bytes;

    /// <summary>Bytes of the batches that it keeps.</summary>
    public long Bytes { get { lock (_gate) return _bytes; } }

    /// <summary>An empty batch.</summary>
    public EventBatch Rent()
    {
        lock (_gate)
        {
            if (!_batches.TryPop(out var batch)) return new EventBatch(1024);
            _bytes -= batch.Capacity;
            return batch;
        }
    }

    /// <summary>Takes a batch back; nobody may use it any more.</summary>
    public void Return(EventBatch batch)
    {
        batch.Clear();
        lock (_gate)
        {
            if (_bytes + batch.Capacity > mostBytes) return;
            _batches.Push(batch);
            _bytes += batch.Capacity;
        }
    }
}
