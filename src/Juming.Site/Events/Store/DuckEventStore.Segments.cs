using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Events.Store;

/// <summary>Segments and space.</summary>
internal sealed partial class DuckEventStore
{
    private void OpenSegments()
    {
        var found = new List<Segment>();
        var files = Directory.GetFiles(_folder, "*.duckdb").Select(f => (File: f, Number: int.TryParse(Path.GetFileNameWithoutExtension(f), out var n) ? n : -1)).Where(f => f.Number > 0).OrderBy(f => f.Number).ToList();
        foreach (var (file, number) in files)
        {
            var segment = new Segment(number, file);
            try
            {
                Attach(segment);
                Learn(segment);
                found.Add(segment);
            }
            catch (Exception e) when (e is DuckDBException or IOException)
            {
                LogSetAside(_log, file, e.Message);
                SetFileAside(segment);
            }
        }
        _segments = found;
    }

    private void SetFileAside(Segment segment)
    {
        try
        {
            Execute($"DETACH DATABASE IF EXISTS {segment.Alias}");
        }
        catch (DuckDBException e)
        {
            LogRollback(_log, e.Message);
        }
        var aside = segment.Path + ".broken-" + _clock.GetUtcNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        File.Move(segment.Path, aside);
        if (File.Exists(segment.Path + ".wal")) File.Move(segment.Path + ".wal", aside + ".wal");
        _setAside.Add(aside);
    }

    private Segment NewSegment(int number)
    {
        var segment = new Segment(number, Path.Combine(_folder, number.ToString("D8", CultureInfo.InvariantCulture) + ".duckdb"));
        Attach(segment);
        Execute($"""
            BEGIN TRANSACTION;
            CREATE TABLE {segment.Alias}.events ({EventAppender.TableColumns});
            CREATE TABLE {segment.Alias}.batches (seq BIGINT, rows INTEGER, min_time BIGINT, max_time BIGINT, min_received BIGINT, max_received BIGINT);
            CREATE TABLE {segment.Alias}.marks (seq BIGINT, key VARCHAR, value VARCHAR, expires BIGINT);
            CREATE TABLE {segment.Alias}.ledger (source INTEGER, minute BIGINT, reason VARCHAR, count BIGINT, bytes BIGINT);
            CREATE TABLE {segment.Alias}.about (schema_version INTEGER, made_at TIMESTAMP);
            INSERT INTO {segment.Alias}.about VALUES ({Columns.Version}, now()::TIMESTAMP);
            COMMIT
            """);
        Learn(segment);
        _segments = [.. _segments, segment];
        return segment;
    }

    private void Attach(Segment segment) =>
        Execute($"ATTACH '{segment.Path.Replace("'", "''", StringComparison.Ordinal)}' AS {segment.Alias} (STORAGE_VERSION 'latest', ROW_GROUP_SIZE {EventAppender.RowGroupRows.ToString(CultureInfo.InvariantCulture)})");

    private void Learn(Segment segment)
    {
        using (var columns = Command(_connection, "SELECT column_name FROM duckdb_columns() WHERE database_name = $db AND table_name = 'events'", ("db", segment.Alias)))
        using (var rows = columns.ExecuteReader())
            while (rows.Read()) segment.Columns.Add(rows.GetString(0));
        if (segment.Columns.Count == 0) throw new IOException("it holds no events table");
        using (var marks = Command(_connection, $"SELECT coalesce(bit_or(flags), 0)::INTEGER FROM {segment.Alias}.events WHERE flags >= {Columns.FirstMark.ToString(CultureInfo.InvariantCulture)}"))
        using (var rows = marks.ExecuteReader())
            if (rows.Read()) segment.Beside = rows.GetInt32(0);
        using var command = Command(_connection, $"SELECT coalesce(max(seq), 0), coalesce(sum(rows), 0)::BIGINT, min(min_time) FILTER (rows > 0), max(max_time) FILTER (rows > 0), min(min_received) FILTER (rows > 0), max(max_received) FILTER (rows > 0) FROM {segment.Alias}.batches");
        using var row = command.ExecuteReader();
        row.Read();
        _lastSequence = Math.Max(_lastSequence, row.GetInt64(0));
        if (row.GetInt64(1) > 0) segment.Cover(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5));
    }

    private void ReadMarks()
    {
        foreach (var segment in _segments)
        {
            using var command = Command(_connection, $"SELECT key, value, expires FROM {segment.Alias}.marks WHERE expires > $now ORDER BY seq", ("now", Now));
            using var rows = command.ExecuteReader();
            while (rows.Read()) _marks[rows.GetString(0)] = (rows.GetString(1), rows.GetInt64(2));
        }
    }

    /// <summary>Begins a new segment; marks that are alive are carried over so that an old segment can go.</summary>
    private void Roll()
    {
        Execute($"CHECKPOINT {_hot.Alias}");
        var next = NewSegment(_hot.Number + 1);
        List<(string Key, string Value, DateTimeOffset? Expires)> alive;
        lock (_marksGate)
        {
            foreach (var key in _marks.Where(m => m.Value.Expires <= Now).Select(m => m.Key).ToList()) _marks.Remove(key);
            alive = [.. _marks.Select(m => (m.Key, m.Value.Value, m.Value.Expires == long.MaxValue ? (DateTimeOffset?)null : DateTimeOffset.UnixEpoch.AddTicks(m.Value.Expires * 10)))];
        }
        _hot = next;
        var commit = new BatchCommit();
        commit.Marks.AddRange(alive);
        Write([new Waiting(new EventBatch(1), commit)]);
    }

    private void Drop(Segment segment)
    {
        _segments = [.. _segments.Where(s => s != segment)];
        Execute($"INSERT INTO {_hot.Alias}.ledger SELECT source, minute // 1440 * 1440, reason, sum(count), sum(bytes) FROM {segment.Alias}.ledger GROUP BY ALL");
        Execute($"DETACH {segment.Alias}");
        File.Delete(segment.Path);
        File.Delete(segment.Path + ".wal");
        LogRetired(_log, segment.Path, segment.Rows);
    }

    private void LookAtSpace()
    {
        var now = _clock.GetTimestamp();
        var due = Interlocked.Read(ref _nextSpaceLook);
        if (now < due || Interlocked.CompareExchange(ref _nextSpaceLook, now + (_clock.TimestampFrequency * 2), due) != due) return;
        var free = Drive().AvailableFreeSpace / 1_048_576;
        var level = free < _settings.LeastFreeMegabytes ? StoreLevel.Full : UsedPercent() > _settings.DiskPercent ? StoreLevel.Tight : StoreLevel.Good;
        if (level == _level) return;
        _level = level;
        LogLevelChanged(_log, level, free);
    }

    private DriveInfo Drive() => new(_folder);

    /// <summary>Share of the store's disk that is in use, in percent.</summary>
    public double UsedPercent()
    {
        var drive = Drive();
        return 100.0 * (drive.TotalSize - drive.AvailableFreeSpace) / drive.TotalSize;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Segment {File} can't be opened and is set aside: {Reason}")]
    private static partial void LogSetAside(ILogger log, string file, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Segment {File} with {Rows} events is past its retention and removed")]
    private static partial void LogRetired(ILogger log, string file, long rows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Disk guard: {Level}, {Free} MiB free")]
    private static partial void LogLevelChanged(ILogger log, StoreLevel level, long free);
}
