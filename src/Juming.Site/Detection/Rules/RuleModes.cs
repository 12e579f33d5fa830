using System.Collections.Concurrent;
using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Rules;

/// <summary>What people decided about rules, which of them storm, and when each rule hit last; in memory, with the table behind it.</summary>
internal sealed class RuleModes
{
    // Earlier releases made a rule silent for good when it stormed, and noted it so.
    private const string Storm = "storm";

    private readonly ConcurrentDictionary<string, RuleMode> _modes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _lastHit = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _storms = new(StringComparer.Ordinal);

    /// <summary>The mode of a rule.</summary>
    public RuleMode Of(string ruleId) => _modes.GetValueOrDefault(ruleId, RuleMode.Enabled);

    /// <summary>Rules that are left out.</summary>
    public IReadOnlySet<string> Disabled => _modes.Where(m => m.Value == RuleMode.Disabled).Select(m => m.Key).ToHashSet(StringComparer.Ordinal);

    /// <summary>Receipt of a rule's last match in microseconds since 1970 UTC, or null.</summary>
    public long? LastHit(string ruleId) => _lastHit.TryGetValue(ruleId, out var at) ? at : null;

    /// <summary>Reads the tables at start.</summary>
    public async Task Load(DetectionDb db, CancellationToken ct)
    {
        if (await db.RuleStates.Where(r => r.Reason == Storm && r.ChangedBy == "").ToListAsync(ct) is { Count: > 0 } silenced)
        {
            db.RuleStates.RemoveRange(silenced);
            await db.SaveChangesAsync(ct);
        }
        foreach (var row in await db.RuleStates.AsNoTracking().ToListAsync(ct)) _modes[row.RuleId] = row.Mode;
        foreach (var row in await db.Hits.AsNoTracking().GroupBy(h => h.RuleId).Select(g => new { g.Key, Hour = g.Max(h => h.Hour) }).ToListAsync(ct))
            _lastHit[row.Key] = row.Hour * 3_600_000_000L;
    }

    /// <summary>Sets a mode in memory.</summary>
    public void Set(string ruleId, RuleMode mode)
    {
        if (mode == RuleMode.Enabled) _modes.TryRemove(ruleId, out _);
        else _modes[ruleId] = mode;
    }

    /// <summary>Notes that a rule storms and is rolled into one alert until an instant.</summary>
    public void NoteStorm(string ruleId, DateTimeOffset until) => _storms[ruleId] = until;

    /// <summary>Until when a rule is rolled into one alert, or null when it does not storm.</summary>
    public DateTimeOffset? StormUntil(string ruleId, DateTimeOffset now) => _storms.TryGetValue(ruleId, out var until) && until > now ? until : null;

    /// <summary>Notes committed matches.</summary>
    public void NoteHits(IReadOnlyDictionary<(string Rule, long Hour), RuleCount> hits)
    {
        foreach (var ((rule, _), count) in hits) _lastHit[rule] = Math.Max(count.LastReceived, _lastHit.GetValueOrDefault(rule));
    }
}
