using System.Diagnostics;
using System.Runtime.CompilerServices;
using Juming.Site.Events.Query;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Search;

/// <summary>Counts over what fits.</summary>
internal sealed partial class DuckSearch
{
    public async Task<IReadOnlyList<HistogramStep>> Histogram(SearchRequest request, int steps, CancellationToken ct)
    {
        IReadOnlyList<HistogramStep> last = [];
        await foreach (var so in HistogramAsFound(request, steps, ct)) last = so.Steps;
        return last;
    }

    public async IAsyncEnumerable<HistogramSoFar> HistogramAsFound(SearchRequest request, int steps, [EnumeratorCancellation] CancellationToken ct)
    {
        var counts = new long[steps, 1];
        await foreach (var share in CountSteps(request, counts, "0", ct))
            yield return new HistogramSoFar([.. Starts(request, steps).Select((at, i) => new HistogramStep(at, counts[i, 0]))], share);
    }

    public async Task<IReadOnlyList<SeverityStep>> HistogramBySeverity(SearchRequest request, int steps, CancellationToken ct)
    {
        var counts = new long[steps, SeverityStep.Bands];
        var band = $"CASE WHEN event_severity IS NULL THEN {Text(SeverityStep.Bands - 1)} ELSE greatest(0, least(event_severity, {Text(SeverityStep.Bands - 2)})) END";
        await foreach (var _ in CountSteps(request, counts, band, ct)) ct.ThrowIfCancellationRequested();
        return [.. Starts(request, steps).Select((at, i) => new SeverityStep(at, [.. Enumerable.Range(0, SeverityStep.Bands).Select(b => counts[i, b])]))];
    }

    /// <summary>Counts by step and band; tells after each slice which share of the range is counted, and at last 1.</summary>
    private async IAsyncEnumerable<double> CountSteps(SearchRequest request, long[,] counts, string band, [EnumeratorCancellation] CancellationToken ct)
    {
        var sql = Parse(request.Query);
        var axis = Axis.Of(request);
        var (from, to) = (Instants.Micros(request.From), Instants.Micros(request.To));
        var (steps, width) = (counts.GetLength(0), Width(request, counts.GetLength(0)));
        using var held = store.Hold();
        await FindDays(axis, held.All, from, to, ct);
        var slices = new TimeSlices(axis, held.All, from, to, parts: 8);
        var candidates = new Dictionary<Segment, Candidates>();
        while (slices.Next())
        {
            var began = Stopwatch.GetTimestamp();
            var isEmpty = true;
            foreach (var segment in slices.Segments.ToList())
            {
                if (await PlaceOf(segment, sql, axis, slices.Low, slices.High, candidates, ct) is not { } place) continue;
                foreach (var part in sql.Parts(segment.Beside))
                    await Read($"SELECT ((epoch_us({axis.Column}) - {Text(from)}) // {Text(width)})::INTEGER AS step, ({band})::INTEGER AS band, count(*) FROM {place.Source} WHERE {axis.Within(slices.Low, slices.High)} AND {place.Where(part)} GROUP BY step, band", sql, ct, row =>
                    {
                        counts[Math.Clamp(row.GetInt32(0), 0, steps - 1), row.GetInt32(1)] += row.GetInt64(2);
                        isEmpty = false;
                    });
            }
            slices.Finish(Stopwatch.GetElapsedTime(began), isEmpty);
            if (slices.Share < 1) yield return slices.Share;
        }
        yield return 1;
    }

    private static long Width(SearchRequest request, int steps) => Math.Max(1, (Instants.Micros(request.To) - Instants.Micros(request.From) + steps - 1) / steps);

    private static IEnumerable<DateTimeOffset> Starts(SearchRequest request, int steps) =>
        Enumerable.Range(0, steps).Select(i => Instants.Of(Instants.Micros(request.From) + (i * Width(request, steps))));

    public async Task<long> DatedElsewhere(SearchRequest request, CancellationToken ct)
    {
        var sql = Parse(request.Query);
        var (from, to) = (Instants.Micros(request.From), Instants.Micros(request.To));
        var (early, late) = (from - Delivery, to + Delivery);
        long count = 0;
        using var held = store.Hold();
        foreach (var segment in held.All.Where(s => s.ReceivedWithin(from, to) && (s.MinTime < early || s.MaxTime > late)))
        {
            if (await PlaceOf(segment, sql, Axis.Receipt, from, to, [], ct) is not { } place) continue;
            foreach (var part in sql.Parts(segment.Beside))
                await Read($"SELECT count(*) FROM {place.Source} WHERE {Axis.Receipt.Within(from, to)} AND NOT ({Axis.Event.Within(early, late)}) AND {place.Where(part)}", sql, ct, row => count += row.GetInt64(0));
        }
        return count;
    }

    public async Task<IReadOnlyList<FacetValue>> Facet(SearchRequest request, string field, int most, CancellationToken ct)
    {
        var sql = Parse(request.Query);
        var (from, to) = (Instants.Micros(request.From), Instants.Micros(request.To));
        var axis = Axis.Of(request);
        if (Columns.Find(field) is not { } column) return [];
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        using var held = store.Hold();
        foreach (var segment in held.All.Where(s => axis.Meets(s, from, to) && s.Columns.Contains(column.Name)))
        {
            if (await PlaceOf(segment, sql, axis, from, to, [], ct) is not { } place) continue;
            foreach (var part in sql.Parts(segment.Beside))
                await Read($"SELECT \"{column.Name}\"::VARCHAR AS v, count(*) AS n FROM {place.Source} WHERE {axis.Within(from, to)} AND \"{column.Name}\" IS NOT NULL AND {place.Where(part)} GROUP BY v ORDER BY n DESC LIMIT {Text(most * 4)}", sql, ct,
                    row => counts[row.GetString(0)] = counts.GetValueOrDefault(row.GetString(0)) + row.GetInt64(1));
        }
        return [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(most).Select(c => new FacetValue(c.Key, c.Value))];
    }

    public async Task<IReadOnlyList<SourceTally>> Tally(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var (first, last) = (Instants.Micros(from), Instants.Micros(to));
        var found = new Dictionary<int, SourceTally>();
        using var held = store.Hold();
        foreach (var segment in held.All.Where(s => s.Overlaps(first, last)))
            await Read($"SELECT source, count(*), count(*) FILTER ((flags & 1) = 1), max(epoch_us(time)) FILTER ((flags & 1) = 1) FROM {segment.Alias}.events WHERE {Axis.Event.Within(first, last)} GROUP BY source", new QuerySql(), ct, row =>
            {
                var before = found.GetValueOrDefault(row.GetInt32(0));
                DateTimeOffset? newest = row.IsDBNull(3) ? null : Instants.Of(row.GetInt64(3));
                found[row.GetInt32(0)] = new SourceTally(row.GetInt32(0), before.Stored + row.GetInt64(1), before.Unparsed + row.GetInt64(2), newest > before.Newest || before.Newest is null ? newest : before.Newest);
            });
        return [.. found.Values];
    }
}
