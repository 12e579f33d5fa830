using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Pipeline;

/// <summary>
/// The fast path: bounded queue → normalise → append → match, with several batches in each stage. Append comes before match, so that
/// nothing that was announced can be missing; every line that does not reach the store is counted with its reason.
/// </summary>
internal sealed partial class IngestPipeline(
    IEventStore store, ILineNormalizer normalizer, IEnumerable<IBatchMatcher> matchers, SourceRegister sources, LedgerBook ledger,
    CollectionSettings settings, TimeProvider clock, ILogger<IngestPipeline> log) : BackgroundService
{
    private const long MicrosPerMinute = 60_000_000;

    /// <summary>Most lines between normalising and matching: two row groups of the store, so that one fills while the other is written.</summary>
    private const int MostInStore = 114_688;

    private const int LinesPerPermit = 1024;

    /// <summary>Most bytes that empty batches keep. A stall fills many at once, and each would for ever stay as large as the largest that it ever held.</summary>
    private const long MostPooled = 64 * 1024 * 1024;

    private readonly Channel<RawBatch> _queue = Channel.CreateBounded<RawBatch>(new BoundedChannelOptions(settings.QueueBatches) { FullMode = BoundedChannelFullMode.Wait });
    private readonly Channel<InStore> _stored = Channel.CreateUnbounded<InStore>();
    // A quarter of the queue serves those who can wait; the rest is for bursts of those who can't.
    private readonly SemaphoreSlim _places = new(Math.Max(2, settings.QueueBatches / 4));
    private readonly SemaphoreSlim _room = new(MostInStore / LinesPerPermit);
    // One worker at a time takes its permits: with many of them each could hold some and wait for the rest.
    private readonly SemaphoreSlim _entrance = new(1, 1);
    private readonly ConcurrentBag<RawBatch> _pool = [];
    private readonly BatchPool _batches = new(MostPooled);
    private readonly IBatchMatcher[] _matchers = [.. matchers];

    /// <summary>Events that no parser knew, since the start.</summary>
    public long Unparsed => Interlocked.Read(ref _unparsed);

    /// <summary>Batches waiting.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>A parser's name that every line is read with, or null to find out; a replay's choice.</summary>
    public string? Format { get; set; }

    private long _unparsed;
    private int _patient;

    /// <summary>An empty batch to fill.</summary>
    public RawBatch Rent() => _pool.TryTake(out var batch) ? batch : new RawBatch();

    /// <summary>Hands lines over, waiting while the queue is full. For transports that can wait.</summary>
    public async ValueTask Submit(RawBatch batch, CancellationToken ct)
    {
        Interlocked.Increment(ref _patient);
        try
        {
            await _places.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref _patient);
        }
        batch.HoldsPlace = true;
        ledger.Entered(batch.Count);
        try
        {
            await _queue.Writer.WriteAsync(batch, ct);
        }
        catch
        {
            GivePlaceBack(batch);
            ledger.Left(batch.Count);
            throw;
        }
    }

    /// <summary>Hands lines over, or counts them as dropped when the queue is full. For transports that can't wait.</summary>
    public void SubmitOrDrop(RawBatch batch)
    {
        ledger.Entered(batch.Count);
        if (_queue.Writer.TryWrite(batch)) return;
        Drop(batch, LedgerReasons.QueueFull);
        ledger.Left(batch.Count);
        Return(batch);
    }

    /// <summary>True when a transport that can answer should say "later".</summary>
    public bool IsFull => _queue.Reader.Count >= settings.QueueBatches || Volatile.Read(ref _patient) >= 2 * settings.QueueBatches;

    /// <summary>No more lines will come; returns when all that were submitted are stored and matched.</summary>
    public async Task Drain()
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running) await running;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var workers = settings.Workers > 0 ? settings.Workers : Math.Min(8, Environment.ProcessorCount);
        return Task.WhenAll(Normalisers(workers), Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(MatchStored, CancellationToken.None))));
    }

    private async Task Normalisers(int workers)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(NormaliseQueued, CancellationToken.None)));
        }
        finally
        {
            _stored.Writer.Complete();
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running) await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await BookWaiting();
    }

    /// <summary>Commits counts that have no lines to go with.</summary>
    public async Task BookWaiting()
    {
        if (!ledger.HasWaiting) return;
        var (batch, commit) = (new EventBatch(1), new BatchCommit());
        ledger.Take(commit.Ledger);
        try
        {
            await store.Append(batch, commit, CancellationToken.None);
        }
        catch (Exception e)
        {
            ledger.PutBack(commit.Ledger);
            if (e is not EventStoreFullException) throw;
            return;
        }
        // It has a place in the store's order like any other: without its answer detection would take it for lost and wait for it to be read back.
        Match(batch);
    }

    private void GivePlaceBack(RawBatch batch)
    {
        if (!batch.HoldsPlace) return;
        batch.HoldsPlace = false;
        _places.Release();
    }

    private async Task NormaliseQueued()
    {
        await foreach (var raw in _queue.Reader.ReadAllAsync())
        {
            GivePlaceBack(raw);
            var permits = Math.Max(1, (raw.Count + LinesPerPermit - 1) / LinesPerPermit);
            await _entrance.WaitAsync();
            for (var i = 0; i < permits; i++) await _room.WaitAsync();
            _entrance.Release();
            var batch = _batches.Rent();
            _stored.Writer.TryWrite(new InStore(raw, batch, permits, Store(raw, batch)));
        }
    }

    private async Task Store(RawBatch raw, EventBatch batch)
    {
        batch.Clear();
        // Most lines' values are slices of the raw line; what is written beside it is seldom more than half of it again.
        batch.MakeRoom(raw.Count, raw.Bytes + (raw.Bytes / 2));
        Normalise(raw, batch);
        if (raw.Count > 0 && HasNewSender(raw)) await sources.Persist(CancellationToken.None);
        ledger.Take(raw.Commit.Ledger);
        var counts = raw.Commit.Ledger.Count;
        BookStored(raw, batch);
        raw.LetBytesGo();
        try
        {
            await store.Append(batch, raw.Commit, CancellationToken.None);
        }
        catch
        {
            // The counts that came along, "received" of these lines among them, go on waiting; "stored" is void.
            ledger.PutBack(raw.Commit.Ledger.Take(counts));
            throw;
        }
        ledger.Stored(CollectionsMarshal.AsSpan(raw.Commit.Ledger)[counts..], raw.Sums());
        raw.Stored?.TrySetResult();
    }

    private async Task MatchStored()
    {
        await foreach (var (raw, batch, permits, stored) in _stored.Reader.ReadAllAsync())
        {
            var lines = raw.Count;
            try
            {
                await stored;
                Match(batch);
            }
            catch (EventStoreFullException e)
            {
                Refuse(raw, LedgerReasons.DiskFull, e);
            }
            catch (Exception e)
            {
                // A worker that ends would end collection; the batch is counted and the next one is tried.
                LogFailed(log, lines, e);
                Refuse(raw, LedgerReasons.StoreFailed, e);
            }
            ledger.Left(lines);
            _room.Release(permits);
            Return(raw);
            _batches.Return(batch);
        }
    }

    private void Match(EventBatch batch)
    {
        foreach (var matcher in _matchers)
        {
            try
            {
                matcher.Match(batch);
            }
            catch (Exception e)
            {
                // The lines are stored and stay so; what follows is a fault to be seen, not a loss to be booked.
                LogMatchFailed(log, matcher.GetType().Name, batch.Sequence, e);
            }
        }
    }

    /// <summary>A batch that is on its way into the store.</summary>
    private sealed record InStore(RawBatch Raw, EventBatch Batch, int Permits, Task Stored);

    private void Normalise(RawBatch raw, EventBatch batch)
    {
        Source? run = null;
        int inRun = 0, unparsedInRun = 0;
        foreach (ref readonly var line in raw.Lines)
        {
            if (!ReferenceEquals(line.Source, run))
            {
                run?.Count(inRun, unparsedInRun, clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
                (run, inRun, unparsedInRun) = (line.Source, 0, 0);
            }
            inRun++;
            normalizer.Normalize(batch, raw.Of(line), new LineContext { Received = line.Received, SourceId = line.Source.Id, Line = line.Line, Source = line.Source.Memory, Format = Format });
            if ((batch.Current.Flags & EventFlags.Unparsed) != 0) unparsedInRun++;
        }
        if (run is null) return;
        run.Count(inRun, unparsedInRun, clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        NoteSample(run, batch);
        var unparsed = 0;
        foreach (ref readonly var e in batch.Events)
            if ((e.Flags & EventFlags.Unparsed) != 0) unparsed++;
        if (unparsed > 0) Interlocked.Add(ref _unparsed, unparsed);
    }

    /// <summary>One event a batch is enough to keep the register's hints (skew, charset, parser, dataset) fresh.</summary>
    private void NoteSample(Source source, EventBatch batch)
    {
        var last = batch.Count - 1;
        var header = batch.Events[last];
        // A line without any time has that of its receipt; one without a zone tells of the zone.
        if (header.Time != header.Received && (header.Flags & EventFlags.Unparsed) == 0) source.CountSkew(header.Received - header.Time, (header.Flags & EventFlags.TimeAssumed) != 0);
        source.Charset = (header.Flags & EventFlags.Gb18030) != 0 ? "gb18030" : (header.Flags & EventFlags.LossyText) != 0 ? "latin1" : "utf-8";
        if (batch.Text(last, Field.JmParser) is { } parser) source.Parser = parser;
        if (batch.Text(last, Field.EventDataset) is { } dataset) sources.NoteDataset(dataset, header.Received);
    }

    private bool HasNewSender(RawBatch raw)
    {
        Source? last = null;
        var found = false;
        foreach (ref readonly var line in raw.Lines)
        {
            if (ReferenceEquals(line.Source, last)) continue;
            last = line.Source;
            if (last.Persisted) continue;
            sources.Keep(last);
            found = true;
        }
        return found;
    }

    /// <summary>Counts what goes into the store, not what came in: a line that normalising lost is a difference in the ledger.</summary>
    private static void BookStored(RawBatch raw, EventBatch batch)
    {
        var lines = raw.Lines;
        var events = batch.Events;
        var sums = new Dictionary<(int Source, long Minute), (long Lines, long Bytes)>();
        for (int i = 0, start = 0; i < events.Length; start = i)
        {
            var (source, minute, bytes) = (events[start].SourceId, events[start].Received / MicrosPerMinute, 0L);
            for (; i < events.Length && events[i].SourceId == source && events[i].Received / MicrosPerMinute == minute; i++) bytes += i < lines.Length ? lines[i].Length : 0;
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, (source, minute), out _);
            sum = (sum.Lines + i - start, sum.Bytes + bytes);
        }
        foreach (var ((source, minute), (count, bytes)) in sums) raw.Commit.Ledger.Add(new LedgerDelta(source, minute, LedgerReasons.Stored, count, bytes));
    }

    private void Refuse(RawBatch raw, string reason, Exception error)
    {
        if (!raw.SenderKeepsCopy)
        {
            Drop(raw, reason);
            return;
        }
        foreach (var ((source, minute), (lines, bytes)) in raw.Sums()) ledger.GaveBack(source, minute, lines, bytes);
        raw.Stored?.TrySetException(error);
    }

    private void Drop(RawBatch raw, string reason)
    {
        foreach (var ((source, minute), (lines, bytes)) in raw.Sums()) ledger.Dropped(source, minute, reason, lines, bytes);
    }

    /// <summary>Takes back a batch that was rented and not handed over, or is done with.</summary>
    public void Return(RawBatch batch)
    {
        batch.Clear();
        if (_pool.Count < settings.QueueBatches + 16) _pool.Add(batch);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Matcher} failed on batch {Sequence}")]
    private static partial void LogMatchFailed(ILogger log, string matcher, long sequence, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "A batch of {Lines} lines could not be stored")]
    private static partial void LogFailed(ILogger log, int lines, Exception error);
}
