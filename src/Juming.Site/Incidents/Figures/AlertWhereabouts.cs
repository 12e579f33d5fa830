using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Figures;

/// <summary>Tells detection's pages into which incidents alerts went.</summary>
internal sealed class AlertWhereabouts(IncidentsDb db) : IAlertWhereabouts
{
    private const int MostAtOnce = 500;

    public async Task<IReadOnlyDictionary<Guid, AlertPlace>> Find(IReadOnlyCollection<Guid> alerts, CancellationToken ct)
    {
        var places = new Dictionary<Guid, AlertPlace>();
        foreach (var some in alerts.Chunk(MostAtOnce))
        {
            var members = await db.Members.AsNoTracking().Where(m => some.Contains(m.AlertId)).Join(db.Incidents.AsNoTracking(), m => m.IncidentId, i => (Guid?)i.Id, (m, i) => new { m.AlertId, i.Year, i.Number }).ToListAsync(ct);
            foreach (var member in members)
            {
                var number = Incident.NumberOf(member.Year, member.Number);
                places[member.AlertId] = new AlertPlace(number, "/incidents/" + number);
            }
        }
        return places;
    }
}
