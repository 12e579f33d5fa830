using System.Collections.Concurrent;
using System.IO.Pipelines;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;

namespace Juming.Site.Collection.Bulk;

/// <summary>Takes events over HTTP, one per line. Answers only after the lines are durable; a repeated idempotency key is answered from the first time.</summary>
internal sealed class BulkIntake(IngestPipeline pipeline, SourceRegister sources, IEventStore store, TimeProvider clock)
{
    /// <summary>Most lines of a request: one batch, so that one commit covers the request and its key.</summary>
    public const int MostLines = RawBatch.MostLines;

    private static readonly TimeSpan KeepKeys = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, byte> _inUse = new(StringComparer.Ordinal);

    /// <summary>Stores the lines of a body.</summary>
    /// <param name="sender">Name of the token or person; names the source.</param>
    /// <param name="owner">Their kind and identity, which no two share; separates keys.</param>
    /// <param name="key">Idempotency key, or null.</param>
    /// <param name="body">Lines, UTF-8 or GB18030.</param>
    /// <param name="ct">Cancels waiting, not what was handed over.</param>
    public async Task<Result<BulkAnswer>> Take(string sender, string owner, string? key, PipeReader body, CancellationToken ct)
    {
        if (key is not null && !IsKey(key)) return CollectionErrors.BadKey;
        var mark = key is null ? null : $"idem:{owner}:{key}";
        if (mark is not null && !_inUse.TryAdd(mark, 0)) return CollectionErrors.KeyInUse;
        try
        {
            if (mark is not null && await store.ReadMark(mark, ct) is { } first) return new BulkAnswer(int.Parse(first, System.Globalization.CultureInfo.InvariantCulture), true);
            if (pipeline.IsFull) return CollectionErrors.Busy;
            return await Store(sender, mark, body, ct);
        }
        finally
        {
            if (mark is not null) _inUse.TryRemove(mark, out _);
        }
    }

    private async Task<Result<BulkAnswer>> Store(string sender, string? mark, PipeReader body, CancellationToken ct)
    {
        var source = sources.Get("http/" + sender, sender);
        var batch = pipeline.Rent();
        if (await Read(batch, source, body, ct) is { } refusal)
        {
            batch.Clear();
            return refusal;
        }
        var lines = batch.Count;
        if (lines == 0) return CollectionErrors.NoLines;
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

    private async Task<Error?> Read(RawBatch batch, Source source, PipeReader body, CancellationToken ct)
    {
        var now = (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        while (true)
        {
            var read = await body.ReadAsync(ct);
            var buffer = read.Buffer;
            while (Line(ref buffer, read.IsCompleted, out var line))
            {
                if (batch.Count == MostLines || batch.Bytes > 4 * RawBatch.FullBytes) return CollectionErrors.TooManyLines.With("most", MostLines.ToString(System.Globalization.CultureInfo.InvariantCulture));
                Add(batch, source, line, now);
            }
            if (buffer.Length > SyslogFraming.MostCounted)
            {
                body.AdvanceTo(buffer.End);
                return CollectionErrors.TooManyLines.With("most", MostLines.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
            body.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    private static void Add(RawBatch batch, Source source, System.Buffers.ReadOnlySequence<byte> line, long now)
    {
        if (line.Length > LineGatherer.MostLineBytes) line = line.Slice(0, LineGatherer.MostLineBytes);
        var bytes = line.IsSingleSegment ? line.FirstSpan : System.Buffers.BuffersExtensions.ToArray(line);
        if (bytes.Length > 0 && bytes[^1] == (byte)'\r') bytes = bytes[..^1];
        if (!bytes.IsEmpty) batch.Add(bytes, source, now);
    }

    private static bool Line(ref System.Buffers.ReadOnlySequence<byte> buffer, bool last, out System.Buffers.ReadOnlySequence<byte> line)
    {
        if (System.Buffers.BuffersExtensions.PositionOf(buffer, (byte)'\n') is { } end)
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
