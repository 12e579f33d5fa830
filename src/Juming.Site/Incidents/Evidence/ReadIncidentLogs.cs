using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Evidence;

/// <summary>Reads the log events that an incident's alerts name, the newest first.</summary>
/// <param name="Id">The incident.</param>
/// <param name="Skip">Events passed over.</param>
internal sealed record ReadIncidentLogs(Guid Id, int Skip) : IQuery<IncidentLogs>, INeeds<EventsRead>, IAudited
{
    /// <summary>Events of a page. Each look-up by identity opens one segment; so many answer within a second.</summary>
    public const int PageSize = 20;
}

/// <summary>Log events, the newest first.</summary>
/// <param name="Events">Those of the page that are still stored.</param>
/// <param name="Gone">Those of the page that are past their retention.</param>
/// <param name="Total">All events that the alerts name.</param>
/// <param name="Pinned">Those of all that are evidence.</param>
internal sealed record IncidentLogs(IReadOnlyList<EventView> Events, int Gone, int Total, IReadOnlySet<Guid> Pinned);

file sealed class Validator : AbstractValidator<ReadIncidentLogs>
{
    public Validator() => RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
}

file sealed class Handler(IncidentsDb db, IAlertDirectory alerts, ISearch search) : IQueryHandler<ReadIncidentLogs, IncidentLogs>
{
    private const int MostAlerts = 2000;

    public async Task<Result<IncidentLogs>> Handle(ReadIncidentLogs request, CancellationToken cancellationToken)
    {
        var ct = cancellationToken;
        var members = await db.Members.AsNoTracking().Where(m => m.IncidentId == request.Id && m.Standing == Standing.Kept).OrderByDescending(m => m.LastAt).ThenBy(m => m.AlertId).Take(MostAlerts).Select(m => m.AlertId).ToListAsync(ct);
        var ids = new HashSet<Guid>();
        foreach (var some in members.Chunk(500))
            foreach (var alert in await alerts.Read(some, ct)) ids.UnionWith(alert.Events);
        // Identities grow with the time of receipt.
        var page = ids.OrderDescending().Skip(request.Skip).Take(ReadIncidentLogs.PageSize).ToList();
        var found = new List<EventView>(page.Count);
        foreach (var id in page)
            if (await search.Get(id, ct) is { } view) found.Add(view);
        var pinned = await db.Evidence.AsNoTracking().Where(e => e.IncidentId == request.Id && e.EventId != null).Select(e => e.EventId!.Value).ToListAsync(ct);
        return new IncidentLogs([.. found.OrderByDescending(e => e.Time)], page.Count - found.Count, ids.Count, pinned.ToHashSet());
    }
}
