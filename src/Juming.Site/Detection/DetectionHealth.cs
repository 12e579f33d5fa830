using Juming.Contracts.Egress;
using Juming.Platform.Links;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection;

/// <summary>What the host above is told of detection: how many alerts are kept.</summary>
internal sealed class DetectionHealth(DetectionDb db) : IHealthPart
{
    public async Task Fill(SiteHealth to, CancellationToken ct) => to.Alerts = (ulong)await db.Alerts.LongCountAsync(ct);
}
