using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Figures;

/// <summary>Reads incidents for other modules.</summary>
internal sealed class IncidentDirectory(IncidentsDb db) : IIncidentDirectory
{
    private IQueryable<Incident> Real => db.Incidents.AsNoTracking().Where(i => i.State != IncidentState.Merged);

    private IQueryable<Incident> Unfinished => Real.Where(i => i.State != IncidentState.Closed);

    public Task<long> Count(CancellationToken ct) => Real.LongCountAsync(ct);

    public async Task<IReadOnlyDictionary<Severity, int>> OpenBySeverity(CancellationToken ct) =>
        (await Unfinished.GroupBy(i => i.Severity).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(ct)).ToDictionary(g => (Severity)g.Key, g => g.Count);

    public async Task<IncidentShare> Open(string? assignee, int most, CancellationToken ct)
    {
        var rows = assignee is null ? Unfinished : Unfinished.Where(i => i.Assignee == assignee);
        var items = await rows.OrderBy(i => i.Priority).ThenByDescending(i => i.Severity).ThenByDescending(i => i.LastAt).ThenBy(i => i.Id).Take(Math.Clamp(most, 1, 100)).ToListAsync(ct);
        return new IncidentShare([.. items.Select(i => i.Brief)], await rows.CountAsync(ct));
    }

    public async Task<IncidentShare> ChangedSince(DateTimeOffset since, int most, CancellationToken ct)
    {
        var rows = Real.Where(i => i.UpdatedAt > since);
        var items = await rows.OrderByDescending(i => i.UpdatedAt).ThenBy(i => i.Id).Take(Math.Clamp(most, 1, 100)).ToListAsync(ct);
        return new IncidentShare([.. items.Select(i => i.Brief)], await rows.CountAsync(ct));
    }

    public async Task<IReadOnlyList<ResponseTime>> ResponseTimes(DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var rows = await Real.Where(i => i.DetectedAt >= from && i.DetectedAt < to)
            .Select(i => new { i.OccurredAt, i.DetectedAt, i.AcknowledgedAt, i.JudgedAt, i.ContainedAt, i.ResolvedAt }).ToListAsync(ct);
        return
        [
            Statistic.Of("mttd", rows.Select(r => (TimeSpan?)(r.DetectedAt - r.OccurredAt))),
            Statistic.Of("mtta", rows.Select(r => r.AcknowledgedAt - r.DetectedAt)),
            Statistic.Of("mtti", rows.Select(r => r.JudgedAt - r.AcknowledgedAt)),
            Statistic.Of("mttc", rows.Select(r => r.ContainedAt - r.DetectedAt)),
            Statistic.Of("mttr", rows.Select(r => r.ResolvedAt - r.DetectedAt)),
        ];
    }

    public async Task<IReadOnlyList<(string Name, int Count)>> TopTargets(DateTimeOffset since, int most, CancellationToken ct)
    {
        var found = await Real.Where(i => i.LastAt >= since && i.Target != null).GroupBy(i => i.Target!).Select(g => new { g.Key, Count = g.Count() })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(Math.Clamp(most, 1, 50)).ToListAsync(ct);
        return [.. found.Select(f => (f.Key, f.Count))];
    }
}

/// <summary>Mean, median and P90 of durations.</summary>
internal static class Statistic
{
    /// <summary>The statistic of those that are known; a clock that ran backwards counts as zero.</summary>
    public static ResponseTime Of(string metric, IEnumerable<TimeSpan?> durations)
    {
        var all = durations.Where(d => d is not null).Select(d => d!.Value.Ticks).ToList();
        var known = all.Select(ticks => Math.Max(0, ticks)).Order().ToList();
        if (known.Count == 0) return new ResponseTime(metric, 0, null, null, null);
        var median = known.Count % 2 == 1 ? known[known.Count / 2] : (known[(known.Count / 2) - 1] + known[known.Count / 2]) / 2;
        // Nearest rank: the smallest value that nine of ten do not exceed.
        var p90 = known[(int)Math.Ceiling(known.Count * 0.9) - 1];
        return new ResponseTime(metric, known.Count, TimeSpan.FromTicks((long)known.Average()), TimeSpan.FromTicks(median), TimeSpan.FromTicks(p90), all.Count(ticks => ticks < 0));
    }
}
