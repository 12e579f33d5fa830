using System.Diagnostics;
using System.IO.Compression;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection.Replay;

/// <summary>Reads files in large pieces into batches; the pipeline's workers do the rest.</summary>
internal sealed class FileReplay(IngestPipeline pipeline, LedgerBook ledger, SourceRegister sources, TimeProvider clock) : IReplay
{
    private const int ReadBytes = 1024 * 1024;

    private long _lines;
    private long _bytes;

    /// <inheritdoc/>
    public string FileOf(int sourceId) => sources.Find(sourceId) is { } source ? source.Key["replay/".Length..] : "";

    /// <inheritdoc/>
    public async Task<ReplayReport> Run(IReadOnlyList<string> files, string format, IProgress<ReplayProgress>? progress, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        pipeline.Format = format == "auto" ? null : format;
        await using var timer = clock.CreateTimer(_ => progress?.Report(new ReplayProgress(_lines, _bytes, watch.Elapsed.TotalSeconds)), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var broken = new List<BrokenFile>();
        foreach (var file in files)
        {
            var before = _lines;
            try
            {
                await ReadFile(file, ct);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                broken.Add(new BrokenFile(file, _lines - before, e.Message));
            }
        }
        await pipeline.Drain();
        await pipeline.BookWaiting();
        return new ReplayReport
        {
            Events = _lines,
            Bytes = _bytes,
            Seconds = watch.Elapsed.TotalSeconds,
            Stored = ledger.StoredLines,
            Unparsed = pipeline.Unparsed,
            Dropped = ledger.Totals.Where(t => t.Key is not (LedgerReasons.Received or LedgerReasons.Stored)).ToDictionary(t => t.Key, t => t.Value),
            Broken = broken,
        };
    }

    private async Task ReadFile(string path, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.SequentialScan);
        await using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        var source = sources.Get("replay/" + Path.GetFullPath(path), Path.GetFileName(path), proven: true);
        var buffer = new byte[ReadBytes + LineGatherer.MostLineBytes];
        int kept = 0, number = 0;
        var skipping = false;
        var taken = new ReceiptCount(ledger, null);
        var batch = pipeline.Rent().ForFull();
        while (true)
        {
            int read;
            try
            {
                // A pipe may give nothing for ever, and the read itself can't be called back.
                read = await stream.ReadAsync(buffer.AsMemory(kept), ct).AsTask().WaitAsync(ct);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                // What was read before the damage is good.
                if (batch.Count > 0) await pipeline.Submit(batch, ct);
                throw;
            }
            _bytes += read;
            var end = kept + read;
            var start = 0;
            var now = (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
            while (start < end)
            {
                var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
                if (length < 0 && read > 0 && end - start < buffer.Length) break;
                var whole = length >= 0;
                if (!whole) length = end - start;
                // A line beyond the buffer: its head is one event, the rest is passed over.
                if (!skipping) Add(batch, buffer.AsSpan(start, length), source, now, ++number, taken);
                skipping = !whole && read > 0;
                start += whole ? length + 1 : length;
                if (!batch.IsFull) continue;
                taken.Book();
                await pipeline.Submit(batch, ct);
                batch = pipeline.Rent().ForFull();
            }
            if (read == 0) break;
            kept = end - start;
            Buffer.BlockCopy(buffer, start, buffer, 0, kept);
        }
        taken.Book();
        if (batch.Count > 0) await pipeline.Submit(batch, ct);
    }

    private void Add(RawBatch batch, ReadOnlySpan<byte> line, Source source, long now, int number, ReceiptCount taken)
    {
        if (line.Length > 0 && line[^1] == (byte)'\r') line = line[..^1];
        if (line.IsEmpty) return;
        _lines++;
        if (line.Length > LineGatherer.MostLineBytes) line = line[..LineGatherer.MostLineBytes];
        taken.Add(source, now, line.Length);
        batch.Add(line, source, now, number);
    }
}
