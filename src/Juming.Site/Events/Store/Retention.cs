using Juming.Platform.Access;
using Juming.Platform.Modules;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Events.Store;

/// <summary>The retention's job: removes what may go, and writes to the audit trail what went, by age, for room, or because it was broken.</summary>
internal static class Retention
{
    public static async Task Run(IServiceProvider services, CancellationToken ct)
    {
        var store = services.GetRequiredService<DuckEventStore>();
        try
        {
            await store.Retire(ct);
        }
        finally
        {
            await Audit(store, services.GetRequiredService<IAuditTrail>(), ct);
        }
    }

    private static async Task Audit(DuckEventStore store, IAuditTrail audit, CancellationToken ct)
    {
        foreach (var gone in store.TakeGone())
        {
            var isWritten = false;
            try
            {
                await audit.Append(AuditEntry.Of(gone, "EventSegmentGone", Actor.System, null), ct);
                isWritten = true;
            }
            finally
            {
                if (!isWritten) store.PutBack(gone);
            }
        }
    }
}
