using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Juming.Site.Events.Query;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Search;

/// <summary>Searches backwards in time, slice by slice, so that the newest events arrive first and a stopped search keeps what it has.</summary>
internal sealed partial class DuckSearch(DuckEventStore store) : ISearch, IDisposable
{
    // Delivery takes a moment, and so an event at the edge of a span is not dated elsewhere.
    private const long Delivery = 5 * 60_000_000L;

    /// <summary>Most events of a chunk: what a long search and an export hold in memory at once.</summary>
    private const int ChunkRows = 2000;

    private readonly SearchPlaces _places = new(store.Settings.Searches);

    public async IAsyncEnumerable<SearchChunk> Search(SearchRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var sql = Parse(request.Query);
        var after = Cursor.Parse(request.Cursor);
        var (from, to) = (Instants.Micros(request.From), Math.Min(Instants.Micros(request.To), after?.Time ?? long.MaxValue));
        using var held = store.Hold();
        var axis = Axis.Of(request);
        await FindDays(axis, held.All, from, to, ct);
        var slices = new TimeSlices(axis, held.All, from, to, parts: 256);
        var candidates = new Dictionary<Segment, Candidates>();
        var given = 0;
        while (given < request.Limit && slices.Next())
        {
            var began = Stopwatch.GetTimestamp();
            var most = Math.Min(ChunkRows, request.Limit - given);
            var found = new List<EventView>();
            foreach (var segment in slices.Segments.ToList())
                if (await PlaceOf(segment, sql, axis, slices.Low, slices.High, candidates, ct) is { } place) found.AddRange(await Page(place, segment, axis, sql, slices, after, most, ct));
            // Each segment gave its newest; together their newest are those of the slice.
            if (found.Count > most) found = [.. found.OrderByDescending(axis.At).ThenByDescending(e => e.Id).Take(most)];
            else found.Sort((a, b) => (axis.At(b), b.Id).CompareTo((axis.At(a), a.Id)));
            given += found.Count;
            if (found.Count == most)
            {
                after = new Cursor(axis.At(found[^1]), found[^1].Id);
                slices.Rest(after.Value.Time);
            }
            else
            {
                slices.Finish(Stopwatch.GetElapsedTime(began), found.Count == 0);
                after = new Cursor(slices.Low, Guid.Empty);
            }
            yield return new SearchChunk(found, slices.Done, slices.Total, slices.Share >= 1 ? null : after.ToString()) { Share = slices.Share };
        }
        if (given < request.Limit && slices.Total == 0) yield return new SearchChunk([], 0, 0, null) { Share = 1 };
    }

    public async Task<EventView?> Get(Guid id, CancellationToken ct)
    {
        EventView? found = null;
        var parameters = new QuerySql();
        parameters.Parameters.Add(id.ToString());
        using var held = store.Hold();
        foreach (var segment in held.All.Reverse())
        {
            await Read($"SELECT {EventRow.Selected} FROM {segment.Source} WHERE id = $p0::UUID", parameters, ct, row => found = EventRow.Read(row));
            if (found is not null) return found;
        }
        return found;
    }

    public void Dispose() => _places.Dispose();

    private async Task<List<EventView>> Page(Place place, Segment segment, Axis axis, QuerySql sql, TimeSlices slice, Cursor? after, int most, CancellationToken ct)
    {
        var found = new List<EventView>();
        foreach (var part in sql.Parts(segment.Beside))
            await Read($"SELECT {EventRow.Selected} FROM {place.Source} WHERE {axis.Within(slice.Low, slice.High)}{axis.After(after)} AND {place.Where(part)} ORDER BY {axis.Column} DESC, id DESC LIMIT {Text(most)}", sql, ct, row => found.Add(EventRow.Read(row)));
        return found;
    }

    /// <summary>Where in a segment a query can find something of a span of time; null for nowhere. What is read for it is kept for the next slice.</summary>
    private async Task<Place?> PlaceOf(Segment segment, QuerySql sql, Axis axis, long from, long to, Dictionary<Segment, Candidates> known, CancellationToken ct)
    {
        if (Candidates.Statement(segment, sql) is not { } statement) return Place.Anywhere(segment);
        if (!known.TryGetValue(segment, out var candidates))
        {
            candidates = known[segment] = new Candidates(segment);
            await Read(statement, new QuerySql(), ct, candidates.Add);
            candidates.End();
        }
        return candidates.Within(axis, from, to);
    }

    /// <summary>Looks once at the days of closed segments whose span says little; a scan of one column.</summary>
    private async Task FindDays(Axis axis, IReadOnlyList<Segment> segments, long from, long to, CancellationToken ct)
    {
        if (axis == Axis.Receipt) return;
        foreach (var segment in segments.SkipLast(1).Where(s => s.Days is null && s.IsStretched && s.Overlaps(from, to)))
        {
            var days = new List<long>();
            await Read($"SELECT DISTINCT floor(epoch_us(time) / 86400000000)::BIGINT FROM {segment.Alias}.events", new QuerySql(), ct, row => days.Add(row.GetInt64(0)));
            segment.Days = [.. days.Order()];
        }
    }

    private async Task Read(string text, QuerySql sql, CancellationToken ct, Action<System.Data.Common.DbDataReader> each)
    {
        using var place = await _places.Take(ct);
        await Task.Run(() => Run(text, sql, ct, each), ct);
    }

    private void Run(string text, QuerySql sql, CancellationToken ct, Action<System.Data.Common.DbDataReader> each)
    {
        using var hurry = store.Duck.Hurry();
        var isEvicted = false;
        try
        {
            using var reader = store.Duck.Reader();
            using var stop = ct.Register(reader.Interrupt);
            using var command = reader.Connection.CreateCommand();
            command.CommandText = text;
            for (var i = 0; i < sql.Parameters.Count; i++) command.Parameters.Add(new DuckDBParameter("p" + Text(i), sql.Parameters[i]));
            try
            {
                using var rows = command.ExecuteReader();
                while (rows.Read()) each(rows);
            }
            finally
            {
                isEvicted = reader.Evicted;
            }
        }
        catch (Exception e) when (e is DuckDBException or OperationCanceledException && ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(ct);
        }
        catch (Exception e) when (e is StoreEvictedException || (e is DuckDBException or OperationCanceledException && isEvicted))
        {
            throw new SearchQueryException(SearchQueryException.Busy, "Storing needed the memory of the search; narrow its time range, or try again in a few seconds.", 0, 0);
        }
        catch (DuckDBException e) when (e.ErrorType == DuckDBErrorType.OutOfMemory)
        {
            throw new SearchQueryException(SearchQueryException.Busy, "The search needs more memory than the event store has (Modules:Events:MemoryMegabytes); narrow its time range.", 0, 0);
        }
    }

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
}
