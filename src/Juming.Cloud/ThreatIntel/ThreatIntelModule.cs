using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Cloud.ThreatIntel.Feeds;
using Juming.Cloud.ThreatIntel.Indicators;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Cloud.ThreatIntel.Quarantine;
using Juming.Cloud.ThreatIntel.Sources;
using Juming.Cloud.ThreatIntel.Vulnerabilities;
using Juming.Cloud.ThreatIntel.Warnings;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Cloud.ThreatIntel;

/// <summary>Reads sources of intelligence, puts together what they say of a value, and keeps where each word comes from.</summary>
public sealed class ThreatIntelModule : Module
{
    /// <inheritdoc/>
    public override string Name => "threatintel";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<ThreatIntelSettings>("Modules:ThreatIntel");
        services.AddSingleton<WarningLists>().AddSingleton<HostTurns>().AddSingleton<MergeTurn>();
        services.AddScoped<FeedHttp>().AddScoped<TaxiiFeed>().AddScoped<MispFeed>().AddScoped<FeedReader>().AddScoped<MergeDesk>().AddScoped<VulnerabilityDesk>().AddScoped<IVulnerabilityCatalogue, VulnerabilityCatalogue>().AddScoped<SourceRun>().AddScoped<IndicatorUpkeep>().AddScoped<League>();
        services.AddScoped<IIndicatorCatalogue, IndicatorCatalogue>();
        services.AddSingleton<SourceClock>().AddHostedService(p => p.GetRequiredService<SourceClock>());
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu =>
    [
        new("intel", "Indicators", "/indicators", ThreatIntelRead.Code, 10, "search", typeof(ThreatIntelTexts)),
        new("intel", "Vulnerabilities", "/exploited", ThreatIntelRead.Code, 15, "rule", typeof(ThreatIntelTexts)),
        new("intel", "Sources", "/feeds", ThreatIntelRead.Code, 20, "source", typeof(ThreatIntelTexts)),
        new("intel", "Quarantine", "/feeds/quarantine", ThreatIntelRead.Code, 25, "ledger", typeof(ThreatIntelTexts), "/feeds"),
    ];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("threatintel-league", "43 * * * *", (services, ct) => services.GetRequiredService<League>().Run(ct)), new("threatintel-age", "23 19 * * *", (services, ct) => services.GetRequiredService<IndicatorUpkeep>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        Indicators(routes);
        routes.MapGet("sources", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListSources(), ct)).ToHttp()).Answers<IReadOnlyList<SourceView>>("Sources with their health and worth.");
        routes.MapPost("sources", async (Sender sender, SourceBody body, CancellationToken ct) => (await sender.Send(body.ToRequest(null), ct)).ToHttp()).Answers<Guid>("Adds a source; answers with its identity.");
        routes.MapPut("sources/{id:guid}", async (Sender sender, Guid id, SourceBody body, CancellationToken ct) => (await sender.Send(body.ToRequest(id), ct)).ToHttp()).Answers<Guid>("Changes a source. Without a secret the one that is kept stays.");
        routes.MapDelete("sources/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new RemoveSource(id), ct)).ToHttp()).Answers<Done>("Takes a source away with all that it says.");
        routes.MapPost("sources/{id:guid}/read", async (Sender sender, Guid id, [Description("Takes a list that has become much shorter")] bool? acceptShorter, CancellationToken ct) => (await sender.Send(new RunSource(id, acceptShorter ?? false), ct)).ToHttp()).Answers<Done>("Has a source read now.");
        routes.MapGet("sources/{id:guid}/runs", async (Sender sender, Guid id, [Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListRuns(id, limit ?? 20), ct)).ToHttp()).Answers<IReadOnlyList<RunView>>("The last readings of a source, the latest first.");
        routes.MapGet("vulnerabilities", async (Sender sender, [Description("The beginning of an identity, or part of a name, vendor or product"), StringLength(300)] string? text, [Description("Only those that are known to be exploited")] bool? exploited, [Range(0, 10_000)] int? skip, [Range(1, 200)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListVulnerabilities { Text = text, Exploited = exploited ?? false, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<VulnerabilityList>("Vulnerabilities with what is known of their exploitation.");
        routes.MapGet("quarantine", async (Sender sender, Guid? source, IndicatorProblem? reason, [Range(0, 1_000_000)] int? skip, [Range(1, 200)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListQuarantine { Source = source, Reason = reason, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<QuarantineList>("What sources sent and could not be taken.");
        routes.MapDelete("quarantine/{source:guid}", async (Sender sender, Guid source, CancellationToken ct) => (await sender.Send(new ClearQuarantine(source), ct)).ToHttp()).Answers<Done>("Forgets the quarantined entries of a source.");
    }

    private static void Indicators(IEndpointRouteBuilder routes)
    {
        routes.MapGet("indicators", async (Sender sender, [Description("A value in any writing, or the beginning of one"), StringLength(2048)] string? text, IndicatorKind? kind, IndicatorState? state, ThreatKind? threat, Guid? source, [Range(0, 10_000)] int? skip, [Range(1, 200)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListIndicators { Text = text, Kind = kind, State = state, Threat = threat, Source = source, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<IndicatorPage>("Indicators, those that changed last first, one page at a time.");
        routes.MapPost("indicators", async (Sender sender, IndicatorsBody body, CancellationToken ct) =>
            (await sender.Send(new AddIndicators { Text = body.Text ?? "", Threat = body.Threat, Confidence = body.Confidence ?? 80, Tlp = body.Tlp ?? Tlp.Amber, Note = body.Note ?? "", Family = body.Family ?? "", Techniques = body.Techniques ?? "", Until = body.Until }, ct)).ToHttp()).Answers<AddedIndicators>("Enters values by hand, one a line.");
        routes.MapGet("indicators/{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new ReadIndicator(id), ct)).ToHttp()).Answers<IndicatorDossier>("An indicator with what each source says of it.");
        routes.MapPost("indicators/{id:guid}/decision", async (Sender sender, Guid id, DecisionBody body, CancellationToken ct) => (await sender.Send(new DecideIndicator(id, body.Decision, body.Reason ?? ""), ct)).ToHttp()).Answers<Done>("Revokes an indicator, finds it wrong, or takes such a decision back.");
    }
}

/// <summary>Body of values entered by hand.</summary>
internal sealed record IndicatorsBody(string? Text, ThreatKind Threat, int? Confidence, Tlp? Tlp, string? Note, DateTimeOffset? Until, string? Family = null, string? Techniques = null);

/// <summary>Body of a decision.</summary>
internal sealed record DecisionBody(IndicatorState? Decision, string? Reason);

/// <summary>Body of a source.</summary>
internal sealed record SourceBody(string? Name, SourceKind Kind, string? Address, string? Mapping, string? SecretHeader, string? Secret, Reliability? Reliability, string? Group, Tlp? Tlp, int? Confidence, ThreatKind? Threat, bool? MayDistribute, int? EveryMinutes, bool? Enabled, long? Version)
{
    public SaveSource ToRequest(Guid? id) => new()
    {
        Id = id,
        Version = Version ?? 0,
        Name = Name ?? "",
        Kind = Kind,
        Address = Address ?? "",
        Mapping = Mapping ?? "",
        SecretHeader = SecretHeader ?? "",
        Secret = new Secret(Secret ?? ""),
        Reliability = Reliability ?? ThreatIntel.Reliability.F,
        Group = Group ?? "",
        Tlp = Tlp ?? ThreatIntel.Tlp.Clear,
        Confidence = Confidence ?? 60,
        Threat = Threat ?? ThreatKind.Unknown,
        MayDistribute = MayDistribute ?? false,
        EveryMinutes = EveryMinutes ?? 60,
        Enabled = Enabled ?? true,
    };
}
