using System.Collections.Concurrent;
using Juming.Platform.Data;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Rules;

/// <summary>When each log source that rules ask for was last seen; outlives rule sets and restarts, so that a restart does not make every source look dead.</summary>
internal sealed class SourceSights
{
    private readonly ConcurrentDictionary<string, long> _lastSeen = new(StringComparer.Ordinal);

    /// <summary>Receipt of the last event by log source, microseconds since 1970 UTC.</summary>
    public IReadOnlyDictionary<string, long> LastSeen => _lastSeen;

    /// <summary>Reads the table at start.</summary>
    public async Task Load(DetectionDb db, CancellationToken ct)
    {
        foreach (var row in await db.Sights.AsNoTracking().ToListAsync(ct)) Note(row.Logsource, PlainStatements.Micros(row.LastAt));
    }

    /// <summary>Takes over what a rule set has seen.</summary>
    public void Note(ActiveRuleSet? rules)
    {
        foreach (var lane in rules?.Set.Lanes ?? []) if (lane.LastSeen > 0) Note(lane.Source.ToString(), lane.LastSeen);
    }

    /// <summary>Writes what changed.</summary>
    public async Task Save(DetectionDb db, CancellationToken ct)
    {
        var rows = await db.Sights.ToDictionaryAsync(r => r.Logsource, StringComparer.Ordinal, ct);
        foreach (var (source, at) in _lastSeen)
        {
            var instant = DateTimeOffset.UnixEpoch.AddMicroseconds(at);
            if (!rows.TryGetValue(source, out var row)) db.Sights.Add(new SightRow { Logsource = source, LastAt = instant });
            else if (row.LastAt < instant) row.LastAt = instant;
        }
        await db.SaveChangesAsync(ct);
    }

    private void Note(string source, long at) => _lastSeen.AddOrUpdate(source, at, (_, before) => Math.Max(before, at));
}
