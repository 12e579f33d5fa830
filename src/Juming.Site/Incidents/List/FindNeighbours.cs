using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.List;

/// <summary>The incidents before and after one in a list.</summary>
/// <param name="List">Filter and order; its page does not matter.</param>
/// <param name="Incident">The incident.</param>
internal sealed record FindNeighbours(ListIncidents List, Guid Incident) : IQuery<Neighbours>, INeeds<IncidentsRead>;

/// <summary>Numbers of the incidents before and after; null at the ends, and where the incident is no longer in the list.</summary>
internal sealed record Neighbours(string? Previous, string? Next);

file sealed class Handler(IncidentsDb db, CurrentActor current) : IQueryHandler<FindNeighbours, Neighbours>
{
    // People go through a list from its top; the far end of a very long one is not worth reading for it.
    private const int MostRows = 2000;

    public async Task<Result<Neighbours>> Handle(FindNeighbours request, CancellationToken cancellationToken)
    {
        var rows = await IncidentFilter.Ordered(IncidentFilter.Fitting(db, request.List, current.Actor.Name), request.List.Sort).Take(MostRows)
            .Select(i => new { i.Id, i.Year, i.Number }).ToListAsync(cancellationToken);
        var at = rows.FindIndex(r => r.Id == request.Incident);
        // What was closed since left the list of open ones; the way on is the list's beginning.
        if (at < 0) return new Neighbours(null, rows.Count > 0 ? Incident.NumberOf(rows[0].Year, rows[0].Number) : null);
        return new Neighbours(at > 0 ? Incident.NumberOf(rows[at - 1].Year, rows[at - 1].Number) : null, at + 1 < rows.Count ? Incident.NumberOf(rows[at + 1].Year, rows[at + 1].Number) : null);
    }
}
