using System.Globalization;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Matching;
using Juming.Site.ThreatIntel.Sets;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel.Hits;

/// <summary>
/// Counts by indicator what alerts say. An alert's row takes over the alert's own count, so that hearing of it twice, or late, changes nothing. What a storm rolled together belongs to
/// several indicators and is counted for none.
/// </summary>
file sealed class Handler(IntelDb db, IAlertDirectory alerts, HitTurn turn) : INotificationHandler<AlertsRaised>, INotificationHandler<AlertsGrown>
{
    public async Task Handle(AlertsRaised notification, CancellationToken cancellationToken)
    {
        var fresh = (await alerts.Read(notification.Alerts, cancellationToken)).Where(a => a.RuleId is FindingMaker.Live or FindingMaker.Late && a.Rolling == Rolling.No).Select(Row).OfType<HitRow>().ToDictionary(h => h.AlertId);
        if (fresh.Count == 0) return;
        using var held = await turn.Enter(cancellationToken);
        var there = await db.Hits.Where(h => fresh.Keys.Contains(h.AlertId)).Select(h => h.AlertId).ToListAsync(cancellationToken);
        var mark = await Mark(cancellationToken);
        foreach (var hit in fresh.Values.Where(h => !there.Contains(h.AlertId)))
        {
            hit.Mark = ++mark;
            db.Add(hit);
        }
        await db.SaveChangesAsync(cancellationToken);
    }

    public async Task Handle(AlertsGrown notification, CancellationToken cancellationToken)
    {
        var grown = notification.Alerts.GroupBy(a => a.Id).ToDictionary(g => g.Key, g => g.MaxBy(a => a.Count)!);
        using var held = await turn.Enter(cancellationToken);
        var rows = await db.Hits.Where(h => grown.Keys.Contains(h.AlertId)).ToListAsync(cancellationToken);
        if (rows.Count == 0) return;
        var mark = await Mark(cancellationToken);
        foreach (var row in rows.Where(r => grown[r.AlertId].Count > r.Count))
        {
            (row.Count, row.Mark) = (grown[row.AlertId].Count, ++mark);
            if (grown[row.AlertId].LastAt > row.LastAt) row.LastAt = grown[row.AlertId].LastAt;
        }
        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task<long> Mark(CancellationToken ct) => await db.Hits.MaxAsync(h => (long?)h.Mark, ct) ?? 0;

    private static HitRow? Row(AlertView alert)
    {
        var facts = alert.Matched;
        if (!Guid.TryParse(facts.GetValueOrDefault("indicator"), out var indicator) || !Enum.TryParse<IndicatorKind>(facts.GetValueOrDefault("kind"), out var kind)) return null;
        return new HitRow
        {
            AlertId = alert.Id,
            IndicatorId = indicator,
            IsOwn = facts.GetValueOrDefault("origin") == "own",
            Kind = kind,
            Value = facts.GetValueOrDefault("value") ?? "",
            Threat = facts.GetValueOrDefault("threat") is { } threat and not "-" ? threat.Length <= 120 ? threat : threat[..120] : "",
            Techniques = string.Join(',', alert.Techniques.Take(IndicatorFacts.MostLabels)),
            Tlp = Enum.TryParse<SharingLimit>(facts.GetValueOrDefault("tlp"), out var tlp) && Enum.IsDefined(tlp) ? tlp.ToString() : "",
            Until = DateTimeOffset.TryParseExact(facts.GetValueOrDefault("until"), FindingMaker.UntilForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? until : null,
            Severity = (int)alert.Severity,
            Party = alert.Victim ?? alert.Host ?? alert.Account ?? "",
            IsLate = alert.RuleId == FindingMaker.Late,
            FirstAt = alert.FirstAt,
            LastAt = alert.LastAt,
            Count = alert.Count,
        };
    }
}

/// <summary>Lets one at a time count: marks go up without two being the same.</summary>
internal sealed class HitTurn : Turn;

/// <summary>Counts by the cloud's identities, for who tells the tier above.</summary>
internal sealed class Sightings(IntelDb db) : IIndicatorSightings
{
    /// <inheritdoc/>
    public async Task<(IReadOnlyList<IndicatorSightings> Counts, long Mark)> ChangedAfter(long after, int most, CancellationToken ct)
    {
        // Rows that no longer count are kept as long as hits are; what was counted is not taken back.
        var changed = await db.Hits.AsNoTracking().Where(h => h.Mark > after && !h.IsOwn).OrderBy(h => h.Mark).Take(most).Select(h => new { h.IndicatorId, h.Mark }).ToListAsync(ct);
        if (changed.Count == 0) return ([], after);
        var ids = changed.Select(c => c.IndicatorId).Distinct().ToList();
        var sums = await db.Hits.AsNoTracking().Where(h => ids.Contains(h.IndicatorId)).GroupBy(h => h.IndicatorId).Select(g => new { g.Key, Count = g.Sum(h => h.Count), First = g.Min(h => h.FirstAt), Last = g.Max(h => h.LastAt) }).ToListAsync(ct);
        return (sums.ConvertAll(s => new IndicatorSightings(s.Key, s.Count, DateOnly.FromDateTime(s.First.UtcDateTime), DateOnly.FromDateTime(s.Last.UtcDateTime))), changed[^1].Mark);
    }
}
