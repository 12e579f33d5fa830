using Juming.Platform.Handlers;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Rules;
using Juming.Site.Detection.Sigma;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Coverage;

/// <summary>Which techniques the rules in force see, and whether their sources still send.</summary>
internal sealed record GetCoverage : IQuery<CoverageView>, INeeds<DetectionRead>;

/// <summary>The matrix: tactics in the order of an attack, each with its techniques.</summary>
/// <param name="Tactics">Columns.</param>
/// <param name="Sources">Log sources that rules need, with the time of their last event.</param>
internal sealed record CoverageView(IReadOnlyList<CoverageTactic> Tactics, IReadOnlyList<CoverageSource> Sources);

/// <summary>A column.</summary>
internal sealed record CoverageTactic(string Id, IReadOnlyList<CoverageTechnique> Techniques);

/// <summary>A cell.</summary>
/// <param name="Id">"T1110".</param>
/// <param name="Rules">Rules in force, those of its sub-techniques included.</param>
/// <param name="Fed">Of them, those whose source sent within the last day.</param>
/// <param name="Idle">Rules that are idle, silent, cut off or switched off.</param>
/// <param name="Alerts7d">Alerts within seven days.</param>
internal sealed record CoverageTechnique(string Id, int Rules, int Fed, int Idle, int Alerts7d)
{
    /// <summary>Since when no source feeds it any more; null while one does, or when none ever did.</summary>
    public DateTimeOffset? SilentSince { get; init; }
}

/// <summary>A log source.</summary>
internal sealed record CoverageSource(string Name, int Rules, DateTimeOffset? LastSeen, bool Alive);

file sealed class Handler(RuleBook book, RuleModes modes, DetectionDb db, TimeProvider clock) : IQueryHandler<GetCoverage, CoverageView>
{
    public async Task<Result<CoverageView>> Handle(GetCoverage request, CancellationToken cancellationToken)
    {
        if (book.Current is not { } current) return new CoverageView([], []);
        var now = clock.GetUtcNow();
        var since = now.AddDays(-7);
        var rows = await db.Alerts.AsNoTracking().Where(a => a.LastAt >= since && a.Techniques != "").GroupBy(a => a.Techniques).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var alerts = rows.SelectMany(r => Alerts.AlertRule.Apart(r.Key).Select(Whole).Distinct().Select(t => (Technique: t, r.Count))).GroupBy(p => p.Technique).ToDictionary(g => g.Key, g => g.Sum(p => p.Count));
        var cells = new Dictionary<(string Tactic, string Technique), (int Rules, int Fed, int Idle, long LastSeen)>();
        void Add(SigmaDocument document, bool active, bool fed, long seen)
        {
            foreach (var tactic in document.Attack.Tactics)
                foreach (var technique in document.Attack.Techniques.Select(Whole).Distinct())
                {
                    var (inForce, live, idle, last) = cells.GetValueOrDefault((tactic, technique));
                    cells[(tactic, technique)] = active ? (inForce + 1, live + (fed ? 1 : 0), idle, Math.Max(last, seen)) : (inForce, live, idle + 1, last);
                }
        }
        var lanes = current.Set.Rules.ToDictionary(r => r.Rule.Id, r => r.Lane);
        var sources = current.Set.Correlations.ToDictionary(c => c.Spec.Id, c => c.Sources);
        foreach (var verdict in current.Set.Verdicts())
        {
            if (verdict.Document is SigmaFilter) continue;
            var id = verdict.Document.Id;
            var feeding = sources.TryGetValue(id, out var feeders) ? [.. feeders.Select(f => f.Lane)] : lanes.TryGetValue(id, out var lane) ? new[] { lane } : [];
            Add(verdict.Document, verdict.State == RuleState.Active && modes.Of(id) == RuleMode.Enabled, feeding.Any(l => l.IsAlive(now)), feeding.Select(l => l.LastSeen).DefaultIfEmpty().Max());
        }
        var order = AttackTags.TacticOrder;
        var tactics = order.Select(t => new CoverageTactic(t, [.. cells.Where(c => c.Key.Tactic == t).OrderByDescending(c => c.Value.Rules).ThenBy(c => c.Key.Technique, StringComparer.Ordinal)
            .Select(c => new CoverageTechnique(c.Key.Technique, c.Value.Rules, c.Value.Fed, c.Value.Idle, alerts.GetValueOrDefault(c.Key.Technique)) { SilentSince = c.Value.Fed == 0 ? Instant(c.Value.LastSeen) : null })])).Where(t => t.Techniques.Count > 0).ToList();
        var all = current.Set.Lanes.Select(l => new CoverageSource(l.Source.ToString(), current.Set.Rules.Count(r => ReferenceEquals(r.Lane, l)), Instant(l.LastSeen), l.IsAlive(now)))
            .OrderByDescending(l => l.Rules).ToList();
        return new CoverageView(tactics, all);
    }

    private static DateTimeOffset? Instant(long micros) => micros == 0 ? null : DateTimeOffset.UnixEpoch.AddMicroseconds(micros);

    private static string Whole(string technique) => technique.Split('.')[0];
}
