using Juming.Platform.Handlers;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Evidence;

/// <summary>Whether an incident takes evidence: what is over stays as it was judged.</summary>
internal static class EvidenceRoom
{
    /// <summary>Why no piece can be added, or null.</summary>
    public static async Task<Error?> Refusal(IncidentsDb db, Guid id, CancellationToken ct) =>
        await Over(db, id, ct) ?? (await db.Evidence.CountAsync(e => e.IncidentId == id, ct) >= KeepEvidence.MostPieces ? IncidentErrors.TooMuchEvidence.With("most", "100") : null);

    /// <summary>Why its evidence can't change at all, or null.</summary>
    public static async Task<Error?> Over(IncidentsDb db, Guid id, CancellationToken ct)
    {
        if (await db.Incidents.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, ct) is not { } incident) return IncidentErrors.NoSuchIncident;
        if (incident.MergedInto is { } into) return IncidentErrors.AlreadyMerged.With("number", (await db.Incidents.AsNoTracking().FirstAsync(i => i.Id == into, ct)).ShortNumber);
        return incident.IsOver ? IncidentErrors.ClosedIncident : null;
    }
}
