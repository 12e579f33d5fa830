using Juming.Operator.Intelligence.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Intelligence;

/// <summary>Forgets what ended long ago.</summary>
internal sealed class OwnIntelUpkeep(OwnIntelDb db, OwnIntelSettings settings, TimeProvider clock)
{
    public async Task Run(CancellationToken ct)
    {
        var old = clock.GetUtcNow().AddDays(-settings.KeepDays);
        await db.Indicators.Where(o => o.EndedAt < old || o.ValidUntil < old).ExecuteDeleteAsync(ct);
    }
}
