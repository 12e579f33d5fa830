using Juming.Platform.Events;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Data;

/// <summary>The database answers, and no event is stuck in the outbox.</summary>
internal sealed class DatabaseReadiness(IServiceScopeFactory scopes) : IReadiness
{
    public string Name => "database";

    public async Task<ReadinessReport> Look(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OutboxDb>();
        try
        {
            var stuck = await db.Set<OutboxRow>().CountAsync(r => r.NextAt == null, ct);
            return stuck == 0
                ? new ReadinessReport(ReadinessLevel.Good, "The database answers.")
                : new ReadinessReport(ReadinessLevel.Warning, $"{stuck} events could not be handled.", "See the log for the reason, repair it, then set next_at of those platform_outbox rows to 0.");
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            return new ReadinessReport(ReadinessLevel.Bad, $"The database does not answer: {DatabaseErrors.Reason(e)}", "Check Database:ConnectionString and that the server runs.");
        }
    }
}
