using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Site.Collection.Bulk;
using Juming.Site.Collection.Packs;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Collection.Replay;
using Juming.Site.Collection.Sources;
using Juming.Site.Collection.Workbench;
using Juming.Site.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection;

/// <summary>Receives logs, makes them events, and accounts for every line.</summary>
public sealed class CollectionModule : Module
{
    /// <inheritdoc/>
    public override string Name => "collection";

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu =>
    [
        new("admin", "Sources", "/sources", CollectionRead.Code, 10, "source", typeof(CollectionTexts)),
        new("admin", "Parsers", "/parsers", CollectionRead.Code, 11, "parsers", typeof(CollectionTexts)),
        new("admin", "Ledger", "/ledger", CollectionRead.Code, 12, "ledger", typeof(CollectionTexts)),
    ];

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<CollectionSettings>("Modules:Collection");
        services.AddSingleton<SourceRegister>().AddSingleton<ISourceDirectory>(p => p.GetRequiredService<SourceRegister>());
        services.AddSingleton<LineNormalizer>().AddSingleton<ILineNormalizer>(p => p.GetRequiredService<LineNormalizer>());
        services.AddSingleton(p => new SitePacks(Path.Combine(p.GetRequiredService<TierContext>().DataFolder, "packs"), set => p.GetRequiredService<LineNormalizer>().Packs = set, p.GetRequiredService<ILogger<SitePacks>>()));
        services.AddSingleton<PackTestRun>();
        services.AddSingleton<PackWatch>().AddHostedService(p => p.GetRequiredService<PackWatch>());
        services.AddSingleton<LedgerBook>();
        services.AddSingleton(p => new InFlightCounts(Path.Combine(p.GetRequiredService<TierContext>().DataFolder, "collection", "received.counts")));
        services.AddSingleton<IngestPipeline>().AddHostedService(p => p.GetRequiredService<IngestPipeline>());
        services.AddSingleton<LineGathererFactory>().AddSingleton<UdpReceiver>().AddSingleton<TcpReceiver>().AddSingleton<FileWatch>().AddSingleton<BulkIntake>();
        services.AddSingleton<IReplay, FileReplay>();
        services.AddSingleton<IFigures, CollectionFigures>().AddSingleton<IReadiness, UdpBufferReadiness>().AddSingleton<IReadiness, ReceiversReadiness>().AddSingleton<IReadiness, SourcesReadiness>().AddSingleton<IReadiness, BalanceReadiness>();
        services.AddSingleton<CollectionService>().AddHostedService(p => p.GetRequiredService<CollectionService>());
    }

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("sources", async (Sender sender, string? text, int? skip, int? take, CancellationToken ct) =>
            (await sender.Send(new ListSources.ListSources(text, false, skip ?? 0, take ?? 50), ct)).ToHttp());
        routes.MapGet("ledger", async (Sender sender, TimeProvider clock, DateTimeOffset? from, DateTimeOffset? to, int? source, CancellationToken ct) =>
            (await sender.Send(new Ledger.ReadLedger(from ?? clock.GetUtcNow().AddHours(-24), to ?? clock.GetUtcNow(), source), ct)).ToHttp());
        routes.MapGet("parsers", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListPacks(), ct)).ToHttp());
        routes.MapPost("events", TakeBulk);
    }

    /// <summary>The fast path takes no handler; the caller's right is checked here, once a request.</summary>
    private static async Task<IResult> TakeBulk(HttpContext http, IActorSource actors, HostScope host, BulkIntake intake, CancellationToken ct)
    {
        var actor = await actors.Current(ct);
        if (actor.Kind == ActorKind.Nobody) return AccessErrors.NotSignedIn.ToHttp();
        if (!actor.Covers(host.Scope)) return AccessErrors.OutsideYourScope.ToHttp();
        if (!actor.Holds(CollectionSend.Code)) return AccessErrors.NotPermitted.With("permission", CollectionSend.Code).ToHttp();
        var key = http.Request.Headers["Idempotency-Key"];
        if (key.Count > 1) return CollectionErrors.BadKey.ToHttp();
        return (await intake.Take(actor.Name, key.Count == 0 ? null : key[0], http.Request.Headers.ContentEncoding, http.Request.BodyReader, ct)).ToHttp();
    }
}
