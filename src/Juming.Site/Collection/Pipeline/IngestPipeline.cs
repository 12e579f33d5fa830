using System.Collections.Concurrent;
using System.Threading.Channels;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Pipeline;

/// <summary>
/// The fast path: bounded queue → workers, each normalise → append → match with a batch of its own. Append comes before match, so that
/// nothing that was announced can be missing; every line that does not reach the store is counted with its reason.
/// </summary>
internal sealed partial class IngestPipeline(
    IEventStore store, ILineNormalizer normalizer, IEnumerable<IBatchMatcher> matchers, SourceRegister sources, LedgerBook ledger,
    CollectionSettings settings, TimeProvider clock, ILogger<IngestPipeline> log) : BackgroundService
{
    private const long MicrosPerMinute = 60_000_000;

    private readonly Channel<RawBatch> _queue = Channel.CreateBounded<RawBatch>(new BoundedChannelOptions(settings.QueueBatches) { FullMode = BoundedChannelFullMode.Wait });
    private readonly ConcurrentBag<RawBatch> _pool = [];
    private readonly IBatchMatcher[] _matchers = [.. matchers];

    /// <summary>Events that no parser knew, since the start.</summary>
    public long Unparsed => Interlocked.Read(ref _unparsed);

    /// <summary>Batches waiting.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>A parser's name that every line is read with, or null to find out; a replay's choice.</summary>
    public string? Format { get; set; }

    private long _unparsed;

    /// <summary>An empty batch to fill.</summary>
    public RawBatch Rent() => _pool.TryTake(out var batch) ? batch : new RawBatch();

    /// <summary>Hands lines over, waiting while the queue is full. For transports that can wait.</summary>
    public async ValueTask Submit(RawBatch batch, CancellationToken ct)
    {
        ledger.Entered(batch.Count);
        try
        {
            await _queue.Writer.WriteAsync(batch, ct);
        }
        catch
        {
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
        Return(batch);
    }

    /// <summary>True when a transport that can answer should say "later".</summary>
    public bool IsFull => _queue.Reader.Count >= settings.QueueBatches;

    /// <summary>No more lines will come; returns when all that were submitted are stored and matched.</summary>
    public async Task Drain()
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running) await running;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var workers = settings.Workers > 0 ? settings.Workers : Math.Min(8, Environment.ProcessorCount + 1);
        return Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(Work, CancellationToken.None)));
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
        var commit = new BatchCommit();
        ledger.Take(commit.Ledger);
        try
        {
            await store.Append(new EventBatch(1), commit, CancellationToken.None);
        }
        catch (EventStoreFullException)
        {
            ledger.PutBack(commit.Ledger);
        }
    }

    private async Task Work()
    {
        var batch = new EventBatch(RawBatch.MostLines);
        await foreach (var raw in _queue.Reader.ReadAllAsync())
        {
            var lines = raw.Count;
            try
            {
                await Process(raw, batch);
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
            Return(raw);
        }
    }

    private async Task Process(RawBatch raw, EventBatch batch)
    {
        batch.Clear();
        Normalise(raw, batch);
        if (raw.Count > 0 && HasNewSender(raw)) await sources.Persist(CancellationToken.None);
        ledger.Take(raw.Commit.Ledger);
        CountStored(raw);
        try
        {
            await store.Append(batch, raw.Commit, CancellationToken.None);
        }
        catch
        {
            ledger.PutBack(raw.Commit.Ledger.Where(d => d.Reason is not (LedgerReasons.Stored or LedgerReasons.Received)));
            throw;
        }
        ledger.CountStored(raw.Count);
        raw.Stored?.TrySetResult();
        foreach (var matcher in _matchers) matcher.Match(batch);
    }

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
        if ((header.Flags & (EventFlags.TimeAssumed | EventFlags.Unparsed)) == 0) source.CountSkew(header.Received - header.Time);
        source.Charset = (header.Flags & EventFlags.Gb18030) != 0 ? "gb18030" : (header.Flags & EventFlags.LossyText) != 0 ? "latin1" : "utf-8";
        if (batch.Text(last, Field.JmParser) is { } parser) source.Parser = parser;
        if (batch.Text(last, Field.EventDataset) is { } dataset) sources.NoteDataset(dataset, header.Received);
    }

    private static bool HasNewSender(RawBatch raw)
    {
        Source? last = null;
        foreach (ref readonly var line in raw.Lines)
        {
            if (ReferenceEquals(line.Source, last)) continue;
            if (!line.Source.Persisted) return true;
            last = line.Source;
        }
        return false;
    }

    private static void CountStored(RawBatch raw)
    {
        var start = 0;
        var lines = raw.Lines;
        for (var i = 1; i <= lines.Length; i++)
        {
            if (i < lines.Length && ReferenceEquals(lines[i].Source, lines[start].Source) && lines[i].Received / MicrosPerMinute == lines[start].Received / MicrosPerMinute) continue;
            long bytes = 0;
            for (var j = start; j < i; j++) bytes += lines[j].Length;
            var minute = lines[start].Received / MicrosPerMinute;
            raw.Commit.Ledger.Add(new LedgerDelta(lines[start].Source.Id, minute, LedgerReasons.Received, i - start, bytes));
            raw.Commit.Ledger.Add(new LedgerDelta(lines[start].Source.Id, minute, LedgerReasons.Stored, i - start, bytes));
            start = i;
        }
    }

    private void Refuse(RawBatch raw, string reason, Exception error)
    {
        if (raw.SenderKeepsCopy) raw.Stored?.TrySetException(error);
        else Drop(raw, reason, entered: false);
    }

    private void Drop(RawBatch raw, string reason, bool entered = true)
    {
        foreach (ref readonly var line in raw.Lines) ledger.Dropped(line.Source.Id, line.Received / MicrosPerMinute, reason, 1, line.Length);
        if (entered) ledger.Left(raw.Count);
    }

    private void Return(RawBatch batch)
    {
        batch.Clear();
        if (_pool.Count < settings.QueueBatches + 16) _pool.Add(batch);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A batch of {Lines} lines could not be stored")]
    private static partial void LogFailed(ILogger log, int lines, Exception error);
}
