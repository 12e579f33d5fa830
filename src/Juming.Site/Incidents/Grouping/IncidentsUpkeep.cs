using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Grouping;

/// <summary>Drops what nobody will ask for: waiting alerts that are too old to be joined by others, and counted alerts of incidents that are over.</summary>
internal sealed class IncidentsUpkeep(IncidentsDb db, IncidentsSettings settings, TimeProvider clock)
{
    // Announcements are repeated within minutes at most; a week leaves room for a machine that stood still.
    private static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var waited = now - TimeSpan.FromHours(settings.RelatedHours) - Grace;
        await db.Members.Where(m => m.Standing == Standing.Waiting && m.DetectedAt < waited).ExecuteDeleteAsync(ct);
        var counted = now - Grace;
        await db.Members.Where(m => m.Standing == Standing.Counted && m.DetectedAt < counted && db.Incidents.Any(i => i.Id == m.IncidentId && i.State == IncidentState.Closed && i.ClosedAt < counted)).ExecuteDeleteAsync(ct);
    }
}
