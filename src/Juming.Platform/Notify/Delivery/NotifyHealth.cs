using Juming.Platform.Data;
using Juming.Platform.Modules;
using Juming.Platform.Notify.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Notify.Delivery;

/// <summary>Messages go out; those of the last day that were given up are told.</summary>
internal sealed class NotifyReadiness(IServiceScopeFactory scopes, TimeProvider clock) : IReadiness
{
    public string Name => "notices";

    public async Task<ReadinessReport> Look(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotifyDb>();
        try
        {
            var day = clock.GetUtcNow().AddDays(-1);
            var channels = await db.Channels.CountAsync(c => c.Enabled, ct);
            var dead = await db.Deliveries.CountAsync(d => d.State == DeliveryState.Dead && d.PlannedAt > day, ct);
            var stopped = await db.Channels.CountAsync(c => c.StoppedBecause != null, ct);
            if (dead > 0 || stopped > 0) return new ReadinessReport(ReadinessLevel.Warning, $"{dead} messages of the last day were given up, {stopped} channels were switched off.", "See the delivery log under Notifications.");
            return new ReadinessReport(ReadinessLevel.Good, channels == 0 ? "No channel is set up; notices stay in the console." : $"{channels} channels are in use.");
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            return new ReadinessReport(ReadinessLevel.Bad, $"Notices can't be read: {DatabaseErrors.Reason(e)}", "See what is said of the database.");
        }
    }
}
