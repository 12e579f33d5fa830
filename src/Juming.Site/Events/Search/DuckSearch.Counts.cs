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
        var sql = Parse(request.Query);
        var (from, to) = (Instants.Micros(request.From), Instants.Micros(request.To));
        var width = Math.Max(1, (to - from + steps - 1) / steps);
        var counts = new long[steps];
        using var held = store.Hold();
        await FindDays(held.All, from, to, ct);
        var slices = new TimeSlices(held.All, from, to, parts: 8);
        while (slices.Next())
        {
            var began = Stopwatch.GetTimestamp();
            var before = counts.Sum();
            foreach (var segment in slices.Segments.ToList())
                await Read($"SELECT ((epoch_us(time) - {Text(from)}) // {Text(width)})::INTEGER AS step, count(*) FROM {segment.Source} WHERE {Within(slices.Low, slices.High)} AND {sql.Condition} GROUP BY step", sql, ct,
                    row => counts[Math.Clamp(row.GetInt32(0), 0, steps - 1)] += row.GetInt64(1));
            slices.Finish(Stopwatch.GetElapsedTime(began), counts.Sum() == before);
            if (slices.Share < 1) yield return SoFar(slices.Share);
        }
        yield return SoFar(1);

        HistogramSoFar SoFar(double share) => new([.. counts.Select((count, i) => new HistogramStep(Instants.Of(from + (i * width)), count))], share);
    }

    public async Task<IReadOnlyList<FacetValue>> Facet(SearchRequest request, string field, int most, CancellationToken ct)
    {
        var sql = Parse(request.Query);
        var (from, to) = (Instants.Micros(request.From), Instants.Micros(request.To));
        if (Columns.Find(field) is not { } column) return [];
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        using var held = store.Hold();
        foreach (var segment in held.All.Where(s => s.Overlaps(from, to) && s.Columns.Contains(column.Name)))
            await Read($"SELECT \"{column.Name}\"::VARCHAR AS v, count(*) AS n FROM {segment.Source} WHERE {Within(from, to)} AND \"{column.Name}\" IS NOT NULL AND {sql.Condition} GROUP BY v ORDER BY n DESC LIMIT {Text(most * 4)}", sql, ct,
                row => counts[row.GetString(0)] = counts.GetValueOrDefault(row.GetString(0)) + row.GetInt64(1));
        return [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(most).Select(c => new FacetValue(c.Key, c.Value))];
    }

    public async Task<IReadOnlyList<SourceTally>> Tally(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var (first, last) = (Instants.Micros(from), Instants.Micros(to));
        var found = new Dictionary<int, SourceTally>();
        using var held = store.Hold();
        foreach (var segment in held.All.Where(s => s.Overlaps(first, last)))
            await Read($"SELECT source, count(*), count(*) FILTER ((flags & 1) = 1), max(epoch_us(time)) FILTER ((flags & 1) = 1) FROM {segment.Alias}.events WHERE {Within(first, last)} GROUP BY source", new QuerySql(), ct, row =>
            {
                var before = found.GetValueOrDefault(row.GetInt32(0));
                DateTimeOffset? newest = row.IsDBNull(3) ? null : Instants.Of(row.GetInt64(3));
                found[row.GetInt32(0)] = new SourceTally(row.GetInt32(0), before.Stored + row.GetInt64(1), before.Unparsed + row.GetInt64(2), newest > before.Newest || before.Newest is null ? newest : before.Newest);
            });
        return [.. found.Values];
    }
}
