using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;

namespace Juming.Site.Collection.Bulk;

/// <summary>Takes events over HTTP, one per line. Answers only after the lines are durable; a repeated idempotency key is answered from the first time.</summary>
internal sealed class BulkIntake(IngestPipeline pipeline, SourceRegister sources, LedgerBook ledger, IEventStore store, TimeProvider clock)
{
    /// <summary>Most lines of a request: one batch, so that one commit covers the request and its key.</summary>
    public const int MostLines = RawBatch.MostLines;

    /// <summary>Most bytes of a request, after gzip.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan KeepKeys = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, byte> _inUse = new(StringComparer.Ordinal);

    /// <summary>Stores the lines of a body.</summary>
    /// <param name="sender">Name of the token or person; names the source.</param>
    /// <param name="owner">Their kind and identity, which no two share; separates keys.</param>
    /// <param name="key">Idempotency key, or null.</param>
    /// <param name="encoding">"gzip", or nothing when the body is as it is.</param>
    /// <param name="body">Lines, UTF-8 or GB18030.</param>
    /// <param name="ct">Cancels waiting, not what was handed over.</param>
    public async Task<Result<BulkAnswer>> Take(string sender, string owner, string? key, string? encoding, PipeReader body, CancellationToken ct)
    {
        var packed = string.Equals(encoding, "gzip", StringComparison.OrdinalIgnoreCase);
        if (!packed && !string.IsNullOrEmpty(encoding) && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase)) return CollectionErrors.BadEncoding;
        if (key is not null && !IsKey(key)) return CollectionErrors.BadKey;
        var mark = key is null ? null : $"idem:{owner}:{key}";
        if (mark is not null && !_inUse.TryAdd(mark, 0)) return CollectionErrors.KeyInUse;
        try
        {
            if (mark is not null && await store.ReadMark(mark, ct) is { } first) return new BulkAnswer(int.Parse(first, System.Globalization.CultureInfo.InvariantCulture), true);
            if (pipeline.IsFull) return CollectionErrors.Busy;
            if (!packed) return await Store(sender, mark, body, ct);
            await using var stream = new GzipBody(body.AsStream());
            return await Store(sender, mark, PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024)), ct);
        }
        catch (InvalidDataException)
        {
            return CollectionErrors.BadGzip;
        }
        finally
        {
            if (mark is not null) _inUse.TryRemove(mark, out _);
        }
    }

    private async Task<Result<BulkAnswer>> Store(string sender, string? mark, PipeReader body, CancellationToken ct)
    {
        var source = sources.Get("http/" + sender, sender, proven: true);
        var taken = new ReceiptCount(ledger, null, source.Muted ? LedgerReasons.Muted : null);
        var cut = new ReceiptCount(ledger, null, LedgerReasons.Framing);
        var batch = pipeline.Rent();
        var (lines, refusal) = await Read(batch, source, body, taken, cut, ct);
        if (refusal is null && lines == 0) refusal = CollectionErrors.NoLines;
        if (refusal is not null)
        {
            pipeline.Return(batch);
            return refusal;
        }
        taken.Book();
        cut.Book();
        if (mark is not null) batch.Commit.Marks.Add((mark, lines.ToString(System.Globalization.CultureInfo.InvariantCulture), clock.GetUtcNow() + KeepKeys));
        batch.SenderKeepsCopy = true;
        var stored = batch.Stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await pipeline.Submit(batch, CancellationToken.None);
        try
        {
            // Not cancelled with the request: the key stays taken until its commit is decided.
            await stored.Task;
        }
        catch (EventStoreFullException)
        {
            return CollectionErrors.DiskFull;
        }
        return new BulkAnswer(lines, false);
    }

    private async Task<(int Lines, Error? Refusal)> Read(RawBatch batch, Source source, PipeReader body, ReceiptCount taken, ReceiptCount cut, CancellationToken ct)
    {
        var now = (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        var muted = source.Muted;
        var lines = 0;
        long used = 0;
        while (true)
        {
            var read = await body.ReadAsync(ct);
            var buffer = read.Buffer;
            if (used + buffer.Length > MostBytes) return (lines, End(body, buffer, CollectionErrors.TooManyBytes, MostBytes));
            var before = buffer.Length;
            while (Line(ref buffer, read.IsCompleted, out var line))
            {
                if (line.Length > 0 && line.Slice(line.Length - 1).FirstSpan[0] == (byte)'\r') line = line.Slice(0, line.Length - 1);
                if (line.IsEmpty) continue;
                if (++lines > MostLines) return (lines, End(body, buffer, CollectionErrors.TooManyLines, MostLines));
                if (line.Length > LineGatherer.MostLineBytes)
                {
                    cut.Add(source, now, line.Length - LineGatherer.MostLineBytes);
                    line = line.Slice(0, LineGatherer.MostLineBytes);
                }
                taken.Add(source, now, line.Length);
                // A muted sender's lines are taken, counted and go no further; its idempotency keys go on to count.
                if (!muted) batch.Add(line.IsSingleSegment ? line.FirstSpan : line.ToArray(), source, now);
            }
            used += before - buffer.Length;
            body.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) return (lines, null);
        }
    }

    private static Error End(PipeReader body, ReadOnlySequence<byte> buffer, Error error, int most)
    {
        body.AdvanceTo(buffer.End);
        return error.With("most", most.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static bool Line(ref ReadOnlySequence<byte> buffer, bool last, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }
        line = buffer;
        if (!last || buffer.IsEmpty) return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private static bool IsKey(string key)
    {
        if (key.Length is 0 or > 128) return false;
        foreach (var c in key)
            if (c is <= ' ' or > '~') return false;
        return true;
    }
}

/// <summary>Answer of the bulk endpoint.</summary>
/// <param name="Accepted">Lines that are durable.</param>
/// <param name="Repeated">The key was known; nothing was stored twice.</param>
internal sealed record BulkAnswer(int Accepted, bool Repeated);
