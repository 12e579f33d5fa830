using System.Collections.Concurrent;
using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Events.Store;

/// <summary>Space and retention.</summary>
internal sealed partial class DuckEventStore
{
    private const long MicrosPerDay = 86_400_000_000;
    private static readonly TimeSpan GiveUpFor = TimeSpan.FromHours(1);

    private readonly ConcurrentQueue<SegmentGone> _gone = new();
    private (Segment Segment, long Other, long Freed)? _lastRemoval;
    private DateTimeOffset _uselessUntil;

    /// <summary>Why the disk is too full although nothing is removed, as a sentence; null when all is well.</summary>
    public string? DiskTrouble { get; private set; }

    /// <summary>Share of the store's disk that is in use, in percent.</summary>
    public double UsedPercent() => Disk() is var (total, free) ? 100.0 * (total - free) / Math.Max(1, total) : 0;

    /// <summary>What became of segments since the last call; the caller writes it to the audit trail.</summary>
    public IEnumerable<SegmentGone> TakeGone()
    {
        while (_gone.TryDequeue(out var gone)) yield return gone;
    }

    /// <summary>Puts back what could not be written.</summary>
    public void PutBack(SegmentGone gone) => _gone.Enqueue(gone);

    /// <summary>
    /// Removes the segments that are past their age, and the oldest one while the disk is fuller than allowed and removing helps; their ledger
    /// moves on. Forgets marks that have expired. Returns how many went.
    /// </summary>
    public async Task<int> Retire(CancellationToken ct)
    {
        await _writer.WaitAsync(ct);
        try
        {
            SetLevel();
            _marks.Expire(Now);
            // Also where nobody sends any more: the last segment is closed and can go in its time.
            if (_level != StoreLevel.Full && MustRoll(_hot, Now)) Roll();
            var oldest = Now - (_settings.KeepDays * MicrosPerDay);
            var gone = 0;
            while (_segments.Count > 1 && _segments[0].MaxReceived < oldest)
            {
                Drop(_segments[0], "age");
                gone++;
            }
            if (gone == 0 && MakesRoom())
            {
                Drop(_segments[0], "disk");
                gone++;
            }
            return gone;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>Ends the segment that is being written, if it holds anything; tells the file that is written from now on, and how many events lie in the others.</summary>
    /// <exception cref="EventStoreFullException">A new segment has no room.</exception>
    public async Task<(string Open, long Events)> Close(CancellationToken ct)
    {
        await _writer.WaitAsync(ct);
        try
        {
            SetLevel();
            if (_level == StoreLevel.Full) throw new EventStoreFullException("The disk has no room for a new segment.");
            if (_hot.Rows > 0) Roll();
            return (_hot.Path, _segments.Where(s => s != _hot).Sum(s => s.Rows));
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>True when the disk is too full and removing the oldest segment is right. One a pass, so that each shows whether it helped.</summary>
    private bool MakesRoom()
    {
        var (total, free) = Disk();
        var own = Directory.EnumerateFiles(_folder).Sum(f => new FileInfo(f) is { Exists: true } file ? file.Length : 0);
        var (used, other) = (total - free, total - free - own);
        var over = used - (long)(total * (_settings.DiskPercent / 100.0));
        if (over <= 0)
        {
            (_lastRemoval, _uselessUntil, DiskTrouble) = (null, default, null);
            return false;
        }
        if (_segments.Count < 2) return Refuse("the event store holds only its newest segment");
        // Someone still reads the last one; nobody knows yet what its going brings.
        if (_clock.GetUtcNow() < _uselessUntil || _lastRemoval is { Segment.Readers: > 0 }) return false;
        if (_lastRemoval is { } last && other - last.Other > last.Freed / 2)
        {
            _lastRemoval = null;
            _uselessUntil = _clock.GetUtcNow() + GiveUpFor;
            return Refuse("removing old events frees no room that stays free");
        }
        var isFull = _level == StoreLevel.Full;
        // When writing has stopped already, enough to go on is enough.
        var needed = isFull ? (_settings.LeastFreeMegabytes * 1_048_576L) - free : over;
        if (_segments.SkipLast(1).Sum(s => s.Bytes) < needed) return Refuse("other data fills it, and removing events would not bring it below the limit");
        if (!isFull && own < used / 2 && _segments[0].MaxReceived >= Now - (_settings.KeepLeastDays * MicrosPerDay))
            return Refuse(string.Create(CultureInfo.InvariantCulture, $"other data takes most of it, and events of the last {_settings.KeepLeastDays} days are kept"));
        DiskTrouble = null;
        _lastRemoval = (_segments[0], other, _segments[0].Bytes);
        return true;
    }

    private bool Refuse(string why)
    {
        if (DiskTrouble != why) LogNoRoom(_log, why);
        DiskTrouble = why;
        return false;
    }

    /// <summary>Retires a segment. One commit moves its ledger on and says so: a kill afterwards leaves a file that the next start deletes.</summary>
    private void Drop(Segment segment, string reason)
    {
        var history = segment.HasHistory ? $"INSERT INTO {_hot.Alias}.history SELECT * FROM {segment.Alias}.history WHERE what <> 'closed';" : "";
        _duck.Execute("BEGIN TRANSACTION");
        try
        {
            _duck.Execute($"""
                INSERT INTO {_hot.Alias}.ledger SELECT source, minute // 1440 * 1440, reason, sum(count), sum(bytes) FROM {segment.Alias}.ledger GROUP BY ALL;
                {history}
                INSERT INTO {_hot.Alias}.history VALUES {HistoryRow(segment, "retired", reason)};
                COMMIT
                """);
        }
        catch (DuckDBException)
        {
            TryRollback();
            throw;
        }
        bool isFree;
        lock (_segmentsGate)
        {
            _segments = [.. _segments.Where(s => s != segment)];
            segment.Leaving = true;
            isFree = segment.Readers == 0;
        }
        Tell("retired", segment, reason);
        LogRetired(_log, reason == "age" ? LogLevel.Information : LogLevel.Warning, segment.Path, segment.Rows, reason);
        if (isFree) Remove(segment);
    }

    private void Remove(Segment segment)
    {
        try
        {
            _duck.Detach(segment.Alias);
            DeleteFiles(segment.Path);
        }
        catch (Exception e) when (e is DuckDBException or IOException)
        {
            // It is retired all the same: the next start deletes it.
            LogNotRemoved(_log, segment.Path, e.Message);
        }
    }

    private static void DeleteFiles(string file)
    {
        File.Delete(file + ".wal");
        File.Delete(file);
    }

    private void Tell(string what, Segment segment, string reason) =>
        _gone.Enqueue(new SegmentGone(what, Path.GetFileName(segment.Path), reason, segment.Rows == 0 ? null : segment.Rows, segment.Rows == 0 ? null : Instant(segment.MinReceived), segment.Rows == 0 ? null : Instant(segment.MaxReceived)));

    private static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * 10);

    private void LookAtSpace()
    {
        var now = _clock.GetTimestamp();
        var due = Interlocked.Read(ref _nextSpaceLook);
        if (now < due || Interlocked.CompareExchange(ref _nextSpaceLook, now + (_clock.TimestampFrequency * 2), due) != due) return;
        SetLevel();
    }

    private void SetLevel()
    {
        var (total, bytes) = Disk();
        var free = bytes / 1_048_576;
        var level = free < _settings.LeastFreeMegabytes ? StoreLevel.Full : total - bytes > total * (_settings.DiskPercent / 100.0) ? StoreLevel.Tight : StoreLevel.Good;
        if (level == _level) return;
        _level = level;
        LogLevelChanged(_log, level, free);
    }

    [LoggerMessage(Message = "Segment {File} with {Rows} events is retired: {Reason}")]
    private static partial void LogRetired(ILogger log, LogLevel level, string file, long rows, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The retired segment {File} is deleted at the next start: {Reason}")]
    private static partial void LogNotRemoved(ILogger log, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The disk is fuller than allowed and no events are removed: {Why}")]
    private static partial void LogNoRoom(ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Disk guard: {Level}, {Free} MiB free")]
    private static partial void LogLevelChanged(ILogger log, StoreLevel level, long free);
}
