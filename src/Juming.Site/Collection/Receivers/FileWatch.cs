using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Juming.Site.Collection.Receivers;

/// <summary>Finds the files of the settings and follows each once, whatever name it bears: a rotated file is known by what it is, not by its path.</summary>
internal sealed partial class FileWatch(IngestPipeline pipeline, SourceRegister sources, LedgerBook ledger, IEventStore store, CollectionSettings settings, TimeProvider clock, ILogger<FileWatch> log)
{
    private static readonly string[] PackedEndings = [".gz", ".bz2", ".xz", ".zst", ".zip", ".lz4"];

    private readonly Dictionary<string, (FileTail Tail, Task Loop)> _tails = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _read = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);

    /// <summary>Completes when no file is followed any more.</summary>
    public Task Ended => Task.WhenAll(_tails.Values.Select(t => t.Loop));

    /// <summary>Files that are followed.</summary>
    public int Following => _tails.Count;

    /// <summary>Looks once at all patterns. Not to be called twice at a time.</summary>
    public void Look(CancellationToken ct)
    {
        foreach (var (key, (tail, loop)) in _tails.Where(t => t.Value.Loop.IsCompleted).ToList())
        {
            _tails.Remove(key);
            if (loop.IsCompletedSuccessfully) _read[key] = tail.Offset;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // Of a file that both name, the rule for its lines counts.
        foreach (var (pattern, joiner) in settings.JoinedFiles.Select(LineJoiner.Read)) Look(Path.GetFullPath(pattern), joiner, seen, ct);
        foreach (var pattern in settings.Files) Look(Path.GetFullPath(pattern), null, seen, ct);
        foreach (var key in _read.Keys.Where(k => !seen.Contains(k)).ToList()) _read.Remove(key);
    }

    private void Look(string pattern, LineJoiner? joiner, HashSet<string> seen, CancellationToken ct)
    {
        var folder = Path.GetDirectoryName(pattern)!;
        if (!Directory.Exists(folder)) return;
        var packed = 0;
        foreach (var path in Directory.EnumerateFiles(folder, Path.GetFileName(pattern)))
        {
            try
            {
                if (PackedEndings.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase))) packed++;
                else if (!Follow(path, joiner, seen, ct)) packed++;
                _unreadable.Remove(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (_unreadable.Add(path)) LogUnreadable(log, path, e.Message);
            }
        }
        // Rotation packs what was read as text before; reading it again would double every line.
        if (packed > 0) sources.Get("file/" + pattern, Path.GetFileName(pattern), proven: true).PackedFiles = packed;
    }

    /// <summary>Begins to follow a file that isn't yet; false when it is packed.</summary>
    private bool Follow(string path, LineJoiner? joiner, HashSet<string> seen, CancellationToken ct)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var kept = false;
        try
        {
            var status = FileStatus.Of(handle);
            var key = status is { } s ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{s.Device:x}-{s.Node:x}") : "path-" + path;
            seen.Add(key);
            if (_tails.ContainsKey(key)) return true;
            if (_read.TryGetValue(key, out var length) && RandomAccess.GetLength(handle) == length) return true;
            if (IsGzip(handle)) return false;
            var tail = new FileTail(key, path, handle, joiner, pipeline, sources, ledger, store, settings, clock, log);
            _tails[key] = (tail, Task.Run(() => tail.Follow(ct), CancellationToken.None));
            kept = true;
            return true;
        }
        finally
        {
            if (!kept) handle.Dispose();
        }
    }

    private static bool IsGzip(SafeFileHandle handle)
    {
        Span<byte> head = stackalloc byte[2];
        return RandomAccess.Read(handle, head, 0) == 2 && head is [0x1f, 0x8b];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} can't be read: {Reason}")]
    private static partial void LogUnreadable(ILogger log, string path, string reason);
}
