using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Alerts.Export;
using Juming.Site.Detection.Alerts.List;
using Juming.Site.Detection.Coverage;
using Juming.Site.Detection.Resources;
using Juming.Site.Detection.Rules;
using Juming.Site.Detection.Rules.Delivered;
using Juming.Site.Detection.Rules.Draft;
using Juming.Site.Detection.Rules.List;
using Juming.Site.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Detection;

/// <summary>Asks rules about every stored event and keeps what they find as alerts.</summary>
public sealed class DetectionModule : Module
{
    /// <inheritdoc/>
    public override string Name => "detection";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<DetectionSettings>("Modules:Detection");
        services.AddSingleton<RuleModes>().AddSingleton<SourceSights>().AddSingleton<RulesInForce>().AddSingleton<WarmMarks>().AddSingleton(_ => new MatchQueue());
        services.AddSingleton<DetectionMatcher>().AddSingleton<IBatchMatcher>(p => p.GetRequiredService<DetectionMatcher>());
        services.AddSingleton<AlertWriter>().AddSingleton<IAlertIntake>(p => p.GetRequiredService<AlertWriter>());
        services.AddSingleton<CatchUp>().AddSingleton<WatchedLists>().AddSingleton<RuleBook>().AddSingleton<IDetectionRun, DetectionRun>();
        services.AddScoped<RuleViews>().AddScoped<DetectionUpkeep>().AddScoped<IAlertDirectory, AlertDirectory>().AddScoped<ILateFindings, LateFindings>().AddScoped<IAlertOverview, AlertSums>().AddSingleton<IRuleTitles, RuleTitles>();
        services.AddSingleton<IPackTaker, RulePacks>();
        services.AddSingleton<IRuleDesk, RuleDesk>();
        services.AddScoped<IHealthPart, DetectionHealth>().AddSingleton<IFigures, DetectionFigures>().AddSingleton<IReadiness, RulesReadiness>();
        // Started in this order and stopped in the reverse: matches must find rules and the writer at work.
        services.AddHostedService(p => p.GetRequiredService<RuleBook>());
        services.AddHostedService(p => p.GetRequiredService<AlertWriter>());
        services.AddHostedService(p => p.GetRequiredService<CatchUp>());
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu =>
    [
        new("response", "Alerts", "/alerts", DetectionRead.Code, 20, "bell", typeof(DetectionTexts)),
        new("admin", "Rules", "/rules", DetectionRead.Code, 20, "rule", typeof(DetectionTexts)),
        new("admin", "Coverage", "/coverage", DetectionRead.Code, 21, "grid", typeof(DetectionTexts), "/rules"),
    ];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("detection-upkeep", "*/10 * * * *", (services, ct) => services.GetRequiredService<DetectionUpkeep>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("alerts", async (Sender sender, [AsParameters] AlertQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<AlertPage>("Alerts, the latest match first, one page at a time.");
        routes.MapGet("alerts/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetAlert(id), ct)).ToHttp()).Answers<AlertItem>("One alert with its matched fields.");
        routes.MapGet("alerts/export", Export).AnswersFile("Alerts that fit, as a file; format=ndjson for one object a line.", "text/csv", "application/x-ndjson");
        routes.MapGet("rules", async (Sender sender, [AsParameters] RuleQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp())
            .Answers<RulePage>("Rules, correlations and filters: active, idle, cut off or refused, with the reason.");
        routes.MapGet("rules/{id}", async (Sender sender, string id, CancellationToken ct) => (await sender.Send(new GetRule(id), ct)).ToHttp()).Answers<RuleDetail>("One rule with its text and figures.");
        routes.MapGet("coverage", async (Sender sender, CancellationToken ct) => (await sender.Send(new GetCoverage(), ct)).ToHttp()).Answers<CoverageView>("ATT&CK techniques with the rules that watch them and the sources that feed those.");
    }

    private static async Task<IResult> Export(Sender sender, [AsParameters] AlertQuery query, string? format, CancellationToken ct)
    {
        var csv = format != "ndjson";
        var written = await sender.Send(new ExportAlerts(query.ToRequest(), csv), ct);
        return written.Error is { } error ? error.ToHttp() : Results.File(written.Value.Content, csv ? "text/csv; charset=utf-8" : "application/x-ndjson", written.Value.Name + (csv ? ".csv" : ".ndjson"));
    }
}
