using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection.Receivers;

/// <summary>Gathers the lines of one receiving loop into batches and hands them on when full, or when they have waited long enough. One owner.</summary>
internal sealed class LineGatherer(IngestPipeline pipeline, LedgerBook ledger, InFlightCounts inFlight, CollectionSettings settings, TimeProvider clock)
{
    /// <summary>Longest line kept: the normaliser cuts at 64 KiB and marks it, so one byte more tells it that there was more.</summary>
    public const int MostLineBytes = (64 * 1024) + 1;

    private RawBatch? _batch;
    private long _since;

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
            inFlight.Add(source.Id, 1);
            ledger.Dropped(source.Id, now / 60_000_000, LedgerReasons.Muted, 1, line.Length);
            return;
        }
        if (_batch is null)
        {
            _batch = pipeline.Rent();
            _since = clock.GetTimestamp();
        }
        inFlight.Add(source.Id, 1);
        _batch.Add(line, source, now);
    }

    /// <summary>True when the lines have waited long enough.</summary>
    public bool IsDue => _batch is { Count: > 0 } && clock.GetElapsedTime(_since).TotalMilliseconds >= settings.GatherMilliseconds;

    /// <summary>Hands on, waiting while the queue is full.</summary>
    public async ValueTask Submit(CancellationToken ct)
    {
        if (_batch is not { Count: > 0 } batch) return;
        _batch = null;
        await pipeline.Submit(batch, ct);
    }

    /// <summary>Hands on, or counts as dropped when the queue is full.</summary>
    public void SubmitOrDrop()
    {
        if (_batch is not { Count: > 0 } batch) return;
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
