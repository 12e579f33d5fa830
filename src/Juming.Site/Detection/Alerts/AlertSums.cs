using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts;

/// <summary>Sums over stored alerts.</summary>
internal sealed class AlertSums(DetectionDb db) : IAlertOverview
{
    public async Task<AlertOverview> Since(DateTimeOffset from, CancellationToken ct)
    {
        var recent = db.Alerts.AsNoTracking().Where(a => a.LastAt >= from);
        var severities = await recent.GroupBy(a => a.Severity).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(ct);
        var latest = await recent.OrderByDescending(a => a.LastAt).ThenBy(a => a.Id).Take(10).ToListAsync(ct);
        var attackers = await recent.Where(a => a.Attacker != null).GroupBy(a => a.Attacker!).Select(g => new { g.Key, Count = g.Count() }).OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(8).ToListAsync(ct);
        var rules = await recent.GroupBy(a => a.RuleId).Select(g => new { g.Key, Title = g.Max(a => a.Title)!, Count = g.Count() }).OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(8).ToListAsync(ct);
        return new AlertOverview(severities.ToDictionary(s => (Severity)s.Key, s => s.Count), [.. latest.Select(AlertViews.Of)], [.. attackers.Select(a => (a.Key, a.Count))], [.. rules.Select(r => new RuleSum(r.Key, r.Title, r.Count))]);
    }
}
