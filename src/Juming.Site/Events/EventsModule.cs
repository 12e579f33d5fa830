using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Site.Events.Find;
using Juming.Site.Events.Search;
using Juming.Site.Events.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
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
    public override IEnumerable<MenuItem> Menu => [new("response", "LogSearch", "/logs", EventsRead.Code, 30, "search", typeof(EventsTexts))];

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<EventStoreSettings>("Modules:Events");
        services.AddSingleton<DuckEventStore>().AddSingleton<IEventStore>(p => p.GetRequiredService<DuckEventStore>()).AddSingleton<ILedger>(p => p.GetRequiredService<DuckEventStore>());
        services.AddSingleton<ISearch, DuckSearch>();
        services.AddSingleton<IReadiness, StoreReadiness>().AddSingleton<IFigures, StoreFigures>();
    }

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("search", async (Sender sender, TimeProvider clock, string? query, DateTimeOffset? from, DateTimeOffset? to, int? limit, string? cursor, CancellationToken ct) =>
            (await sender.Send(new FindEvents(query ?? "", from ?? clock.GetUtcNow().AddHours(-24), to ?? clock.GetUtcNow(), limit ?? 100, cursor), ct)).ToHttp());
        routes.MapGet("{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetEvent(id), ct)).ToHttp());
    }
}
