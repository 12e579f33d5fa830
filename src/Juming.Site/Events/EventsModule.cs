using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
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
        routes.MapGet("search", async (Sender sender, TimeProvider clock,
            [Description("In the query language of the log search; empty for all")] string? query, [Description("Default: 24 hours ago")] DateTimeOffset? from, [Description("Default: now")] DateTimeOffset? to,
            [Description("Events of the page, 100 by default"), Range(1, 1000)] int? limit, [Description("Where the former page ended")] string? cursor, [Description("By which time: event, the default, or received")] string? time, CancellationToken ct) =>
            (await sender.Send(new FindEvents(query ?? "", from ?? clock.GetUtcNow().AddHours(-24), to ?? clock.GetUtcNow(), limit ?? 100, cursor, time ?? TimeKinds.Event), ct)).ToHttp()).Answers<EventPage>("Events that fit a query, newest first, one page at a time. Audited.");
        routes.MapGet("values", async (Sender sender, TimeProvider clock, [Description("Name of the field")] string field, [Description("What the values begin with")] string? begin,
            [Description("Default: 24 hours ago")] DateTimeOffset? from, [Description("Default: now")] DateTimeOffset? to, CancellationToken ct) =>
            (await sender.Send(new SuggestValues(field, begin ?? "", from ?? clock.GetUtcNow().AddHours(-24), to ?? clock.GetUtcNow()), ct)).ToHttp()).Answers<IReadOnlyList<FacetValue>>("Frequent values of a field. Part of a search, which is audited.");
        routes.MapGet("{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetEvent(id), ct)).ToHttp()).Answers<EventView>("One event with its raw line. Audited.");
        routes.MapGet("searches", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListSearches(), ct)).ToHttp()).Answers<IReadOnlyList<SearchLine>>("Kept searches: one's own and shared ones.");
        routes.MapPost("searches", async (Sender sender, SaveSearch search, CancellationToken ct) => (await sender.Send(search, ct)).ToHttp()).Answers<SearchLine>("Keeps a search.");
        routes.MapDelete("searches/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new ForgetSearch(id), ct)).ToHttp()).Answers<Done>("Forgets a kept search.");
        routes.MapGet("exports", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListExports(), ct)).ToHttp()).Answers<IReadOnlyList<ExportLine>>("One's own exports and how they stand.");
        routes.MapPost("exports", async (Sender sender, BeginExport export, CancellationToken ct) => (await sender.Send(export, ct)).ToHttp()).Answers<ExportLine>("Begins to write the events that fit a query into a file.");
        routes.MapDelete("exports/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new CancelExport(id), ct)).ToHttp()).Answers<Done>("Stops an export, or removes its file.");
        routes.MapGet("exports/{id:guid}/file", async (Sender sender, Guid id, CancellationToken ct) =>
        {
            var found = await sender.Send(new OpenExport(id), ct);
            return found.Error is { } error ? error.ToHttp() : Results.File(found.Value.Path, found.Value.Csv ? "text/csv; charset=utf-8" : "application/x-ndjson", found.Value.Name);
        }).AnswersFile("The file of an export that is done.", "text/csv", "application/x-ndjson");
    }
}
