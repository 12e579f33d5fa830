using System.Runtime.CompilerServices;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Contracts.Indicators;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Indicators;

/// <summary>Reads indicators page by page, so that no long reader keeps the database from tidying up.</summary>
internal sealed class IndicatorCatalogue(ThreatIntelDb db, MergeTurn turn, TimeProvider clock) : IIndicatorCatalogue
{
    private const int Page = 20_000;
    private const int Asked = 5000;

    public async IAsyncEnumerable<PassedIndicator> All(Tlp strictest, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = Guid.Empty;
        while (true)
        {
            var after = last;
            var page = await Passed(db.Indicators.FromSql($"SELECT * FROM threatintel_indicators WHERE id > {after} ORDER BY id LIMIT {Page}")).ToListAsync(ct);
            if (page.Count == 0) yield break;
            var sorted = page.OrderBy(f => f.Id.ToString("N"), StringComparer.Ordinal).ToList();
            last = sorted[^1].Id;
            var words = await Words(db.Claims.FromSql($"SELECT * FROM threatintel_claims WHERE indicator_id > {after} AND indicator_id <= {last}"), ct);
            foreach (var found in sorted)
                if (ToPassed(found, words, strictest) is { Tlp: not null } passed) yield return passed;
        }
    }

    public async Task<IReadOnlyList<PassedIndicator>> ChangedSince(DateTimeOffset since, Tlp strictest, int most, CancellationToken ct) =>
        await WithWords((await Passed(db.Indicators.Where(i => i.ChangedAt >= since).OrderBy(i => i.ChangedAt).Take(most)).ToListAsync(ct)).OrderBy(f => f.ChangedAt), strictest, ct);

    public async Task Settled(CancellationToken ct) => (await turn.Enter(ct)).Dispose();

    public Task<long> Count(CancellationToken ct) => db.Indicators.LongCountAsync(i => i.State == IndicatorState.Active, ct);

    public async Task<string> Licences(CancellationToken ct) =>
        string.Join(',', (await db.Sources.Where(s => s.MayDistribute).Select(s => s.Id).ToListAsync(ct)).Order().Select(id => id.ToString("N")));

    private async Task<IReadOnlyList<PassedIndicator>> WithWords(IEnumerable<Found> found, Tlp strictest, CancellationToken ct)
    {
        var passed = new List<PassedIndicator>();
        foreach (var part in found.Chunk(Asked))
        {
            var ids = part.Select(f => f.Id).ToList();
            var words = await Words(db.Claims.Where(c => EF.Parameter(ids).Contains(c.IndicatorId)), ct);
            passed.AddRange(part.Select(f => ToPassed(f, words, strictest)));
        }
        return passed;
    }

    /// <summary>What is said beyond the value by sources whose licence lets it be passed on.</summary>
    private async Task<ILookup<Guid, ClaimRow>> Words(IQueryable<ClaimRow> claims, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return (await claims.AsNoTracking().Where(c => c.WithdrawnAt == null && (c.ValidUntil == null || c.ValidUntil > now) && (c.Family != "" || c.Techniques != "") && db.Sources.Any(s => s.Id == c.SourceId && s.MayDistribute)).ToListAsync(ct))
            .ToLookup(c => c.IndicatorId);
    }

    private PassedIndicator ToPassed(Found found, ILookup<Guid, ClaimRow> words, Tlp strictest)
    {
        // What has ended is not sent on its way any more, even before the next count says so.
        var tlp = found.State == IndicatorState.Active && !(found.ExpiresAt <= clock.GetUtcNow()) && found.Tlp is { } limit && limit <= (int)strictest && limit < (int)ThreatIntel.Tlp.Red ? (Tlp?)limit : null;
        return new PassedIndicator(found.Id, new(found.Kind, found.Value), found.Confidence, found.Severity, found.Threat, found.Sources, found.ChangedAt, tlp) { Facts = tlp is { } mark ? FactsOf(words[found.Id].Where(c => c.Tlp <= mark), found.ExpiresAt) : default };
    }

    /// <summary>The family of the surest of those who name one, and the techniques of all.</summary>
    private static ParcelFacts FactsOf(IEnumerable<ClaimRow> claims, DateTimeOffset? ends)
    {
        var said = claims.OrderByDescending(c => c.Confidence).ThenBy(c => c.SourceId).ToList();
        return ParcelFacts.Of(said.Select(c => c.Family).FirstOrDefault(f => f.Length > 0) ?? "", AttackWords.Join(said.SelectMany(c => AttackWords.Apart(c.Techniques))), ends);
    }

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
            ExpiresAt = i.ExpiresAt,
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
        public DateTimeOffset? ExpiresAt { get; init; }
        public int? Tlp { get; init; }
    }
}
