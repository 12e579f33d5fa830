using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Receivers;

/// <summary>
/// Follows one file across rotation. The position is committed with the lines it covers, so after any crash reading goes on exactly there.
/// A file is recognised by a hash of its first bytes, because inode numbers come back.
/// </summary>
internal sealed partial class FileTail(string path, IngestPipeline pipeline, SourceRegister sources, IEventStore store, CollectionSettings settings, TimeProvider clock, ILogger log)
{
    private const int HeadBytes = 256;
    private const int ReadBytes = 1024 * 1024;

    private readonly byte[] _buffer = new byte[ReadBytes];
    private Position _position = new(0, 0, 0);
    private string MarkKey => "tail:" + path;

    /// <summary>Follows until the token ends it.</summary>
    public async Task Follow(CancellationToken ct)
    {
        if (await store.ReadMark(MarkKey, ct) is { } mark) _position = JsonSerializer.Deserialize<Position>(mark)!;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(50, settings.GatherMilliseconds)), clock);
        try
        {
            do
            {
                try
                {
                    while (await ReadSome(ct) && !ct.IsCancellationRequested) { }
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    LogUnreadable(log, path, e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
    }

    private async Task<bool> ReadSome(CancellationToken ct)
    {
        if (!File.Exists(path)) return false;
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        if (IsAnother(file)) _position = new Position(0, 0, 0);
        file.Position = _position.Offset;
        var read = await file.ReadAtLeastAsync(_buffer, _buffer.Length, throwOnEndOfStream: false, ct);
        var used = await Take(read, file, ct);
        return used > 0;
    }

    private async Task<int> Take(int read, FileStream file, CancellationToken ct)
    {
        if (read == 0) return 0;
        var source = sources.Get("file/" + path, Path.GetFileName(path));
        var batch = pipeline.Rent();
        var now = (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        var used = 0;
        while (used < read && !batch.IsFull)
        {
            var rest = _buffer.AsSpan(used, read - used);
            var end = rest.IndexOf((byte)'\n');
            // A line longer than the buffer is taken in pieces; the first is cut and marked, the others follow as lines of their own.
            if (end < 0 && (used > 0 || read < _buffer.Length)) break;
            var line = end < 0 ? rest : rest[..end];
            if (line.Length > 0 && line[^1] == (byte)'\r') line = line[..^1];
            if (!line.IsEmpty && !source.Muted) batch.Add(line.Length > LineGatherer.MostLineBytes ? line[..LineGatherer.MostLineBytes] : line, source, now);
            used += end < 0 ? rest.Length : end + 1;
        }
        if (used == 0)
        {
            return 0;
        }
        var next = _position with { Offset = _position.Offset + used };
        if (next.HeadLength < HeadBytes) next = Head(file, next);
        batch.Commit.Marks.Add((MarkKey, JsonSerializer.Serialize(next), null));
        batch.SenderKeepsCopy = true;
        batch.Stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stored = batch.Stored.Task;
        await pipeline.Submit(batch, ct);
        try
        {
            await stored.WaitAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever refused the lines, they are still in the file; a tail that ended here would stay silent until the next start.
            LogLater(log, path, e.Message);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, ct);
            return 0;
        }
        _position = next;
        return used;
    }

    private bool IsAnother(FileStream file)
    {
        if (_position.Offset == 0) return false;
        if (file.Length < _position.Offset) return true;
        return Head(file, _position with { HeadLength = 0 }, _position.HeadLength).HeadHash != _position.HeadHash;
    }

    private static Position Head(FileStream file, Position position, int length = HeadBytes)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        file.Position = 0;
        var most = (int)Math.Min(length, Math.Min(HeadBytes, position.Offset == 0 ? file.Length : Math.Min(file.Length, position.Offset)));
        var n = file.ReadAtLeast(head[..most], most, throwOnEndOfStream: false);
        return position with { HeadHash = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(head[..n])), HeadLength = n };
    }

    private sealed record Position(long Offset, long HeadHash, int HeadLength);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} can't be read: {Reason}")]
    private static partial void LogUnreadable(ILogger log, string path, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} waits: {Reason}")]
    private static partial void LogLater(ILogger log, string path, string reason);
}
