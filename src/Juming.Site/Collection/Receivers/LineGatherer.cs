using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection.Receivers;

/// <summary>Gathers the lines of one receiving loop into batches and hands them on when full, or when they have waited long enough. One owner.</summary>
internal sealed class LineGatherer(IngestPipeline pipeline, LedgerBook ledger, InFlightCounts inFlight, CollectionSettings settings, TimeProvider clock)
{
    /// <summary>Longest line kept: the normaliser cuts at 64 KiB and marks it, so one byte more tells it that there was more.</summary>
    public const int MostLineBytes = (64 * 1024) + 1;

    private readonly ReceiptCount _taken = new(ledger, inFlight);
    private readonly ReceiptCount _muted = new(ledger, inFlight, LedgerReasons.Muted);
    private readonly ReceiptCount _cut = new(ledger, inFlight, LedgerReasons.Framing);
    private RawBatch? _batch;
    private long _since;
    private (int Lines, int Bytes) _before;

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long Now => (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    /// <summary>A batch is full; hand it on before adding more.</summary>
    public bool IsFull => _batch is { IsFull: true };

    /// <summary>Lines wait.</summary>
    public bool HasLines => _batch is { Count: > 0 };

    /// <summary>Adds a line of a transport that keeps no copy.</summary>
    public void Add(ReadOnlySpan<byte> line, Source source, long now)
    {
        if (line.Length > MostLineBytes) line = line[..MostLineBytes];
        if (source.Muted)
        {
            _muted.Add(source, now, line.Length);
            return;
        }
        _taken.Add(source, now, line.Length);
        if (_batch is null)
        {
            // The batch before tells how large this one gets: a busy loop doesn't grow into it, a quiet connection holds little.
            _batch = pipeline.Rent().For(_before.Lines, _before.Bytes);
            _since = clock.GetTimestamp();
        }
        _batch.Add(line, source, now);
    }

    /// <summary>Counts a piece of a message that is not kept.</summary>
    public void Cut(Source source, long now, long bytes) => _cut.Add(source, now, bytes);

    /// <summary>Books what was taken; after each read, so that a kill finds it counted.</summary>
    public void Book()
    {
        _taken.Book();
        _muted.Book();
        _cut.Book();
    }

    /// <summary>True when the lines have waited long enough.</summary>
    public bool IsDue => _batch is { Count: > 0 } && clock.GetElapsedTime(_since).TotalMilliseconds >= settings.GatherMilliseconds;

    /// <summary>Hands on, waiting while the queue is full. What was not handed on, because the token ended the wait, stays for the next call.</summary>
    public async ValueTask Submit(CancellationToken ct)
    {
        Book();
        if (_batch is not { Count: > 0 } batch) return;
        _before = (batch.Count, batch.Bytes);
        await pipeline.Submit(batch, ct);
        _batch = null;
    }

    /// <summary>Hands on, or counts as dropped when the queue is full.</summary>
    public void SubmitOrDrop()
    {
        Book();
        if (_batch is not { Count: > 0 } batch) return;
        _before = (batch.Count, batch.Bytes);
        _batch = null;
        pipeline.SubmitOrDrop(batch);
    }
}

/// <summary>Makes gatherers for receiving loops.</summary>
internal sealed class LineGathererFactory(IngestPipeline pipeline, LedgerBook ledger, InFlightCounts inFlight, CollectionSettings settings, TimeProvider clock)
{
    /// <summary>A gatherer for one loop.</summary>
    public LineGatherer New() => new(pipeline, ledger, inFlight, settings, clock);
}
