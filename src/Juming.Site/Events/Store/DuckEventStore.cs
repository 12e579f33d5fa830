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
    private static readonly TimeSpan GatherStep = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestGather = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly EventStoreSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly DuckInstance _duck;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private readonly EventAppender _appender = new();
    private readonly Marks _marks;
    private readonly Lock _segmentsGate = new();
    private long _waitingRows;
    private volatile IReadOnlyList<Segment> _segments = [];
    private Segment _hot;
    private long _lastSequence;
    private long _nextSpaceLook;
    private volatile StoreLevel _level;

    /// <summary>Opens the store, recovering what the last end left.</summary>
    /// <exception cref="EventStoreBlockedException">A segment can't be opened, and nothing says that it is broken.</exception>
    public DuckEventStore(TierContext tier, EventStoreSettings settings, TimeProvider clock, ILogger<DuckEventStore> log)
    {
        (_settings, _clock, _log) = (settings, clock, log);
        _marks = new Marks(settings.KeysPerSender);
        _folder = Path.Combine(tier.DataFolder, "events");
        Directory.CreateDirectory(_folder);
        Disk = () => new DriveInfo(_folder) is var drive ? (drive.TotalSize, drive.AvailableFreeSpace) : default;
        _duck = new DuckInstance(settings, _folder);
        try
        {
            _hot = OpenSegments();
        }
        catch
        {
            // Whoever asks again finds the files free.
            _duck.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the store's disk, all and free.</summary>
    public Func<(long Total, long Free)> Disk { get; init; }

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

    /// <summary>Marks in memory.</summary>
    public int MarkCount => _marks.Count;

    /// <summary>What was set.</summary>
    public EventStoreSettings Settings => _settings;

    /// <summary>The DuckDB instance.</summary>
    public DuckInstance Duck => _duck;

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
            while (!mine.Answer.Task.IsCompleted) await WriteGroup();
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

    private async Task WriteGroup()
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
            if (MustRoll(group)) Roll();
            Write(group);
        }
        catch (EventStoreFullException e)
        {
            foreach (var one in group) one.Answer.SetException(e);
        }
        catch (Exception e)
        {
            // Of whatever kind: a batch without an answer would hold up its worker, and this writer, for ever.
            LogGroupFailed(_log, group.Count, e);
            await WriteApart(group, e);
        }
    }

    /// <summary>One bad batch must not take its neighbours along: after what can be mended is mended, each is tried by itself.</summary>
    private async Task WriteApart(List<Waiting> group, Exception first)
    {
        try
        {
            await Mend(first);
            // The commit may have been made although an error came back for it: nothing is written twice.
            if (IsStored(group[^1].Batch)) Written(group);
        }
        catch (Exception e)
        {
            LogMendFailed(_log, e);
        }
        foreach (var one in group.Where(g => !g.Answer.Task.IsCompleted))
        {
            try
            {
                Write([one]);
            }
            catch (Exception e)
            {
                one.Answer.SetException(e);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredBatch> ReadAfter(long sequence, [EnumeratorCancellation] CancellationToken ct)
    {
        using var held = Hold();
        foreach (var segment in held.All)
            // A commit that makes the checkpoint is seen by readers seconds before it is safe. What detection made of such a batch would outlive a kill
            // that takes the batch away, and its sender would send it again.
            foreach (var number in await Patiently(connection => BatchesOf(connection, segment, sequence, LastSequence), ct))
            {
                ct.ThrowIfCancellationRequested();
                yield return await Patiently(connection => ReadBatch(connection, segment, number), ct);
            }
    }

    private static List<long> BatchesOf(DuckDBConnection connection, Segment segment, long after, long last)
    {
        using var command = Command(connection, $"SELECT seq FROM {segment.Alias}.batches WHERE seq > $after AND seq <= $last AND rows > 0 ORDER BY seq", ("after", after), ("last", last));
        using var rows = command.ExecuteReader();
        var found = new List<long>();
        while (rows.Read()) found.Add(rows.GetInt64(0));
        return found;
    }

    /// <inheritdoc/>
    public Task<string?> ReadMark(string key, CancellationToken ct) => Task.FromResult(_marks.Get(key, Now));

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, string>> ReadMarks(string prefix, CancellationToken ct) => Task.FromResult(_marks.StartingWith(prefix, Now));

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
        _duck.Dispose();
        _writer.Dispose();
    }

    private long Now => (_clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    private void Write(List<Waiting> group)
    {
        var sequence = _lastSequence;
        var id = Waiting.FirstId(group.FirstOrDefault(g => g.Batch.Count > 0) is { } first ? first.Batch.Events[0].Received : Now);
        var sql = new StringBuilder();
        _duck.Execute("BEGIN TRANSACTION");
        try
        {
            _appender.Begin(_hot, group.Sum(g => g.Batch.Count));
            foreach (var one in group)
            {
                id = one.Number(++sequence, id);
                _appender.Append(_duck.Writer, _hot, one.Batch);
                AddInserts(sql, one);
            }
            _appender.Finish(_duck.Writer);
            _duck.Execute(sql.ToString());
            _duck.Execute("COMMIT");
        }
        catch
        {
            _appender.Abandon();
            TryRollback();
            throw;
        }
        Written(group);
    }

    private void Written(List<Waiting> group)
    {
        Interlocked.Exchange(ref _lastSequence, group[^1].Batch.Sequence);
        foreach (var (one, span) in group.Select(g => (g, g.Span)))
        {
            _hot.Cover(one.Batch.Count, span.MinTime, span.MaxTime, span.MinReceived, span.MaxReceived);
            foreach (var (key, value, expires) in one.Commit.Marks) _marks.Set(key, value, Expiry(expires));
            one.Answer.SetResult(one.Batch.Sequence);
        }
    }

    private bool IsStored(EventBatch last)
    {
        if (last.Sequence <= _lastSequence) return false;
        using var command = Command(_duck.Writer, $"SELECT count(*) FROM {_hot.Alias}.batches WHERE seq = $seq", ("seq", last.Sequence));
        return (long)command.ExecuteScalar()! > 0;
    }

    private void AddInserts(StringBuilder sql, Waiting one)
    {
        var (rows, sequence, span, commit) = (one.Batch.Count, one.Batch.Sequence, one.Batch.Count == 0 ? default : one.Span, one.Commit);
        sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO {_hot.Alias}.batches VALUES ({sequence}, {rows}, {span.MinTime}, {span.MaxTime}, {span.MinReceived}, {span.MaxReceived});");
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
            _duck.Execute("ROLLBACK");
        }
        catch (DuckDBException e)
        {
            // The transaction was ended by the failure itself.
            LogRollback(_log, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Batches} batches could not be stored together and are tried one by one")]
    private static partial void LogGroupFailed(ILogger log, int batches, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The event store could not be mended after a failed write; it is tried again with the next")]
    private static partial void LogMendFailed(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Nothing to roll back: {Reason}")]
    private static partial void LogRollback(ILogger log, string reason);
}
