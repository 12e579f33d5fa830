using Juming.Contracts.Egress;
using Juming.Platform.Links;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents;

/// <summary>What the host above is told of incidents: how many are open.</summary>
internal sealed class IncidentsHealth(IncidentsDb db) : IHealthPart
{
    public async Task Fill(SiteHealth to, CancellationToken ct) =>
        to.IncidentsOpen = (uint)await db.Incidents.CountAsync(i => i.State != IncidentState.Resolved && i.State != IncidentState.Closed && i.State != IncidentState.Merged, ct);
}
