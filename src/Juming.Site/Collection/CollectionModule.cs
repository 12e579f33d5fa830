using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Collection.Bulk;
using Juming.Site.Collection.Packs;
using Juming.Site.Collection.Packs.Delivered;
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
        new("admin", "Parsers", "/parsers", CollectionRead.Code, 11, "parsers", typeof(CollectionTexts), "/sources"),
        new("admin", "Ledger", "/ledger", CollectionRead.Code, 12, "ledger", typeof(CollectionTexts), "/sources"),
    ];

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<CollectionSettings>("Modules:Collection");
        services.AddSingleton<SourceRegister>().AddSingleton<ISourceDirectory>(p => p.GetRequiredService<SourceRegister>());
        services.AddSingleton<LineNormalizer>().AddSingleton<ILineNormalizer>(p => p.GetRequiredService<LineNormalizer>());
        services.AddSingleton(p => new SitePacks(Path.Combine(p.GetRequiredService<TierContext>().DataFolder, "packs"), set => p.GetRequiredService<LineNormalizer>().Packs = set, p.GetRequiredService<ILogger<SitePacks>>()));
        services.AddSingleton<IPackTaker, ParserPacks>();
        services.AddSingleton<PackTestRun>();
        services.AddSingleton<PackWatch>().AddHostedService(p => p.GetRequiredService<PackWatch>());
        services.AddSingleton<LedgerBook>();
        services.AddSingleton(p => new InFlightCounts(Path.Combine(p.GetRequiredService<TierContext>().DataFolder, "collection", "received.counts")));
        services.AddSingleton<IngestPipeline>().AddHostedService(p => p.GetRequiredService<IngestPipeline>());
        services.AddSingleton<LineGathererFactory>().AddSingleton<UdpReceiver>().AddSingleton<TcpReceiver>().AddSingleton<FileWatch>().AddSingleton<BulkIntake>();
        services.AddSingleton<IReplay, FileReplay>();
        services.AddSingleton(new NoticeKind("collection.source-silent", typeof(CollectionTexts), Role.SystemAdmin, Role.Analyst));
        services.AddSingleton<IFigures, CollectionFigures>().AddSingleton<IHealthPart, CollectionHealth>().AddSingleton<IReadiness, UdpBufferReadiness>().AddSingleton<IReadiness, ReceiversReadiness>().AddSingleton<IReadiness, SourcesReadiness>().AddSingleton<IReadiness, BalanceReadiness>();
        services.AddSingleton<CollectionService>().AddHostedService(p => p.GetRequiredService<CollectionService>());
    }

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("sources", async (Sender sender, [Description("Text within name or address"), StringLength(200)] string? text, [Description("Rows passed over"), Range(0, int.MaxValue)] int? skip, [Description("Rows of the page, 50 by default"), Range(1, 500)] int? take, CancellationToken ct) =>
            (await sender.Send(new ListSources.ListSources(text, false, skip ?? 0, take ?? 50), ct)).ToHttp()).Answers<ListSources.SourcePage>("Senders, most recently heard first.");
        routes.MapGet("ledger", async (Sender sender, TimeProvider clock, [Description("Default: 24 hours ago")] DateTimeOffset? from, [Description("Default: now; at most 31 days after")] DateTimeOffset? to, [Description("Number of one sender")] int? source, CancellationToken ct) =>
            (await sender.Send(new Ledger.ReadLedger(from ?? clock.GetUtcNow().AddHours(-24), to ?? clock.GetUtcNow(), source), ct)).ToHttp()).Answers<Ledger.LedgerView>("The conservation ledger: received = stored + dropped, by sender, reason and time.");
        routes.MapGet("parsers", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListPacks(), ct)).ToHttp()).Answers<PackList>("Parser packs and how they stand.");
        routes.MapPost("events", TakeBulk).Answers<BulkAnswer>("Takes events, one a line; answers only when all of them are durable.")
            .Reads($"Lines in any format that a receiver knows, JSON objects for instance, UTF-8 or GB18030, at most {BulkIntake.MostLines} of them.", "application/x-ndjson", "text/plain")
            .Takes("Idempotency-Key", "For 24 hours a repeat with the same key stores nothing and gets the first answer. Printable ASCII without blanks.", 128);
    }

    /// <summary>The fast path takes no handler: the guard gives leave once a request, then the body is read beside it.</summary>
    private static async Task<IResult> TakeBulk(HttpContext http, Sender sender, IActorSource actors, BulkIntake intake, CancellationToken ct)
    {
        if ((await sender.Send(new BeginSending(), ct)).Error is { } refusal) return refusal.ToHttp();
        var actor = await actors.Current(ct);
        var key = http.Request.Headers["Idempotency-Key"];
        if (key.Count > 1) return CollectionErrors.BadKey.ToHttp();
        return (await intake.Take(actor.Name, $"{actor.Kind}:{actor.Id}", key.Count == 0 ? null : key[0], http.Request.Headers.ContentEncoding, http.Request.BodyReader, ct)).ToHttp();
    }
}
