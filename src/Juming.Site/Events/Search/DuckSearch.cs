using System.Globalization;
using System.Runtime.CompilerServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Juming.Site.Events.Query;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Search;

/// <summary>Searches segment by segment, the newest first, so that a page is answered from the segments that can hold it.</summary>
internal sealed class DuckSearch(DuckEventStore store) : ISearch
{
    // Delivery takes a moment, and so an event at the edge of a span is not dated elsewhere.
    private const long Delivery = 5 * 60_000_000L;

    private const string Fixed = "id, epoch_us(time) AS t, epoch_us(received), source, flags, raw, more";

    public async IAsyncEnumerable<SearchChunk> Search(SearchRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var sql = Parse(request.Query);
        var (from, to) = (Micros(request.From), Micros(request.To));
        var after = Cursor.Parse(request.Cursor);
        if (after is { } cursor) to = Math.Min(to, cursor.Time);
        var axis = Axis.Of(request);
        var segments = store.Segments.Where(s => axis.Meets(s, from, to)).OrderByDescending(axis.Last).ToList();
        var waiting = new PriorityQueue<EventView, (long, Guid)>(Comparer<(long Time, Guid Id)>.Create((a, b) => b.CompareTo(a)));
        var given = 0;
        for (var i = 0; i < segments.Count && given < request.Limit; i++)
        {
            foreach (var found in await Task.Run(() => Page(segments[i], axis, sql, from, to, after, request.Limit, ct), ct)) waiting.Enqueue(found, (axis.At(found), found.Id));
            var ready = new List<EventView>();
            // An event may be given when no segment to come can hold a newer one.
            var next = i + 1 < segments.Count ? axis.Last(segments[i + 1]) : long.MinValue;
            while (given + ready.Count < request.Limit && waiting.TryPeek(out var newest, out var key) && key.Item1 > next) ready.Add(waiting.Dequeue());
            given += ready.Count;
            var last = i + 1 == segments.Count || given >= request.Limit;
            yield return new SearchChunk(ready, i + 1, segments.Count, last && given >= request.Limit && ready.Count > 0 ? new Cursor(axis.At(ready[^1]), ready[^1].Id).ToString() : null);
        }
        if (segments.Count == 0) yield return new SearchChunk([], 0, 0, null);
    }

    public async Task<IReadOnlyList<HistogramStep>> Histogram(SearchRequest request, int steps, CancellationToken ct)
    {
        var counts = new long[steps];
        var starts = await CountSteps(request, steps, "0", (step, _, count) => counts[step] += count, ct);
        return [.. starts.Select((at, i) => new HistogramStep(at, counts[i]))];
    }

    public async Task<IReadOnlyList<SeverityStep>> HistogramBySeverity(SearchRequest request, int steps, CancellationToken ct)
    {
        var counts = new long[steps, SeverityStep.Bands];
        var starts = await CountSteps(request, steps, $"CASE WHEN event_severity IS NULL THEN {Text(SeverityStep.Bands - 1)} ELSE greatest(0, least(event_severity, {Text(SeverityStep.Bands - 2)})) END", (step, band, count) => counts[step, band] += count, ct);
        return [.. starts.Select((at, i) => new SeverityStep(at, [.. Enumerable.Range(0, SeverityStep.Bands).Select(band => counts[i, band])]))];
    }

    /// <summary>Counts by step and band; the beginnings of the steps.</summary>
    private Task<IReadOnlyList<DateTimeOffset>> CountSteps(SearchRequest request, int steps, string band, Action<int, int, long> each, CancellationToken ct) => Task.Run<IReadOnlyList<DateTimeOffset>>(() =>
    {
        var sql = Parse(request.Query);
        var axis = Axis.Of(request);
        var (from, to) = (Micros(request.From), Micros(request.To));
        var width = Math.Max(1, (to - from + steps - 1) / steps);
        foreach (var segment in store.Segments.Where(s => axis.Meets(s, from, to)))
            foreach (var part in sql.Parts(segment.Beside))
                Read($"SELECT ((epoch_us({axis.Column}) - {Text(from)}) // {Text(width)})::INTEGER AS step, ({band})::INTEGER AS band, count(*) FROM {segment.Alias}.events WHERE {axis.Within(from, to)} AND {part} GROUP BY step, band", sql, ct,
                    row => each(Math.Clamp(row.GetInt32(0), 0, steps - 1), row.GetInt32(1), row.GetInt64(2)));
        return [.. Enumerable.Range(0, steps).Select(i => Instant(from + (i * width)))];
    }, ct);

    public Task<long> DatedElsewhere(SearchRequest request, CancellationToken ct) => Task.Run(() =>
    {
        var sql = Parse(request.Query);
        var (from, to) = (Micros(request.From), Micros(request.To));
        var (early, late) = (from - Delivery, to + Delivery);
        long count = 0;
        foreach (var segment in store.Segments.Where(s => s.ReceivedWithin(from, to) && (s.MinTime < early || s.MaxTime > late)))
            foreach (var part in sql.Parts(segment.Beside))
                Read($"SELECT count(*) FROM {segment.Alias}.events WHERE {Axis.Receipt.Within(from, to)} AND NOT ({Axis.Event.Within(early, late)}) AND {part}", sql, ct, row => count += row.GetInt64(0));
        return count;
    }, ct);

    public Task<IReadOnlyList<FacetValue>> Facet(SearchRequest request, string field, int most, CancellationToken ct) => Task.Run<IReadOnlyList<FacetValue>>(() =>
    {
        var sql = Parse(request.Query);
        var axis = Axis.Of(request);
        var (from, to) = (Micros(request.From), Micros(request.To));
        if (Columns.Find(field) is not { } column) return [];
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var segment in store.Segments.Where(s => axis.Meets(s, from, to) && s.Columns.Contains(column.Name)))
            foreach (var part in sql.Parts(segment.Beside))
                Read($"SELECT \"{column.Name}\"::VARCHAR AS v, count(*) AS n FROM {segment.Alias}.events WHERE {axis.Within(from, to)} AND \"{column.Name}\" IS NOT NULL AND {part} GROUP BY v ORDER BY n DESC LIMIT {Text(most * 4)}", sql, ct,
                    row => counts[row.GetString(0)] = counts.GetValueOrDefault(row.GetString(0)) + row.GetInt64(1));
        return [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(most).Select(c => new FacetValue(c.Key, c.Value))];
    }, ct);

    public Task<IReadOnlyList<SourceTally>> Tally(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => Task.Run<IReadOnlyList<SourceTally>>(() =>
    {
        var (first, last) = (Micros(from), Micros(to));
        var found = new Dictionary<int, SourceTally>();
        foreach (var segment in store.Segments.Where(s => s.Overlaps(first, last)))
            Read($"SELECT source, count(*), count(*) FILTER ((flags & 1) = 1), max(epoch_us(time)) FILTER ((flags & 1) = 1) FROM {segment.Alias}.events WHERE time BETWEEN make_timestamp({Text(first)}) AND make_timestamp({Text(last)}) GROUP BY source", new QuerySql(), ct, row =>
            {
                var before = found.GetValueOrDefault(row.GetInt32(0));
                DateTimeOffset? newest = row.IsDBNull(3) ? null : Instant(row.GetInt64(3));
                found[row.GetInt32(0)] = new SourceTally(row.GetInt32(0), before.Stored + row.GetInt64(1), before.Unparsed + row.GetInt64(2), newest > before.Newest || before.Newest is null ? newest : before.Newest);
            });
        return [.. found.Values];
    }, ct);

    public Task<EventView?> Get(Guid id, CancellationToken ct) => Task.Run(() =>
    {
        EventView? found = null;
        var parameters = new QuerySql();
        parameters.Parameters.Add(id.ToString());
        foreach (var segment in store.Segments.Reverse())
        {
            var columns = Present(segment);
            Read($"SELECT {Fixed}, {Names(columns)} FROM {segment.Alias}.events WHERE id = $p0::UUID", parameters, ct, row => found = View(row, columns));
            if (found is not null) return found;
        }
        return found;
    }, ct);

    private List<EventView> Page(Segment segment, Axis axis, QuerySql sql, long from, long to, Cursor? after, int limit, CancellationToken ct)
    {
        var columns = Present(segment);
        var cursor = after is { } c ? $" AND (epoch_us({axis.Column}) < {Text(c.Time)} OR (epoch_us({axis.Column}) = {Text(c.Time)} AND id < '{c.Id}'::UUID))" : "";
        var found = new List<EventView>();
        foreach (var part in sql.Parts(segment.Beside))
            Read($"SELECT {Fixed}, {Names(columns)} FROM {segment.Alias}.events WHERE {axis.Within(from, to)}{cursor} AND {part} ORDER BY {axis.Column} DESC, id DESC LIMIT {Text(limit)}", sql, ct,
                row => found.Add(View(row, columns)));
        return found;
    }

    private void Read(string text, QuerySql sql, CancellationToken ct, Action<System.Data.Common.DbDataReader> each)
    {
        using var hurry = store.Hurry();
        using var connection = store.Reader();
        // DuckDB looks for an interrupt between vectors, so a stopped page ends its scan within milliseconds.
        using var stop = ct.Register(() => NativeMethods.Startup.DuckDBInterrupt(connection.NativeConnection));
        using var command = connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < sql.Parameters.Count; i++) command.Parameters.Add(new DuckDBParameter("p" + Text(i), sql.Parameters[i]));
        try
        {
            using var rows = command.ExecuteReader();
            while (rows.Read()) each(rows);
        }
        catch (DuckDBException) when (ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
    }

    private static EventView View(System.Data.Common.DbDataReader row, List<Column> columns)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var several = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var i = 0; i < columns.Count; i++)
            if (!row.IsDBNull(7 + i)) fields[columns[i].Field] = columns[i].Kind == ColumnKind.Long ? row.GetInt64(7 + i).ToString(CultureInfo.InvariantCulture) : row.GetString(7 + i);
        if (!row.IsDBNull(6))
            foreach (var entry in row.GetString(6).Split((char)EventAppender.Separator, StringSplitOptions.RemoveEmptyEntries))
            {
                var at = entry.IndexOf('=', StringComparison.Ordinal);
                if (at <= 0) continue;
                var (name, value) = (entry[..at], entry[(at + 1)..]);
                if (fields.TryAdd(name, value)) continue;
                if (!several.TryGetValue(name, out var values)) several[name] = values = [fields[name]];
                values.Add(value);
                fields[name] += "\n" + value;
            }
        return new EventView { Id = row.GetGuid(0), Time = Instant(row.GetInt64(1)), Received = Instant(row.GetInt64(2)), SourceId = row.GetInt32(3), Flags = (EventFlags)row.GetInt32(4), Raw = row.GetString(5), Fields = fields, Several = several.ToDictionary(s => s.Key, s => (IReadOnlyList<string>)s.Value) };
    }

    private static List<Column> Present(Segment segment) => [.. Columns.All.Where(c => segment.Columns.Contains(c.Name))];

    private static string Names(List<Column> columns) => string.Join(", ", columns.Select(c => $"\"{c.Name}\""));

    private static QuerySql Parse(string query)
    {
        try
        {
            return QuerySql.Of(QueryParser.Parse(query));
        }
        catch (QueryException e)
        {
            throw new SearchQueryException(e.Code, e.Message, e.Position, e.Length);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    private static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * 10);

    /// <summary>The time that a search goes by: that of the event, or that of its receipt.</summary>
    private sealed record Axis(string Column, Func<Segment, long> First, Func<Segment, long> Last, Func<EventView, long> At)
    {
        public static readonly Axis Event = new("time", s => s.MinTime, s => s.MaxTime, e => Micros(e.Time));

        public static readonly Axis Receipt = new("received", s => s.MinReceived, s => s.MaxReceived, e => Micros(e.Received));

        public static Axis Of(SearchRequest request) => request.ByReceipt ? Receipt : Event;

        public bool Meets(Segment segment, long from, long to) => segment.Rows > 0 && First(segment) <= to && Last(segment) >= from;

        public string Within(long from, long to) => $"{Column} BETWEEN make_timestamp({Text(from)}) AND make_timestamp({Text(to)})";
    }

    private readonly record struct Cursor(long Time, Guid Id)
    {
        public static Cursor? Parse(string? text)
        {
            if (string.IsNullOrEmpty(text)) return null;
            var at = text.IndexOf('_', StringComparison.Ordinal);
            if (at > 0 && long.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var time) && Guid.TryParseExact(text.AsSpan(at + 1), "N", out var id)) return new Cursor(time, id);
            throw new SearchQueryException("query.cursor", "The cursor is not one that a search gave out; start again without it.", 0, 0);
        }

        public override string ToString() => Text(Time) + "_" + Id.ToString("N");
    }
}
