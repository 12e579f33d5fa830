using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Runs;

/// <summary>Lists runs, the latest first, one page at a time.</summary>
internal sealed record ListRuns : IQuery<RunRows>, INeeds<ResponseRead>
{
    /// <summary>Runs of one playbook.</summary>
    public Guid? Playbook { get; init; }

    /// <summary>Runs about one incident, by its short number.</summary>
    public string? Incident { get; init; }

    /// <summary>Runs in one state.</summary>
    public RunState? State { get; init; }
    public int Skip { get; init; }
    public int Take { get; init; } = 50;
}

/// <summary>A page of runs.</summary>
internal sealed record RunRows(IReadOnlyList<RunBrief> Items, int Total);

file sealed class Validator : AbstractValidator<ListRuns>
{
    public Validator()
    {
        RuleFor(q => q.Incident).MaximumLength(40);
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(ResponseDb db) : IQueryHandler<ListRuns, RunRows>
{
    public async Task<Result<RunRows>> Handle(ListRuns request, CancellationToken cancellationToken)
    {
        var rows = db.Runs.AsNoTracking();
        if (request.Playbook is { } playbook) rows = rows.Where(r => r.PlaybookId == playbook);
        if (!string.IsNullOrWhiteSpace(request.Incident)) rows = rows.Where(r => r.IncidentNumber == request.Incident.Trim());
        if (request.State is { } state) rows = rows.Where(r => r.State == state);
        var total = await rows.CountAsync(cancellationToken);
        var page = await rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        var names = await RunBriefs.Names(db, page, cancellationToken);
        return new RunRows([.. page.Select(r => RunBriefs.Of(r, names))], total);
    }
}

/// <summary>Makes briefs of rows.</summary>
internal static class RunBriefs
{
    public static async Task<IReadOnlyDictionary<Guid, string>> Names(ResponseDb db, IEnumerable<RunRow> rows, CancellationToken ct)
    {
        var ids = rows.Select(r => r.PlaybookId).Distinct().ToArray();
        return await db.Playbooks.AsNoTracking().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, ct);
    }

    public static RunBrief Of(RunRow r, IReadOnlyDictionary<Guid, string> names) => new()
    {
        Id = r.Id,
        Number = r.ShortNumber,
        Playbook = r.PlaybookId,
        PlaybookName = names.GetValueOrDefault(r.PlaybookId, ""),
        Version = r.Version,
        State = r.State,
        Cause = r.Cause,
        Incident = r.IncidentNumber,
        StartedBy = r.StartedBy,
        Automatic = r.Automatic,
        Failure = r.Failure,
        StoppedBy = r.StoppedBy,
        StartedAt = r.CreatedAt,
        EndedAt = r.EndedAt,
    };
}
