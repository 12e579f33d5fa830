using System.Globalization;
using DuckDB.NET.Data;

namespace Juming.Site.Events.Store;

/// <summary>Segments: opening, beginning, and mending them.</summary>
internal sealed partial class DuckEventStore
{
    private const string History = "number INTEGER, what VARCHAR, happened BIGINT, rows BIGINT, min_received BIGINT, max_received BIGINT, note VARCHAR";

    /// <summary>The segments of now; none of them is detached before the result is disposed.</summary>
    public HeldSegments Hold()
    {
        lock (_segmentsGate)
        {
            foreach (var segment in _segments) segment.Readers++;
            return new HeldSegments(_segments, Release);
        }
    }

    private void Release(IReadOnlyList<Segment> held)
    {
        var over = new List<Segment>();
        lock (_segmentsGate)
            foreach (var segment in held)
                if (--segment.Readers == 0 && segment.Leaving) over.Add(segment);
        foreach (var segment in over) Remove(segment);
    }

    private Segment OpenSegments()
    {
        var found = new List<Segment>();
        var retired = new HashSet<int>();
        var broken = new List<(Segment Segment, string Reason)>();
        var files = Directory.GetFiles(_folder, "*.duckdb").Select(f => (File: f, Number: int.TryParse(Path.GetFileNameWithoutExtension(f), out var n) ? n : -1)).Where(f => f.Number > 0).OrderByDescending(f => f.Number).ToList();
        // The newest first: it says which of the others are retired and were only not deleted any more.
        foreach (var (file, number) in files)
        {
            if (retired.Contains(number)) DeleteFiles(file);
            else if (Open(new Segment(number, file), isNewest: number == files[0].Number, broken) is { } segment)
            {
                retired.UnionWith(Numbers(segment, "retired"));
                found.Insert(0, segment);
            }
        }
        _segments = found;
        var hot = found.Count > 0 && found[^1].Schema == Columns.Version ? found[^1] : NewSegment(1 + files.Select(f => f.Number).FirstOrDefault(), found.LastOrDefault());
        AddHistory(hot);
        AddGrams(hot);
        foreach (var (segment, reason) in broken) BookSetAside(hot, segment, reason);
        _setAside.AddRange(Directory.GetFiles(_folder, "*.broken-*").Where(f => !f.EndsWith(".wal", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        ReadMarks();
        return hot;
    }

    private Segment? Open(Segment segment, bool isNewest, List<(Segment, string)> broken)
    {
        try
        {
            Attach(segment);
            if (Learn(segment)) return segment;
            if (!isNewest) throw new BrokenSegmentException("it holds no events table");
        }
        catch (Exception e) when (e is DuckDBException or IOException or BrokenSegmentException)
        {
            _duck.Detach(segment.Alias);
            // A kill between making the file and filling it leaves one of no length.
            if (!isNewest || new FileInfo(segment.Path).Length > 0 || File.Exists(segment.Path + ".wal"))
            {
                if (!IsBroken(e)) throw new EventStoreBlockedException($"The event segment '{segment.Path}' can't be opened now ({FirstLine(e)}). Nothing was changed. See that no other program holds the file and that there are memory and disk, then start again.", e);
                SetFileAside(segment, e);
                broken.Add((segment, FirstLine(e)));
                return null;
            }
        }
        // It was being made when the program ended, and holds nothing.
        _duck.Detach(segment.Alias);
        DeleteFiles(segment.Path);
        return null;
    }

    private Segment NewSegment(int number, Segment? before)
    {
        var segment = new Segment(number, Path.Combine(_folder, number.ToString("D8", CultureInfo.InvariantCulture) + ".duckdb"));
        Attach(segment);
        try
        {
            // All of it or nothing: marks that are alive are in the new segment from its first moment, so that the old one can go.
            _duck.Execute($"""
                BEGIN TRANSACTION;
                CREATE TABLE {segment.Alias}.events ({EventAppender.TableColumns});
                CREATE TABLE {segment.Alias}.batches (seq BIGINT, rows INTEGER, min_time BIGINT, max_time BIGINT, min_received BIGINT, max_received BIGINT);
                CREATE TABLE {segment.Alias}.marks (seq BIGINT, key VARCHAR, value VARCHAR, expires BIGINT);
                CREATE TABLE {segment.Alias}.ledger (source INTEGER, minute BIGINT, reason VARCHAR, count BIGINT, bytes BIGINT);
                CREATE TABLE {segment.Alias}.about (schema_version INTEGER, made_at TIMESTAMP);
                CREATE TABLE {segment.Alias}.history ({History});
                CREATE TABLE {segment.Alias}.grams ({Grams.TableColumns});
                INSERT INTO {segment.Alias}.about VALUES ({Columns.Version}, now()::TIMESTAMP);
                {(before is null ? "" : CarryOver(before, segment))}
                COMMIT
                """);
        }
        catch (DuckDBException)
        {
            TryRollback();
            _duck.Detach(segment.Alias);
            DeleteFiles(segment.Path);
            throw;
        }
        Learn(segment);
        lock (_segmentsGate) _segments = [.. _segments, segment];
        return segment;
    }

    private string CarryOver(Segment from, Segment to) => string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO {to.Alias}.batches VALUES ({_lastSequence}, 0, 0, 0, 0, 0);
        INSERT INTO {to.Alias}.marks SELECT max(seq), key, arg_max(value, seq), arg_max(expires, seq) FROM {from.Alias}.marks GROUP BY key HAVING arg_max(expires, seq) > {Now};
        INSERT INTO {to.Alias}.history VALUES {HistoryRow(from, "closed", "")};
        """);

    private string HistoryRow(Segment segment, string what, string note) =>
        string.Create(CultureInfo.InvariantCulture, $"({segment.Number}, '{what}', {Now}, {segment.Rows}, {(segment.Rows == 0 ? 0 : segment.MinReceived)}, {(segment.Rows == 0 ? 0 : segment.MaxReceived)}, {Quote(note)})");

    private void Attach(Segment segment) =>
        _duck.Execute($"ATTACH '{segment.Path.Replace("'", "''", StringComparison.Ordinal)}' AS {segment.Alias} (STORAGE_VERSION 'latest', ROW_GROUP_SIZE {EventAppender.RowGroupRows.ToString(CultureInfo.InvariantCulture)})");

    /// <summary>Reads what a segment holds; false when it has no table at all.</summary>
    private bool Learn(Segment segment)
    {
        var tables = new HashSet<string>(StringComparer.Ordinal);
        using (var columns = Command(_duck.Writer, "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = $db", ("db", segment.Alias)))
        using (var rows = columns.ExecuteReader())
            while (rows.Read())
                if (tables.Add(rows.GetString(0)) | rows.GetString(0) == "events") segment.Columns.Add(rows.GetString(1));
        if (tables.Count == 0) return false;
        if (!tables.IsSupersetOf(["events", "batches", "marks", "ledger", "about"])) throw new BrokenSegmentException("it holds no events table");
        segment.HasHistory = tables.Contains("history");
        segment.FindSource();
        using (var about = Command(_duck.Writer, $"SELECT coalesce(max(schema_version), 1) FROM {segment.Alias}.about"))
            segment.Schema = (int)about.ExecuteScalar()!;
        if (segment.Schema > Columns.Version)
            throw new EventStoreBlockedException($"The event segment '{segment.Path}' was written by a newer release (field schema {segment.Schema}; this release knows {Columns.Version}). Start that release, or move the file away to go on without its events.");
        using (var marks = Command(_duck.Writer, $"SELECT coalesce(bit_or(flags), 0)::INTEGER FROM {segment.Alias}.events WHERE flags >= {Columns.FirstMark.ToString(CultureInfo.InvariantCulture)}"))
            segment.Beside = (int)marks.ExecuteScalar()!;
        using var command = Command(_duck.Writer, $"SELECT coalesce(max(seq), 0), coalesce(sum(rows), 0)::BIGINT, min(min_time) FILTER (rows > 0), max(max_time) FILTER (rows > 0), min(min_received) FILTER (rows > 0), max(max_received) FILTER (rows > 0) FROM {segment.Alias}.batches");
        using var row = command.ExecuteReader();
        row.Read();
        _lastSequence = Math.Max(_lastSequence, row.GetInt64(0));
        if (row.GetInt64(1) > 0) segment.Cover(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5));
        segment.HasGrams = tables.Contains("grams") && IsCounted(segment);
        return true;
    }

    private void AddHistory(Segment hot)
    {
        if (hot.HasHistory) return;
        _duck.Execute($"CREATE TABLE {hot.Alias}.history ({History})");
        hot.HasHistory = true;
    }

    /// <summary>A segment that an older release began has none; what was stored before stays without blocks.</summary>
    private void AddGrams(Segment hot)
    {
        if (hot.HasGrams || !IsCounted(hot)) return;
        _duck.Execute($"CREATE TABLE IF NOT EXISTS {hot.Alias}.grams ({Grams.TableColumns})");
        hot.HasGrams = true;
    }

    /// <summary>True when rows are where the batches say, so that blocks can be found by row id.</summary>
    private bool IsCounted(Segment segment)
    {
        using var count = Command(_duck.Writer, $"SELECT count(*) FROM {segment.Alias}.events");
        return (long)count.ExecuteScalar()! == segment.Rows;
    }

    private HashSet<int> Numbers(Segment segment, string what)
    {
        var found = new HashSet<int>();
        if (!segment.HasHistory) return found;
        using var command = Command(_duck.Writer, $"SELECT number FROM {segment.Alias}.history WHERE what = $what", ("what", what));
        using var rows = command.ExecuteReader();
        while (rows.Read()) found.Add(rows.GetInt32(0));
        return found;
    }

    private void ReadMarks()
    {
        _marks.Clear();
        var all = string.Join(" UNION ALL ", _segments.Select(s => $"SELECT seq, key, value, expires FROM {s.Alias}.marks"));
        using var command = Command(_duck.Writer, $"SELECT key, value, expires FROM ({all}) WHERE expires > $now ORDER BY seq", ("now", Now));
        using var rows = command.ExecuteReader();
        while (rows.Read()) _marks.Set(rows.GetString(0), rows.GetString(1), rows.GetInt64(2));
    }

    /// <summary>
    /// A segment is closed when it is full, and at the turn of a UTC day of receipt, so that age retention has something to take. A quiet site
    /// would make many small files of that: a small segment goes on, up to a thirtieth of the retention.
    /// </summary>
    private bool MustRoll(Segment hot, long now)
    {
        if (hot.Rows == 0) return false;
        if (hot.Rows >= _settings.SegmentRows) return true;
        var most = hot.Rows >= _settings.SegmentRows / 40 ? _settings.KeepDays / 366.0 : _settings.KeepDays / 30.0;
        return hot.DaysUntil(now) >= Math.Max(1, Math.Ceiling(most));
    }

    private bool MustRoll(List<Waiting> group) => MustRoll(_hot, group.FirstOrDefault(g => g.Batch.Count > 0) is { } first ? first.Batch.Events[0].Received : Now);

    /// <summary>Begins a new segment.</summary>
    private void Roll()
    {
        _duck.Execute($"CHECKPOINT {_hot.Alias}");
        _hot = NewSegment(_hot.Number + 1, _hot);
    }
}
