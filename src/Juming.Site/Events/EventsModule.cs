using Juming.Platform.Modules;
using Juming.Site.Events.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Events;

/// <summary>The event store and the log search on it.</summary>
public sealed class EventsModule : Module
{
    /// <inheritdoc/>
    public override string Name => "events";

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("events-retention", "*/5 * * * *", (services, ct) => services.GetRequiredService<DuckEventStore>().Retire(ct))];

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<EventStoreSettings>("Modules:Events");
        services.AddSingleton<DuckEventStore>().AddSingleton<IEventStore>(p => p.GetRequiredService<DuckEventStore>()).AddSingleton<ILedger>(p => p.GetRequiredService<DuckEventStore>());
    }
}
