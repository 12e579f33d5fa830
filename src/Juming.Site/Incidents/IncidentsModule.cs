using System.ComponentModel;
using System.Globalization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.Incidents.Change;
using Juming.Site.Incidents.Evidence;
using Juming.Site.Incidents.Export;
using Juming.Site.Incidents.Figures;
using Juming.Site.Incidents.Grouping;
using Juming.Site.Incidents.List;
using Juming.Site.Incidents.Open;
using Juming.Site.Incidents.Release;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Net.Http.Headers;

namespace Juming.Site.Incidents;

/// <summary>Groups alerts into incidents and lets people work on them until they are closed.</summary>
public sealed class IncidentsModule : Module
{
    /// <inheritdoc/>
    public override string Name => "incidents";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<IncidentsSettings>("Modules:Incidents");
        services.AddSingleton<IncidentDesk>().AddScoped<IncidentsUpkeep>().AddScoped<AlertGrowth>().AddScoped<IIncidentDirectory, IncidentDirectory>().AddScoped<IIncidentWork, IncidentWork>().AddScoped<IEvidenceDesk, EvidenceDesk>().AddScoped<IAlertWhereabouts, AlertWhereabouts>().AddScoped<IHealthPart, IncidentsHealth>().AddScoped<ReleaseFacts>();
        services.TryAddSingleton<IAssetDirectory, NoAssetsKept>();
        foreach (var code in new[] { "incidents.opened", "incidents.escalated" }) services.AddSingleton(new NoticeKind(code, typeof(IncidentsTexts), Role.Analyst, Role.SecurityAdmin));
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("response", "Incidents", "/incidents", IncidentsRead.Code, 10, "shield", typeof(IncidentsTexts))];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("incidents-upkeep", "17 3 * * *", (services, ct) => services.GetRequiredService<IncidentsUpkeep>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [AsParameters] IncidentQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<IncidentRows>("Incidents, the most urgent first, one page at a time.");
        routes.MapGet("export", async (Sender sender, [AsParameters] IncidentQuery query, CancellationToken ct) =>
        {
            var written = await sender.Send(new ExportIncidents(query.ToRequest()), ct);
            return written.Error is { } error ? error.ToHttp() : Results.File(written.Value.Content, "text/csv; charset=utf-8", written.Value.Name);
        }).AnswersFile("Incidents that fit, as a file.", "text/csv");
        routes.MapGet("response-times", async (Sender sender, [Description("Detected at or after")] DateTimeOffset from, [Description("Detected before")] DateTimeOffset to, CancellationToken ct) => (await sender.Send(new GetResponseTimes(from, to), ct)).ToHttp())
            .Answers<IReadOnlyList<ResponseTime>>("Mean times to detect, acknowledge, contain and resolve.");
        routes.MapGet("{id}", Get).Answers<IncidentDossier>("One incident with its alerts, parties, time line and evidence. The ETag is its version.").Takes("If-None-Match", "An ETag: 304 when nothing has changed since.", 100).Produces(StatusCodes.Status304NotModified);
        routes.MapPatch("{id}", Change).Answers<IncidentVersion>("Changes what a person decides about an incident; what is absent stays as it is.").Takes("If-Match", "The ETag that the change was made on; another one is refused.", 100);
        routes.MapGet("{id:guid}/evidence/{evidence:guid}", File).AnswersFile("A file that was kept as evidence; treat it as hostile.", "application/octet-stream");
    }

    private static async Task<IResult> Get(Sender sender, [Description("Identity, or short number such as INC-2026-0012")] string id, HttpContext http, CancellationToken ct)
    {
        var found = await sender.Send(new GetIncident(id), ct);
        if (found.Error is { } error) return error.ToHttp();
        var tag = Tag(found.Value.Version, found.Value.Brief.UpdatedAt);
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch == tag ? Results.StatusCode(StatusCodes.Status304NotModified) : found.ToHttp();
    }

    /// <summary>The version comes from If-Match, or from the body, or there is none.</summary>
    private static async Task<IResult> Change(Sender sender, [Description("Identity, or short number such as INC-2026-0012")] string id, IncidentPatch patch, HttpContext http, CancellationToken ct)
    {
        var version = patch.Version;
        if (EntityTagHeaderValue.TryParse(http.Request.Headers.IfMatch.ToString(), out var tag) && long.TryParse(tag.Tag.AsSpan().Trim('"').ToString().Split('-')[0], CultureInfo.InvariantCulture, out var named)) version = named;
        var byId = Guid.TryParse(id, out var identity);
        var changed = await sender.Send(new ChangeIncident { Id = identity, Number = byId ? null : id, Version = version, State = patch.State, Assignee = patch.Assignee, Severity = patch.Severity, Title = patch.Title, Verdict = patch.Verdict, Reason = patch.Reason, Contained = patch.Contained, Resolved = patch.Resolved, NotApplicable = patch.NotApplicable }, ct);
        return changed.ToHttp();
    }

    private static async Task<IResult> File(Sender sender, Guid id, Guid evidence, CancellationToken ct)
    {
        var read = await sender.Send(new ReadEvidenceFile(id, evidence), ct);
        // Always as a download of unknown type: evidence may well be hostile.
        return read.Error is { } error ? error.ToHttp() : Results.File(read.Value.Content, "application/octet-stream", read.Value.Name);
    }

    // Grouping changes an incident without a new version, so the tag holds both.
    private static string Tag(long version, DateTimeOffset updated) => string.Create(CultureInfo.InvariantCulture, $"\"{version}-{updated.UtcTicks / 10}\"");
}

/// <summary>Body of a PATCH; what is absent stays as it is.</summary>
/// <param name="Version">Version that the change was made on.</param>
/// <param name="State">New state.</param>
/// <param name="Assignee">Who works on it; "me"; empty for nobody.</param>
/// <param name="Severity">Severity that a person sets.</param>
/// <param name="Title">Title in a person's words.</param>
/// <param name="Verdict">What it was found to be.</param>
/// <param name="Reason">Why.</param>
/// <param name="Contained">With closing: when the attack was stopped.</param>
/// <param name="Resolved">With closing: when its cause was gone.</param>
/// <param name="NotApplicable">With closing: why neither applies.</param>
internal sealed record IncidentPatch(long? Version, IncidentState? State, string? Assignee, Severity? Severity, string? Title, Verdict? Verdict, string? Reason, DateTimeOffset? Contained = null, DateTimeOffset? Resolved = null, string? NotApplicable = null);
