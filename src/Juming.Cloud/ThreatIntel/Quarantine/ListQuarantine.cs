using FluentValidation;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Quarantine;

/// <summary>What sources sent and could not be taken, the latest first.</summary>
internal sealed record ListQuarantine : IQuery<QuarantineList>, INeeds<ThreatIntelRead>
{
    public Guid? Source { get; init; }
    public IndicatorProblem? Reason { get; init; }
    public int Skip { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>Forgets quarantined entries of a source that somebody has looked at.</summary>
internal sealed record ClearQuarantine(Guid Source) : ICommand<Done>, INeeds<ThreatIntelWrite>;

/// <summary>An entry that could not be taken.</summary>
/// <param name="Source">The source.</param>
/// <param name="SourceName">Its name.</param>
/// <param name="Value">The entry, shortened.</param>
/// <param name="Reason">Why.</param>
/// <param name="FirstAt">When it came first.</param>
/// <param name="LastAt">When it came last.</param>
public sealed record QuarantineView(Guid Source, string SourceName, string Value, IndicatorProblem Reason, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>Entries, and how many there are.</summary>
internal sealed record QuarantineList(IReadOnlyList<QuarantineView> Items, int Total);

file sealed class Validator : AbstractValidator<ListQuarantine>
{
    public Validator()
    {
        RuleFor(q => q.Reason).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 1_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(ThreatIntelDb db) : IQueryHandler<ListQuarantine, QuarantineList>, ICommandHandler<ClearQuarantine, Done>
{
    public async Task<Result<QuarantineList>> Handle(ListQuarantine request, CancellationToken cancellationToken)
    {
        var found = db.Quarantine.AsNoTracking();
        if (request.Source is { } source) found = found.Where(q => q.SourceId == source);
        if (request.Reason is { } reason) found = found.Where(q => q.Reason == reason);
        var rows = await found.OrderByDescending(q => q.LastAt).ThenBy(q => q.Value).Skip(request.Skip).Take(request.Take).Join(db.Sources, q => q.SourceId, s => s.Id, (Entry, Source) => new { Entry, Source.Name }).ToListAsync(cancellationToken);
        return new QuarantineList([.. rows.OrderByDescending(r => r.Entry.LastAt).ThenBy(r => r.Entry.Value, StringComparer.Ordinal).Select(r => new QuarantineView(r.Entry.SourceId, r.Name, r.Entry.Value, r.Entry.Reason, r.Entry.FirstAt, r.Entry.LastAt))], await found.CountAsync(cancellationToken));
    }

    public async Task<Result<Done>> Handle(ClearQuarantine request, CancellationToken cancellationToken)
    {
        await db.Quarantine.Where(q => q.SourceId == request.Source).ExecuteDeleteAsync(cancellationToken);
        return Done.Value;
    }
}
