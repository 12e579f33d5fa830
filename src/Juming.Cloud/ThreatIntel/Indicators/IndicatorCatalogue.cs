using System.Runtime.CompilerServices;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Merge;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Indicators;

/// <summary>Reads indicators page by page, so that no long reader keeps the database from tidying up.</summary>
internal sealed class IndicatorCatalogue(ThreatIntelDb db, MergeTurn turn, TimeProvider clock) : IIndicatorCatalogue
{
    private const int Page = 20_000;

    public async IAsyncEnumerable<PassedIndicator> All(Tlp strictest, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = Guid.Empty;
        while (true)
        {
            var after = last;
            var page = await Passed(db.Indicators.FromSql($"SELECT * FROM threatintel_indicators WHERE id > {after} ORDER BY id LIMIT {Page}")).ToListAsync(ct);
            if (page.Count == 0) yield break;
            foreach (var found in page.OrderBy(f => f.Id.ToString("N"), StringComparer.Ordinal))
            {
                last = found.Id;
                if (found.ToPassed(strictest) is { Tlp: not null } passed) yield return passed;
            }
        }
    }

    public async Task<IReadOnlyList<PassedIndicator>> ChangedSince(DateTimeOffset since, Tlp strictest, int most, CancellationToken ct) =>
        [.. (await Passed(db.Indicators.Where(i => i.ChangedAt >= since).OrderBy(i => i.ChangedAt).Take(most)).ToListAsync(ct)).OrderBy(f => f.ChangedAt).Select(f => f.ToPassed(strictest))];

    public async Task Settled(CancellationToken ct) => (await turn.Enter(ct)).Dispose();

    public Task<long> Count(CancellationToken ct) => db.Indicators.LongCountAsync(i => i.State == IndicatorState.Active, ct);

    public async Task<string> Licences(CancellationToken ct) =>
        string.Join(',', (await db.Sources.Where(s => s.MayDistribute).Select(s => s.Id).ToListAsync(ct)).Order().Select(id => id.ToString("N")));

    private IQueryable<Found> Passed(IQueryable<IndicatorRow> rows)
    {
        var now = clock.GetUtcNow();
        return rows.AsNoTracking().Select(i => new Found
        {
            Id = i.Id,
            Kind = i.Kind,
            Value = i.Value,
            State = i.State,
            Confidence = i.Confidence,
            Severity = i.Severity,
            Threat = i.Threat,
            Sources = i.Sources,
            ChangedAt = i.ChangedAt,
            // The laxest of those whose licence lets their word be passed on.
            Tlp = db.Claims.Where(c => c.IndicatorId == i.Id && c.WithdrawnAt == null && (c.ValidUntil == null || c.ValidUntil > now) && db.Sources.Any(s => s.Id == c.SourceId && s.MayDistribute))
                .Min(c => (int?)(c.Tlp == ThreatIntel.Tlp.Clear ? 0 : c.Tlp == ThreatIntel.Tlp.Green ? 1 : c.Tlp == ThreatIntel.Tlp.Amber ? 2 : c.Tlp == ThreatIntel.Tlp.AmberStrict ? 3 : 4)),
        });
    }

    private sealed class Found
    {
        public Guid Id { get; init; }
        public Juming.Contracts.Indicators.IndicatorKind Kind { get; init; }
        public string Value { get; init; } = "";
        public IndicatorState State { get; init; }
        public int Confidence { get; init; }
        public int Severity { get; init; }
        public ThreatKind Threat { get; init; }
        public int Sources { get; init; }
        public DateTimeOffset ChangedAt { get; init; }
        public int? Tlp { get; init; }

        public PassedIndicator ToPassed(Tlp strictest)
        {
            var tlp = State == IndicatorState.Active && Tlp is { } limit && limit <= (int)strictest && limit < (int)ThreatIntel.Tlp.Red ? (Tlp?)limit : null;
            return new PassedIndicator(Id, new(Kind, Value), Confidence, Severity, Threat, Sources, ChangedAt, tlp);
        }
    }
}
