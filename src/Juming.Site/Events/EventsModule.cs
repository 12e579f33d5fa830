using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Site.Events.Export;
using Juming.Site.Events.Find;
using Juming.Site.Events.Saved;
using Juming.Site.Events.Search;
using Juming.Site.Events.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
    public override IEnumerable<RecurringJob> Jobs => [new("events-retention", "* * * * *", Retention.Run), new("events-exports", "23 * * * *", (services, ct) => services.GetRequiredService<ExportRunner>().Retire(ct))];

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("response", "LogSearch", "/logs", EventsRead.Code, 30, "search", typeof(EventsTexts))];

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<EventStoreSettings>("Modules:Events");
        services.AddSingleton<DuckEventStore>().AddSingleton<IEventStore>(p => p.GetRequiredService<DuckEventStore>()).AddSingleton<ILedger>(p => p.GetRequiredService<DuckEventStore>());
        services.AddSingleton<ISearch, DuckSearch>();
        services.AddSingleton<ExportRunner>().AddHostedService(p => p.GetRequiredService<ExportRunner>());
        services.AddSingleton<IReadiness, StoreReadiness>().AddSingleton<IFigures, StoreFigures>();
    }

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("search", async (Sender sender, TimeProvider clock, string? query, DateTimeOffset? from, DateTimeOffset? to, int? limit, string? cursor, CancellationToken ct) =>
            (await sender.Send(new FindEvents(query ?? "", from ?? clock.GetUtcNow().AddHours(-24), to ?? clock.GetUtcNow(), limit ?? 100, cursor), ct)).ToHttp());
        routes.MapGet("{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetEvent(id), ct)).ToHttp());
        routes.MapGet("searches", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListSearches(), ct)).ToHttp());
        routes.MapPost("searches", async (Sender sender, SaveSearch search, CancellationToken ct) => (await sender.Send(search, ct)).ToHttp());
        routes.MapDelete("searches/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new ForgetSearch(id), ct)).ToHttp());
        routes.MapGet("exports", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListExports(), ct)).ToHttp());
        routes.MapPost("exports", async (Sender sender, BeginExport export, CancellationToken ct) => (await sender.Send(export, ct)).ToHttp());
        routes.MapDelete("exports/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new CancelExport(id), ct)).ToHttp());
        routes.MapGet("exports/{id:guid}/file", async (Sender sender, Guid id, CancellationToken ct) =>
        {
            var found = await sender.Send(new OpenExport(id), ct);
            return found.Error is { } error ? error.ToHttp() : Results.File(found.Value.Path, found.Value.Csv ? "text/csv; charset=utf-8" : "application/x-ndjson", found.Value.Name);
        });
    }
}
