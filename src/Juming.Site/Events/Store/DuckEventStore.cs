using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using DuckDB.NET.Data;
using Juming.Platform.Modules;
using Juming.Site.Events.Query;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Events.Store;

/// <summary>
/// The event store on DuckDB. Segments are files of one database instance; the newest is written by one connection, and every append is one
/// transaction over rows, batch, marks and ledger, so that after a crash either all of a batch is there or nothing.
/// </summary>
internal sealed partial class DuckEventStore : IEventStore, ILedger, IDisposable
{
    private readonly string _folder;
    private readonly EventStoreSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private static readonly TimeSpan GatherStep = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestGather = TimeSpan.FromSeconds(1);

    private readonly Lock _hasteGate = new();
    private readonly DuckDBConnection _control;
    private readonly int _threads;
    private int _hurrying;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private long _waitingRows;
    private readonly DuckDBConnection _connection;
    private readonly EventAppender _appender = new();
    private readonly Dictionary<string, (string Value, long Expires)> _marks = new(StringComparer.Ordinal);
    private readonly Lock _marksGate = new();
    private volatile IReadOnlyList<Segment> _segments = [];
    private Segment _hot;
    private long _lastSequence;
    private long _nextSpaceLook;
    private volatile StoreLevel _level;

    /// <summary>Opens the store, recovering what the last end left.</summary>
    public DuckEventStore(TierContext tier, EventStoreSettings settings, TimeProvider clock, ILogger<DuckEventStore> log)
    {
        (_settings, _clock, _log) = (settings, clock, log);
        _folder = Path.Combine(tier.DataFolder, "events");
        Directory.CreateDirectory(_folder);
        _connection = new DuckDBConnection("Data Source=:memory:");
        _connection.Open();
        Execute($"SET memory_limit='{settings.MemoryMegabytes}MB'");
        _threads = settings.Threads > 0 ? settings.Threads : Math.Min(4, Environment.ProcessorCount);
        Execute("SET threads=1");
        _control = Reader();
        _connection.RegisterScalarFunction<string, string, bool>(QuerySql.InRange, Network.Holds);
        Execute("SET preserve_insertion_order=false");
        Execute("SET autoinstall_known_extensions=false");
        Execute("SET autoload_known_extensions=false");
        Execute("SET wal_autocheckpoint='256MB'");
        Execute("SET write_buffer_row_group_count=1");
        Execute($"SET temp_directory='{Path.Combine(_folder, "tmp").Replace("'", "''", StringComparison.Ordinal)}'");
        OpenSegments();
        _hot = _segments.Count > 0 ? _segments[^1] : NewSegment(1);
        ReadMarks();
    }

    /// <inheritdoc/>
    public long LastSequence => Interlocked.Read(ref _lastSequence);

    /// <summary>Segments, oldest first.</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    /// <summary>How the disk stands, looked at now or within the last two seconds: a site that nobody sends to must notice as well.</summary>
    public StoreLevel Level
    {
        get
        {
            LookAtSpace();
            return _level;
        }
    }

    /// <summary>Files that could not be opened and were set aside.</summary>
    public IReadOnlyList<string> SetAside => _setAside;

    private readonly List<string> _setAside = [];

    /// <summary>
    /// Gives reading all threads until it is disposed. At other times DuckDB has one: its idle workers would spin beside the writer,
    /// which costs a third of the writing.
    /// </summary>
    public IDisposable Hurry() => new Haste(this);

    /// <summary>A connection of its own for reading; interrupting it never touches the writer.</summary>
    public DuckDBConnection Reader()
    {
        var reader = _connection.Duplicate();
        if (reader.State != System.Data.ConnectionState.Open) reader.Open();
        return reader;
    }

    /// <inheritdoc/>
    public async Task<long> Append(EventBatch batch, BatchCommit commit, CancellationToken ct)
    {
        var mine = new Waiting(batch, commit);
        _waiting.Enqueue(mine);
        Interlocked.Add(ref _waitingRows, batch.Count);
        // Whoever gets the writer writes for all that wait; the others find their answer when their turn comes.
        await _writer.WaitAsync(CancellationToken.None);
        try
        {
            if (!mine.Answer.Task.IsCompleted) await Gather();
            while (!mine.Answer.Task.IsCompleted) WriteGroup();
        }
        finally
        {
            _writer.Release();
        }
        return await mine.Answer.Task;
    }

    /// <summary>
    /// Rows that fill a row group go to disk compressed and only once; fewer are written to the log first and again at the checkpoint.
    /// So while much arrives, a short wait for the rest of a row group saves more than it costs. A trickle never waits.
    /// </summary>
    private async Task Gather()
    {
        var began = _clock.GetTimestamp();
        var grew = began;
        var rows = Interlocked.Read(ref _waitingRows);
        while (rows is >= EventAppender.RowGroupRows / 8 and < EventAppender.RowGroupRows)
        {
            if (_clock.GetElapsedTime(began) > LongestGather || _clock.GetElapsedTime(grew) > LongestPause) return;
            await Task.Delay(GatherStep, _clock);
            var now = Interlocked.Read(ref _waitingRows);
            if (now != rows) grew = _clock.GetTimestamp();
            rows = now;
        }
    }

    private void WriteGroup()
    {
        var group = new List<Waiting>();
        var rows = 0;
        while (rows < EventAppender.RowGroupRows && _waiting.TryDequeue(out var next))
        {
            group.Add(next);
            rows += next.Batch.Count;
        }
        Interlocked.Add(ref _waitingRows, -rows);
        try
        {
            LookAtSpace();
            if (_level == StoreLevel.Full) throw new EventStoreFullException($"Less than {_settings.LeastFreeMegabytes} MiB are free on the disk of '{_folder}': free space, or shorten Modules:Events:KeepDays.");
            if (_hot.Rows >= _settings.SegmentRows) Roll();
            Write(group);
            foreach (var one in group) one.Answer.SetResult(one.Batch.Sequence);
        }
        catch (Exception e) when (e is EventStoreFullException || group.Count == 1)
        {
            foreach (var one in group) one.Answer.SetException(e);
        }
        catch (Exception e)
        {
            // Of whatever kind: a batch without an answer would hold up its worker, and this writer, for ever.
            // One bad batch must not take its neighbours along: each is tried by itself.
            LogGroupFailed(_log, group.Count, e);
            foreach (var one in group) WriteAlone(one);
        }
    }

    private void WriteAlone(Waiting one)
    {
        try
        {
            Write([one]);
            one.Answer.SetResult(one.Batch.Sequence);
        }
        catch (Exception e)
        {
            one.Answer.SetException(e);
        }
    }

    private void Hurry(int change)
    {
        lock (_hasteGate)
        {
            var before = _hurrying;
            _hurrying += change;
            if (before > 0 && _hurrying > 0) return;
            using var command = _control.CreateCommand();
            command.CommandText = "SET threads=" + (_hurrying > 0 ? _threads : 1).ToString(CultureInfo.InvariantCulture);
            command.ExecuteNonQuery();
        }
    }

    private sealed class Haste : IDisposable
    {
        private readonly DuckEventStore _store;

        public Haste(DuckEventStore store) => (_store = store).Hurry(1);

        public void Dispose() => _store.Hurry(-1);
    }

    private sealed record Waiting(EventBatch Batch, BatchCommit Commit)
    {
        public TaskCompletionSource<long> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredBatch> ReadAfter(long sequence, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var segment in _segments)
        {
            using var reader = Reader();
            var batches = new List<long>();
            using (var command = Command(reader, $"SELECT seq FROM {segment.Alias}.batches WHERE seq > $after AND rows > 0 ORDER BY seq", ("after", sequence)))
            using (var rows = command.ExecuteReader())
                while (rows.Read()) batches.Add(rows.GetInt64(0));
            foreach (var number in batches)
            {
                ct.ThrowIfCancellationRequested();
                yield return ReadBatch(reader, segment, number);
            }
        }
        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<string?> ReadMark(string key, CancellationToken ct)
    {
        lock (_marksGate) return Task.FromResult(_marks.TryGetValue(key, out var mark) && mark.Expires > Now ? mark.Value : null);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, string>> ReadMarks(string prefix, CancellationToken ct)
    {
        lock (_marksGate)
            return Task.FromResult<IReadOnlyDictionary<string, string>>(_marks.Where(m => m.Key.StartsWith(prefix, StringComparison.Ordinal) && m.Value.Expires > Now).ToDictionary(m => m.Key, m => m.Value.Value));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<LedgerDelta>> Read(long fromMinute, long toMinute, int? sourceId, CancellationToken ct) => Task.Run<IReadOnlyList<LedgerDelta>>(() =>
    {
        using var reader = Reader();
        var from = string.Join(" UNION ALL ", _segments.Select(s => $"SELECT source, minute, reason, count, bytes FROM {s.Alias}.ledger"));
        using var command = Command(reader,
            $"SELECT source, minute, reason, sum(count)::BIGINT, sum(bytes)::BIGINT FROM ({from}) WHERE minute >= $from AND minute < $to{(sourceId is null ? "" : " AND source = $source")} GROUP BY ALL ORDER BY minute, source, reason",
            sourceId is { } source ? [("from", fromMinute), ("to", toMinute), ("source", source)] : [("from", fromMinute), ("to", toMinute)]);
        using var rows = command.ExecuteReader();
        var found = new List<LedgerDelta>();
        while (rows.Read()) found.Add(new LedgerDelta(rows.GetInt32(0), rows.GetInt64(1), rows.GetString(2), rows.GetInt64(3), rows.GetInt64(4)));
        return found;
    }, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<int, long>> ReceivedBySource(CancellationToken ct) => Task.Run<IReadOnlyDictionary<int, long>>(() =>
    {
        using var reader = Reader();
        var from = string.Join(" UNION ALL ", _segments.Select(s => $"SELECT source, count FROM {s.Alias}.ledger WHERE reason = 'received'"));
        using var command = Command(reader, $"SELECT source, sum(count)::BIGINT FROM ({from}) GROUP BY source");
        using var rows = command.ExecuteReader();
        var found = new Dictionary<int, long>();
        while (rows.Read()) found[rows.GetInt32(0)] = rows.GetInt64(1);
        return found;
    }, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LedgerDelta>> Open(CancellationToken ct) => Task.Run<IReadOnlyList<LedgerDelta>>(() =>
    {
        using var reader = Reader();
        var from = string.Join(" UNION ALL ", _segments.Select(s => $"SELECT source, minute, CASE reason WHEN 'received' THEN count ELSE -count END AS count FROM {s.Alias}.ledger"));
        // By day, because the minutes of a segment that made room are kept as days.
        using var command = Command(reader,
            $"SELECT source, max(minute) FILTER (WHERE count <> 0), sum(count)::BIGINT FROM (SELECT source, minute, sum(count) AS count FROM ({from}) GROUP BY ALL) GROUP BY source, minute // 1440 HAVING sum(count) <> 0");
        using var rows = command.ExecuteReader();
        var found = new List<LedgerDelta>();
        while (rows.Read()) found.Add(new LedgerDelta(rows.GetInt32(0), rows.GetInt64(1), "", rows.GetInt64(2), 0));
        return found;
    }, ct);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<int, long[]>> ReceivedBySteps(long fromMinute, long toMinute, int stepMinutes, CancellationToken ct) => Task.Run<IReadOnlyDictionary<int, long[]>>(() =>
    {
        using var reader = Reader();
        var from = string.Join(" UNION ALL ", _segments.Select(s => $"SELECT source, minute, count FROM {s.Alias}.ledger WHERE reason = 'received'"));
        using var command = Command(reader,
            $"SELECT source, (minute - $from) // $step, sum(count)::BIGINT FROM ({from}) WHERE minute >= $from AND minute < $to GROUP BY ALL",
            [("from", fromMinute), ("to", toMinute), ("step", (long)stepMinutes)]);
        using var rows = command.ExecuteReader();
        var found = new Dictionary<int, long[]>();
        while (rows.Read())
        {
            if (!found.TryGetValue(rows.GetInt32(0), out var steps)) found[rows.GetInt32(0)] = steps = new long[(toMinute - fromMinute + stepMinutes - 1) / stepMinutes];
            steps[rows.GetInt64(1)] += rows.GetInt64(2);
        }
        return found;
    }, ct);

    /// <summary>Removes the segments that are past their age, and the oldest while the disk is fuller than allowed; their ledger moves on.</summary>
    public async Task<int> Retire(CancellationToken ct)
    {
        await _writer.WaitAsync(ct);
        try
        {
            var oldest = Now - (_settings.KeepDays * 86_400_000_000L);
            var gone = 0;
            while (_segments.Count > 1 && (_segments[0].MaxReceived < oldest || UsedPercent() > _settings.DiskPercent))
            {
                Drop(_segments[0]);
                gone++;
            }
            return gone;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>Makes a command with named parameters.</summary>
    public static DuckDBCommand Command(DuckDBConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.Add(new DuckDBParameter(name, value));
        return command;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _appender.Dispose();
        _control.Dispose();
        _connection.Dispose();
        _writer.Dispose();
    }

    private long Now => (_clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    private void Write(IReadOnlyList<Waiting> group)
    {
        var sequence = _lastSequence;
        var sql = new StringBuilder();
        var spans = new List<Span>();
        Execute("BEGIN TRANSACTION");
        try
        {
            foreach (var (batch, commit) in group)
            {
                batch.Sequence = ++sequence;
                var span = Number(batch, sequence);
                spans.Add(span);
                _appender.Append(_connection, _hot, batch);
                AddInserts(sql, batch.Count, sequence, span, commit);
            }
            _appender.Finish();
            Execute(sql.ToString());
            Execute("COMMIT");
        }
        catch
        {
            _appender.Abandon();
            TryRollback();
            throw;
        }
        Interlocked.Exchange(ref _lastSequence, sequence);
        for (var i = 0; i < group.Count; i++)
        {
            _hot.Cover(group[i].Batch.Count, spans[i].MinTime, spans[i].MaxTime, spans[i].MinReceived, spans[i].MaxReceived);
            lock (_marksGate)
                foreach (var (key, value, expires) in group[i].Commit.Marks) _marks[key] = (value, Expiry(expires));
        }
    }

    private readonly record struct Span(long MinTime, long MaxTime, long MinReceived, long MaxReceived);

    /// <summary>Gives each event its identity: receipt in milliseconds, then batch and index, so that ids sort by arrival and compress well.</summary>
    private static Span Number(EventBatch batch, long sequence)
    {
        long minTime = long.MaxValue, maxTime = long.MinValue, minReceived = long.MaxValue, maxReceived = long.MinValue;
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < batch.Count; i++)
        {
            ref var header = ref batch.Events[i];
            minTime = Math.Min(minTime, header.Time);
            maxTime = Math.Max(maxTime, header.Time);
            minReceived = Math.Min(minReceived, header.Received);
            maxReceived = Math.Max(maxReceived, header.Received);
            if (header.Id != Guid.Empty) continue;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)(header.Received / 1000) << 16) | 0x7000);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], 0x8000_0000_0000_0000UL | ((ulong)sequence << 20) | (uint)i);
            header.Id = new Guid(bytes, bigEndian: true);
        }
        return new Span(minTime, maxTime, minReceived, maxReceived);
    }

    private void AddInserts(StringBuilder sql, int rows, long sequence, Span span, BatchCommit commit)
    {
        sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO {_hot.Alias}.batches VALUES ({sequence}, {rows}, {(rows == 0 ? 0 : span.MinTime)}, {(rows == 0 ? 0 : span.MaxTime)}, {(rows == 0 ? 0 : span.MinReceived)}, {(rows == 0 ? 0 : span.MaxReceived)});");
        if (commit.Marks.Count > 0)
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO {_hot.Alias}.marks VALUES ").AppendJoin(',', commit.Marks.Select(m => $"({sequence}, {Quote(m.Key)}, {Quote(m.Value)}, {Expiry(m.Expires)})")).Append(';');
        if (commit.Ledger.Count > 0)
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO {_hot.Alias}.ledger VALUES ").AppendJoin(',', commit.Ledger.Select(l => $"({l.SourceId}, {l.Minute}, {Quote(l.Reason)}, {l.Count}, {l.Bytes})")).Append(';');
    }

    private static string Quote(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal) + "'";

    private static long Expiry(DateTimeOffset? at) => at is { } instant ? (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10 : long.MaxValue;

    private static StoredBatch ReadBatch(DuckDBConnection reader, Segment segment, long number)
    {
        var lines = new List<StoredLine>();
        using var command = Command(reader, $"SELECT id, epoch_us(received), source, line, raw FROM {segment.Alias}.events WHERE seq = $seq ORDER BY id", ("seq", number));
        using var rows = command.ExecuteReader();
        while (rows.Read()) lines.Add(new StoredLine(rows.GetGuid(0), rows.GetInt64(1), rows.GetInt32(2), rows.GetInt32(3), Encoding.UTF8.GetBytes(rows.GetString(4))));
        return new StoredBatch(number, lines);
    }

    private void TryRollback()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (DuckDBException e)
        {
            // The transaction was ended by the failure itself.
            LogRollback(_log, e.Message);
        }
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Batches} batches could not be stored together and are tried one by one")]
    private static partial void LogGroupFailed(ILogger log, int batches, Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Nothing to roll back: {Reason}")]
    private static partial void LogRollback(ILogger log, string reason);
}

/// <summary>How the store's disk stands.</summary>
internal enum StoreLevel
{
    /// <summary>Room enough.</summary>
    Good,

    /// <summary>Fuller than the share allowed: the oldest segments are being removed.</summary>
    Tight,

    /// <summary>Nothing is stored until space is free again.</summary>
    Full,
}
