using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Data;

/// <summary>Look-ups that several slices share.</summary>
internal static class IncidentQueries
{
    /// <summary>The incident with an identity or short number, or null.</summary>
    public static async Task<Incident?> Named(this IQueryable<Incident> incidents, string name, CancellationToken ct)
    {
        if (Guid.TryParse(name, out var id)) return await incidents.FirstOrDefaultAsync(i => i.Id == id, ct);
        if (Incident.ReadNumber(name) is not { } number) return null;
        return await incidents.FirstOrDefaultAsync(i => i.Year == number.Year && i.Number == number.Number, ct);
    }
}
