using System.Collections.Concurrent;
using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Rules;

/// <summary>What people and the storm guard decided about rules, and when each rule hit last; in memory, with the table behind it.</summary>
internal sealed class RuleModes
{
    /// <summary>Reason of a rule that the storm guard made silent.</summary>
    public const string Storm = "storm";

    private readonly ConcurrentDictionary<string, RuleMode> _modes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _lastHit = new(StringComparer.Ordinal);

    /// <summary>The mode of a rule.</summary>
    public RuleMode Of(string ruleId) => _modes.GetValueOrDefault(ruleId, RuleMode.Enabled);

    /// <summary>Rules that are left out.</summary>
    public IReadOnlySet<string> Disabled => _modes.Where(m => m.Value == RuleMode.Disabled).Select(m => m.Key).ToHashSet(StringComparer.Ordinal);

    /// <summary>Receipt of a rule's last match in microseconds since 1970 UTC, or null.</summary>
    public long? LastHit(string ruleId) => _lastHit.TryGetValue(ruleId, out var at) ? at : null;

    /// <summary>Reads the tables at start.</summary>
    public async Task Load(DetectionDb db, CancellationToken ct)
    {
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

    /// <summary>Makes a rule silent in memory.</summary>
    public void MakeSilent(string ruleId) => Set(ruleId, RuleMode.Silent);

    /// <summary>Adds the rows of stormed rules to the save.</summary>
    public async Task KeepStormed(DetectionDb db, IReadOnlyCollection<AlertRule> rules, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var rule in rules)
        {
            var row = await db.RuleStates.SingleOrDefaultAsync(r => r.RuleId == rule.Id, ct);
            if (row is null) db.RuleStates.Add(row = new RuleStateRow { RuleId = rule.Id });
            (row.Mode, row.Reason, row.ChangedBy, row.ChangedAt) = (RuleMode.Silent, Storm, "", now);
        }
    }

    /// <summary>Notes committed matches.</summary>
    public void NoteHits(IReadOnlyDictionary<(string Rule, long Hour), RuleCount> hits)
    {
        foreach (var ((rule, _), count) in hits) _lastHit[rule] = Math.Max(count.LastReceived, _lastHit.GetValueOrDefault(rule));
    }
}
