using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Evidence;

/// <summary>Reads the log events that an incident's alerts keep as evidence, and those that people put to it.</summary>
internal sealed record ReadIncidentLogs(Guid Id) : IQuery<IncidentLogs>, INeeds<EventsRead>, IAudited;

/// <summary>Log events, oldest first.</summary>
/// <param name="Events">Those that are still stored.</param>
/// <param name="Gone">Those that are past their retention.</param>
/// <param name="More">Further ones that were not read.</param>
internal sealed record IncidentLogs(IReadOnlyList<EventView> Events, int Gone, int More);

file sealed class Handler(IncidentsDb db, IAlertDirectory alerts, ISearch search) : IQueryHandler<ReadIncidentLogs, IncidentLogs>
{
    // Each look-up by identity opens one segment; so many answer within a second.
    private const int MostEvents = 60;

    public async Task<Result<IncidentLogs>> Handle(ReadIncidentLogs request, CancellationToken cancellationToken)
    {
        var ct = cancellationToken;
        var members = await db.Members.AsNoTracking().Where(m => m.IncidentId == request.Id && m.Standing == Standing.Kept).OrderByDescending(m => m.Severity).ThenBy(m => m.FirstAt).Take(100).Select(m => m.AlertId).ToListAsync(ct);
        var pinned = await db.Evidence.AsNoTracking().Where(e => e.IncidentId == request.Id && e.EventId != null).Select(e => e.EventId!.Value).ToListAsync(ct);
        var ids = pinned.Concat((await alerts.Read(members, ct)).SelectMany(a => a.Events)).Distinct().ToList();
        var found = new List<EventView>();
        foreach (var id in ids.Take(MostEvents))
            if (await search.Get(id, ct) is { } view) found.Add(view);
        return new IncidentLogs([.. found.OrderBy(e => e.Time)], Math.Min(ids.Count, MostEvents) - found.Count, Math.Max(0, ids.Count - MostEvents));
    }
}
