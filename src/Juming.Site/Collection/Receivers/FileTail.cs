using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Juming.Site.Collection.Receivers;

/// <summary>
/// Reads one open file to its end, and on while it grows; a renamed or deleted one until it has been quiet for a while, its last line included.
/// The position is committed with the lines it covers, so after any crash reading goes on exactly there. It is kept by the file's number and
/// believed only when the first bytes are the same, because numbers come back.
/// </summary>
internal sealed partial class FileTail(
    string key, string path, SafeFileHandle file, LineJoiner? joiner, IngestPipeline pipeline, SourceRegister sources, LedgerBook ledger, IEventStore store, CollectionSettings settings, TimeProvider clock, ILogger log)
{
    private const int HeadBytes = 256;
    private const int ReadBytes = 1024 * 1024;
    private const string MarkPrefix = "tail:";

    private readonly ReceiptCount _taken = new(ledger, null);
    private readonly ReceiptCount _muted = new(ledger, null, LedgerReasons.Muted);
    private readonly ReceiptCount _cut = new(ledger, null, LedgerReasons.Framing);
    private Position _position = new(0, 0, 0, path);
    private (long Length, long Since) _grown;

    /// <summary>Bytes whose lines are durable.</summary>
    public long Offset => _position.Offset;

    /// <summary>Follows until the file has left its place and is read, or the token ends it. Closes the file.</summary>
    public async Task Follow(CancellationToken ct)
    {
        using var _ = file;
        try
        {
            await Restore(ct);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(50, settings.GatherMilliseconds)), clock);
            var quietSince = clock.GetTimestamp();
            do
            {
                try
                {
                    while (await ReadSome(last: false, ct)) quietSince = clock.GetTimestamp();
                    if (clock.GetElapsedTime(quietSince) < TimeSpan.FromSeconds(settings.RotatedFileSeconds) || HasItsPlace()) continue;
                    while (await ReadSome(last: true, ct)) { }
                    if (RandomAccess.GetLength(file) <= _position.Offset) return;
                }
                catch (IOException e)
                {
                    LogUnreadable(log, path, e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
    }

    /// <summary>True while the path still names this file. Writers go on writing to a rotated file until they are told, so its end is not final at once.</summary>
    private bool HasItsPlace() => FileStatus.Of(file) is not { } mine ? File.Exists(path) : FileStatus.Of(path, follow: true) == mine;

    /// <summary>The position by the file's number; or one that an earlier version kept by path, of a file that begins with the same bytes.</summary>
    private async Task Restore(CancellationToken ct)
    {
        if (await store.ReadMark(MarkPrefix + key, ct) is { } mark)
        {
            var kept = JsonSerializer.Deserialize<Position>(mark)!;
            if (Fits(kept)) _position = kept with { Path = kept.Path ?? path };
            return;
        }
        var older = await store.ReadMarks(MarkPrefix + "/", ct);
        if (older.TryGetValue(MarkPrefix + path, out var own) && JsonSerializer.Deserialize<Position>(own) is { } byPath && Fits(byPath)) _position = byPath with { Path = path };
        else if (older.Select(o => JsonSerializer.Deserialize<Position>(o.Value)! with { Path = o.Key[MarkPrefix.Length..] }).FirstOrDefault(p => p.HeadLength == HeadBytes && Fits(p)) is { } byHead) _position = byHead;
    }

    private bool Fits(Position position) => position.Offset > 0 && position.HeadLength > 0 && RandomAccess.GetLength(file) >= position.Offset && HashOfHead(position.HeadLength) == (position.HeadHash, position.HeadLength);

    private async Task<bool> ReadSome(bool last, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var length = RandomAccess.GetLength(file);
        // Shorter, or another beginning: it was emptied in place and written anew.
        if (_position.Offset > 0 && (length < _position.Offset || HashOfHead(_position.HeadLength) != (_position.HeadHash, _position.HeadLength))) _position = new Position(0, 0, 0, _position.Path);
        if (length == _position.Offset) return false;
        if (length != _grown.Length) _grown = (length, clock.GetTimestamp());
        // An event whose lines go on in the next ones is waited for as long as they come; then what is there is all of it.
        var isOver = joiner is not null && clock.GetElapsedTime(_grown.Since) >= LineJoiner.LongestWait;
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, ReadBytes), _position.Offset, ct);
            return await Take(buffer.AsMemory(0, read), isOver, last, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<bool> Take(ReadOnlyMemory<byte> read, bool isOver, bool last, CancellationToken ct)
    {
        var name = _position.Path ?? path;
        var source = sources.Get("file/" + name, Path.GetFileName(name), proven: true);
        var batch = pipeline.Rent();
        var used = Fill(batch, read.Span, source, isOver, last);
        if (used == 0)
        {
            pipeline.Return(batch);
            return false;
        }
        _taken.Book();
        _muted.Book();
        _cut.Book();
        var next = _position with { Offset = _position.Offset + used };
        if (next.HeadLength < HeadBytes)
        {
            var (hash, length) = HashOfHead((int)Math.Min(HeadBytes, next.Offset));
            next = next with { HeadHash = hash, HeadLength = length };
        }
        batch.Commit.Marks.Add((MarkPrefix + key, JsonSerializer.Serialize(next), null));
        batch.SenderKeepsCopy = true;
        var stored = batch.Stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await pipeline.Submit(batch, CancellationToken.None);
        try
        {
            await stored.Task.WaitAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever refused the lines, they are still in the file; a tail that ended here would stay silent until the next start.
            LogLater(log, path, e.Message);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, ct);
            return false;
        }
        _position = next;
        return true;
    }

    private int Fill(RawBatch batch, ReadOnlySpan<byte> read, Source source, bool isOver, bool last)
    {
        var now = (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        var used = 0;
        while (used < read.Length && !batch.IsFull)
        {
            var rest = read[used..];
            var length = joiner?.Length(rest, isOver, last) ?? rest.IndexOf((byte)'\n') + 1;
            // A line longer than the buffer is taken in pieces; the first is cut and marked, the others follow as lines of their own.
            if (length == 0 && !last && (used > 0 || read.Length < ReadBytes)) break;
            var line = length == 0 ? rest : rest[..length];
            used += line.Length;
            if (line is [.., (byte)'\n']) line = line[..^1];
            if (line is [.., (byte)'\r']) line = line[..^1];
            if (line.IsEmpty) continue;
            if (source.Muted)
            {
                _muted.Add(source, now, line.Length);
                continue;
            }
            if (line.Length > LineGatherer.MostLineBytes)
            {
                _cut.Add(source, now, line.Length - LineGatherer.MostLineBytes);
                line = line[..LineGatherer.MostLineBytes];
            }
            _taken.Add(source, now, line.Length);
            batch.Add(line, source, now);
        }
        return used;
    }

    private (long Hash, int Length) HashOfHead(int length)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        var n = RandomAccess.Read(file, head[..Math.Min(length, HeadBytes)], 0);
        return (BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(head[..n])), n);
    }

    private sealed record Position(long Offset, long HeadHash, int HeadLength, string? Path = null);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} can't be read: {Reason}")]
    private static partial void LogUnreadable(ILogger log, string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} waits: {Reason}")]
    private static partial void LogLater(ILogger log, string path, string reason);
}
