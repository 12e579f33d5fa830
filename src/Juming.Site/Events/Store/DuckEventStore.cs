using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using DuckDB.NET.Data;
using Juming.Platform.Modules;
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
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly DuckDBConnection _connection;
    private readonly EventAppender _appender = new();
    private readonly Dictionary<string, (string Value, long Expires)> _marks = new(StringComparer.Ordinal);
    private readonly Lock _marksGate = new();
    private volatile IReadOnlyList<Segment> _segments = [];
    private Segment _hot;
    private long _lastSequence;
    private long _nextSpaceLook;
    private StoreLevel _level;

    /// <summary>Opens the store, recovering what the last end left.</summary>
    public DuckEventStore(TierContext tier, EventStoreSettings settings, TimeProvider clock, ILogger<DuckEventStore> log)
    {
        (_settings, _clock, _log) = (settings, clock, log);
        _folder = Path.Combine(tier.DataFolder, "events");
        Directory.CreateDirectory(_folder);
        _connection = new DuckDBConnection("Data Source=:memory:");
        _connection.Open();
        Execute($"SET memory_limit='{settings.MemoryMegabytes}MB'");
        Execute($"SET threads={(settings.Threads > 0 ? settings.Threads : Math.Min(4, Environment.ProcessorCount)).ToString(CultureInfo.InvariantCulture)}");
        Execute("SET preserve_insertion_order=false");
        Execute("SET autoinstall_known_extensions=false");
        Execute("SET autoload_known_extensions=false");
        Execute("SET wal_autocheckpoint='256MB'");
        Execute($"SET temp_directory='{Path.Combine(_folder, "tmp").Replace("'", "''", StringComparison.Ordinal)}'");
        OpenSegments();
        _hot = _segments.Count > 0 ? _segments[^1] : NewSegment(1);
        ReadMarks();
    }

    /// <inheritdoc/>
    public long LastSequence => Interlocked.Read(ref _lastSequence);

    /// <summary>Segments, oldest first.</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    /// <summary>How the disk stands.</summary>
    public StoreLevel Level => _level;

    /// <summary>Files that could not be opened and were set aside.</summary>
    public IReadOnlyList<string> SetAside => _setAside;

    private readonly List<string> _setAside = [];

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
        await _writer.WaitAsync(ct);
        try
        {
            LookAtSpace();
            if (_level == StoreLevel.Full) throw new EventStoreFullException($"Less than {_settings.LeastFreeMegabytes} MiB are free on the disk of '{_folder}': free space, or shorten Modules:Events:KeepDays.");
            if (_hot.Rows >= _settings.SegmentRows) Roll();
            return Write(batch, commit);
        }
        finally
        {
            _writer.Release();
        }
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
        _connection.Dispose();
        _writer.Dispose();
    }

    private long Now => (_clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    private long Write(EventBatch batch, BatchCommit commit)
    {
        var sequence = _lastSequence + 1;
        batch.Sequence = sequence;
        var span = Number(batch, sequence);
        Execute("BEGIN TRANSACTION");
        try
        {
            if (batch.Count > 0) _appender.Append(_connection, _hot, batch);
            Execute(Inserts(batch.Count, sequence, span, commit));
            Execute("COMMIT");
        }
        catch
        {
            TryRollback();
            throw;
        }
        Interlocked.Exchange(ref _lastSequence, sequence);
        _hot.Cover(batch.Count, span.MinTime, span.MaxTime, span.MinReceived, span.MaxReceived);
        lock (_marksGate)
            foreach (var (key, value, expires) in commit.Marks) _marks[key] = (value, Expiry(expires));
        return sequence;
    }

    /// <summary>Gives each event its identity: receipt in milliseconds, then batch and index, so that ids sort by arrival and compress well.</summary>
    private static (long MinTime, long MaxTime, long MinReceived, long MaxReceived) Number(EventBatch batch, long sequence)
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
        return (minTime, maxTime, minReceived, maxReceived);
    }

    private string Inserts(int rows, long sequence, (long MinTime, long MaxTime, long MinReceived, long MaxReceived) span, BatchCommit commit)
    {
        var sql = new StringBuilder();
        sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO {_hot.Alias}.batches VALUES ({sequence}, {rows}, {(rows == 0 ? 0 : span.MinTime)}, {(rows == 0 ? 0 : span.MaxTime)}, {(rows == 0 ? 0 : span.MinReceived)}, {(rows == 0 ? 0 : span.MaxReceived)});");
        if (commit.Marks.Count > 0)
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO {_hot.Alias}.marks VALUES ").AppendJoin(',', commit.Marks.Select(m => $"({sequence}, {Quote(m.Key)}, {Quote(m.Value)}, {Expiry(m.Expires)})")).Append(';');
        if (commit.Ledger.Count > 0)
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO {_hot.Alias}.ledger VALUES ").AppendJoin(',', commit.Ledger.Select(l => $"({l.SourceId}, {l.Minute}, {Quote(l.Reason)}, {l.Count}, {l.Bytes})")).Append(';');
        return sql.ToString();
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
