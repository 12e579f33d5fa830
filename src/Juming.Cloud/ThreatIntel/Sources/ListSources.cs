using FluentValidation;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Sources;

/// <summary>All sources with their health and worth: those that fail first, then by what they alone know.</summary>
internal sealed record ListSources : IQuery<IReadOnlyList<SourceView>>, INeeds<ThreatIntelRead>;

/// <summary>The last readings of a source.</summary>
internal sealed record ListRuns(Guid Source, int Take = 20) : IQuery<IReadOnlyList<RunView>>, INeeds<ThreatIntelRead>;

file sealed class Validator : AbstractValidator<ListRuns>
{
    public Validator() => RuleFor(q => q.Take).InclusiveBetween(1, 200);
}

file sealed class Handler(ThreatIntelDb db, SourceClock sourceClock) : IQueryHandler<ListSources, IReadOnlyList<SourceView>>, IQueryHandler<ListRuns, IReadOnlyList<RunView>>
{
    public async Task<Result<IReadOnlyList<SourceView>>> Handle(ListSources request, CancellationToken cancellationToken)
    {
        var wrong = await db.Indicators.Where(i => i.Decision == IndicatorState.FalsePositive).Join(db.Claims, i => i.Id, c => c.IndicatorId, (i, c) => c.SourceId).GroupBy(s => s).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var rows = await db.Sources.AsNoTracking().ToListAsync(cancellationToken);
        var league = await db.League.AsNoTracking().ToDictionaryAsync(l => l.SourceId, cancellationToken);
        var names = rows.ToDictionary(r => r.Id, r => r.Name);
        string Nearest(Guid id) => league.GetValueOrDefault(id)?.NearestId is { } nearest ? names.GetValueOrDefault(nearest, "") : "";
        return Result<IReadOnlyList<SourceView>>.Of([.. rows.OrderByDescending(r => r.Problem.Length > 0).ThenByDescending(r => r.Alone).ThenBy(r => r.Name).Select(r => SourceView.Of(r, wrong.GetValueOrDefault(r.Id), league.GetValueOrDefault(r.Id), Nearest(r.Id), sourceClock.IsRunning(r.Id)))]);
    }

    public async Task<Result<IReadOnlyList<RunView>>> Handle(ListRuns request, CancellationToken cancellationToken)
    {
        var rows = await db.Runs.AsNoTracking().Where(r => r.SourceId == request.Source).OrderByDescending(r => r.StartedAt).Take(request.Take).ToListAsync(cancellationToken);
        return Result<IReadOnlyList<RunView>>.Of(rows.ConvertAll(r => new RunView(r.StartedAt, r.EndedAt, r.Problem, r.ProblemDetail, r.Unchanged, r.Bytes, r.Read, r.Fresh, r.Changed, r.Withdrawn, r.Quarantined)));
    }
}
