using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Contracts.Indicators;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Juming.Site.Detection;
using Juming.Site.ThreatIntel.Bulletins;
using Juming.Site.ThreatIntel.Hits;
using Juming.Site.ThreatIntel.Hunt;
using Juming.Site.ThreatIntel.InForce;
using Juming.Site.ThreatIntel.Matching;
using Juming.Site.ThreatIntel.Own;
using Juming.Site.ThreatIntel.Sets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.ThreatIntel;

/// <summary>Threat intelligence at a site: indicators in force, their hits, searches of the past, bulletins.</summary>
public sealed class IntelModule : Module
{
    /// <inheritdoc/>
    public override string Name => "intel";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<IntelSettings>("Modules:Intel");
        services.AddSingleton<IndicatorsInForce>().AddSingleton<FindingMaker>().AddSingleton<IBatchJudge, IndicatorJudge>().AddSingleton<HitTurn>().AddSingleton<HuntSignal>();
        services.AddSingleton<IndicatorSet>().AddSingleton<IIndicatorSet>(p => p.GetRequiredService<IndicatorSet>()).AddSingleton<OwnBook>().AddSingleton<OperatorBook>().AddSingleton<IOperatorIndicators>(p => p.GetRequiredService<OperatorBook>()).AddSingleton<Hunter>();
        services.AddScoped<BulletinAnswers>().AddScoped<IContentTaker, TakeBulletins>();
        services.AddSingleton<IHealthPart, IntelHealth>().AddSingleton<IKnownDomains, KnownDomains>();
        services.AddScoped<HuntOrders>().AddScoped<IIndicatorSightings, Sightings>().AddScoped<IntelUpkeep>().AddSingleton<ToldMark>().AddScoped<TellSightings>();
        // What is in force must be there before the first event is asked about.
        services.AddHostedService(p => p.GetRequiredService<IndicatorSet>());
        services.AddHostedService(p => p.GetRequiredService<OperatorBook>());
        services.AddHostedService(p => p.GetRequiredService<OwnBook>());
        services.AddHostedService(p => p.GetRequiredService<Hunter>());
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu =>
    [
        new("response", "Indicators", "/indicators", IntelRead.Code, 33, "grid", typeof(IntelTexts)),
        new("response", "Bulletins", "/bulletins", IntelRead.Code, 34, "bell", typeof(IntelTexts), "/indicators"),
    ];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs =>
    [
        new("intel-upkeep", "17 * * * *", (services, ct) => services.GetRequiredService<IntelUpkeep>().Run(ct)),
        new("intel-sightings", "*/10 * * * *", (services, ct) => services.GetRequiredService<TellSightings>().Run(ct)),
    ];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, CancellationToken ct) => (await sender.Send(new GetInForce(), ct)).ToHttp()).Answers<InForceView>("Indicators in force: counts, version, age.");
        routes.MapGet("lookup", async (Sender sender, [Description("A value as it may stand in an event"), StringLength(4096)] string? value, CancellationToken ct) => (await sender.Send(new LookUp(value ?? ""), ct)).ToHttp()).Answers<LookUpView>("Tells whether a value would be met, and by which indicators.");
        routes.MapPost("rollback", async (Sender sender, CancellationToken ct) => (await sender.Send(new RollBackSet(), ct)).ToHttp()).Answers<Done>("Goes back to the cloud's set before.");
        routes.MapGet("hits", async (Sender sender, [StringLength(300)] string? text, IndicatorKind? kind, bool? late, Guid? indicator, [Range(0, 10_000_000)] int? skip, [Range(1, 500)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListHits { Text = text, Kind = kind, Late = late, Indicator = indicator, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<HitPage>("Alerts that indicators made, the last met first.");
        routes.MapGet("hunts", async (Sender sender, [Range(0, 10_000_000)] int? skip, [Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListHunts(skip ?? 0, limit ?? 50), ct)).ToHttp()).Answers<HuntPage>("Searches of stored events for new indicators, the latest first.");
        MapOwn(routes.MapGroup("own"));
        routes.MapGet("mutes", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListMutes(), ct)).ToHttp()).Answers<IReadOnlyList<MuteView>>("Values that make no alerts here.");
        routes.MapPost("mutes", async (Sender sender, MuteIndicator mute, CancellationToken ct) => (await sender.Send(mute, ct)).ToHttp()).Answers<Done>("Mutes a value at this site.");
        routes.MapPost("mutes/end", async (Sender sender, UnmuteIndicator unmute, CancellationToken ct) => (await sender.Send(unmute, ct)).ToHttp()).Answers<Done>("Lets a value make alerts again.");
        routes.MapGet("bulletins", async (Sender sender, bool? closed, [Range(0, 10_000_000)] int? skip, [Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListBulletins(closed ?? false, skip ?? 0, limit ?? 50), ct)).ToHttp()).Answers<BulletinPage>("Bulletins: the open ones, the nearest deadline first, or the answered ones.");
        routes.MapPost("bulletins", async (Sender sender, EnterBulletin bulletin, CancellationToken ct) => (await sender.Send(bulletin, ct)).ToHttp()).Answers<Guid>("Enters a bulletin; answers with its identity.");
        routes.MapPost("bulletins/move", async (Sender sender, MoveBulletin move, CancellationToken ct) => (await sender.Send(move, ct)).ToHttp()).Answers<Done>("Moves a bulletin on.");
        routes.MapPost("bulletins/tick", async (Sender sender, TickAction tick, CancellationToken ct) => (await sender.Send(tick, ct)).ToHttp()).Answers<Done>("Ticks an action of a bulletin off, or opens it again.");
    }

    private static void MapOwn(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [StringLength(300)] string? text, IndicatorKind? kind, bool? ended, [Range(0, 10_000_000)] int? skip, [Range(1, 500)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListOwn { Text = text, Kind = kind, Ended = ended ?? false, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<OwnPage>("The site's own indicators, the latest first.");
        routes.MapPost("", async (Sender sender, OwnBody body, CancellationToken ct) => (await sender.Send(new EnterOwn(body.Value ?? "", body.Threat ?? "", body.Note ?? "", body.Severity ?? 3, body.Confidence ?? 80, body.Until), ct)).ToHttp()).Answers<Guid>("Enters an indicator of the site's own; answers with its identity.");
        routes.MapPost("{id:guid}/end", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new EndOwn(id), ct)).ToHttp()).Answers<Done>("Ends an indicator of the site's own.");
        routes.MapPost("import/preview", async (Sender sender, HttpRequest http, CancellationToken ct) => await Content(http, ct) is { } content ? (await sender.Send(new PreviewOwn(content), ct)).ToHttp() : TooLarge.ToHttp())
            .Answers<OwnPreview>("Tells what an import would do, line by line, and does nothing.").Reads("A STIX 2.1 bundle, CSV with titles, or one value a line; at most 10 MiB and 20,000 entries.", "text/csv");
        routes.MapPost("import", async (Sender sender, HttpRequest http, [StringLength(200)] string? name, CancellationToken ct) => await Content(http, ct) is { } content ? (await sender.Send(new ImportOwn(content, name ?? ""), ct)).ToHttp() : TooLarge.ToHttp())
            .Answers<OwnOutcome>("Takes in indicators of the site's own.").Reads("A STIX 2.1 bundle, CSV with titles, or one value a line; at most 10 MiB and 20,000 entries.", "text/csv");
    }

    private static Error TooLarge => IntelErrors.FileTooLarge.With("most", (OwnFile.MostBytes / 1024 / 1024).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The body, or null when it is longer than a file may be; reads no byte beyond.</summary>
    private static async Task<byte[]?> Content(HttpRequest http, CancellationToken ct)
    {
        if (http.ContentLength > OwnFile.MostBytes) return null;
        using var content = new MemoryStream();
        var buffer = new byte[65536];
        int read;
        while ((read = await http.Body.ReadAsync(buffer, ct)) > 0)
        {
            if (content.Length + read > OwnFile.MostBytes) return null;
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }
}

/// <summary>Body of a new indicator of the site's own.</summary>
internal sealed record OwnBody(string? Value, string? Threat, string? Note, int? Severity, int? Confidence, DateTimeOffset? Until);
