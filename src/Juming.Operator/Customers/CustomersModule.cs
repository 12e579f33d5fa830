using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Operator.Customers.Incidents;
using Juming.Operator.Customers.Sites;
using Juming.Operator.Customers.Units;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Operator.Customers;

/// <summary>Keeps customers with their organisation, and the sites that are linked with this host.</summary>
public sealed class CustomersModule : Module
{
    /// <inheritdoc/>
    public override string Name => "customers";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings) => services.AddSingleton(new ScopeKind(CustomerScope.Kind)).AddScoped<IPeerNames, SiteNames>();

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu =>
    [
        new("customers", "Sites", "/sites", CustomersRead.Code, 10, "grid", typeof(CustomersTexts)),
        new("customers", "SiteIncidents", "/site-incidents", CustomersRead.Code, 15, "shield", typeof(CustomersTexts)),
        new("customers", "Customers", "/customers", CustomersRead.Code, 20, "user", typeof(CustomersTexts)),
    ];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        Units(routes);
        routes.MapGet("sites", async (Sender sender, [AsParameters] SiteQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<SitePage>("Sites that the caller may see, those in trouble first, one page at a time.");
        routes.MapGet("sites/export", async (Sender sender, [AsParameters] SiteQuery query, CancellationToken ct) =>
        {
            var filter = SiteCsv.First(query.ToRequest());
            var first = await sender.Send(filter, ct);
            return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => SiteCsv.Write(stream, sender, filter, first.Value, ct), "text/csv; charset=utf-8", "sites.csv");
        }).AnswersFile("All sites that fit.", "text/csv");
        routes.MapGet("incidents", async (Sender sender, [AsParameters] SiteIncidentQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<SiteIncidentPage>("Incidents of sites as these told them, latest first, one page at a time.");
        routes.MapGet("incidents/export", async (Sender sender, [AsParameters] SiteIncidentQuery query, CancellationToken ct) =>
        {
            var filter = SiteIncidentCsv.First(query.ToRequest());
            var first = await sender.Send(filter, ct);
            return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => SiteIncidentCsv.Write(stream, sender, filter, first.Value, ct), "text/csv; charset=utf-8", "site-incidents.csv");
        }).AnswersFile("All incidents that fit.", "text/csv");
        routes.MapGet("{customer:guid}/sites/{site:guid}/incidents/{id:guid}", async (Sender sender, Guid customer, Guid site, Guid id, CancellationToken ct) => (await sender.Send(new GetSiteIncident(customer, site, id), ct)).ToHttp()).Answers<SiteIncidentDossier>("One incident of a site, with what people there released of it.");
        routes.MapPost("{customer:guid}/sites", async (Sender sender, Guid customer, SiteBody body, CancellationToken ct) => (await sender.Send(new AddSite(customer, body.Unit ?? customer, body.Name ?? ""), ct)).ToHttp()).Answers<Guid>("Enters a site; answers with its identity.");
        routes.MapGet("{customer:guid}/sites/{id:guid}", async (Sender sender, Guid customer, Guid id, CancellationToken ct) => (await sender.Send(new GetSite(customer, id), ct)).ToHttp()).Answers<SiteDossier>("One site with how it stands.");
        routes.MapGet("{customer:guid}/sites/{id:guid}/ledger-days", async (Sender sender, Guid customer, Guid id, [Description("Days passed over"), Range(0, 1_000_000)] int? skip, [Description("Days of the page, 50 by default"), Range(1, 500)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListLedgerDays(customer, id, skip ?? 0, limit ?? 50), ct)).ToHttp()).Answers<HeldDays>("Signed days of a site's egress ledger as they are held here, latest first.");
        routes.MapGet("{customer:guid}/sites/{id:guid}/ledger-days/export", async (Sender sender, Guid customer, Guid id, CancellationToken ct) =>
        {
            var first = await sender.Send(new ListLedgerDays(customer, id, 0, HeldExport.Rows), ct);
            return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => HeldExport.Write(stream, first.Value, skip => sender.Send(new ListLedgerDays(customer, id, skip, HeldExport.Rows), ct), ct), "application/x-ndjson", "held-days.ndjson");
        }).AnswersFile("All days that are held of a site's egress ledger, for juming egress check --held.", "application/x-ndjson");
        routes.MapPatch("{customer:guid}/sites/{id:guid}", async (Sender sender, Guid customer, Guid id, SitePatch body, CancellationToken ct) => (await sender.Send(new ChangeSite(customer, id, body.Version) { Name = body.Name, Unit = body.Unit, Archived = body.Archived }, ct)).ToHttp()).Answers<Done>("Changes a site; what is absent stays as it is.");
        routes.MapPost("{customer:guid}/sites/{id:guid}/token", async (Sender sender, Guid customer, Guid id, CancellationToken ct) => (await sender.Send(new InviteSite(customer, id), ct)).ToHttp()).Answers<Invitation>("Makes a token with which the site joins, once, within 24 hours; an earlier one is void.");
        routes.MapPost("{customer:guid}/sites/{id:guid}/shut-out", async (Sender sender, Guid customer, Guid id, CancellationToken ct) => (await sender.Send(new ShutSiteOut(customer, id), ct)).ToHttp()).Answers<Done>("Shuts a site out for good.");
        routes.MapPost("{customer:guid}/sites/{id:guid}/release", async (Sender sender, Guid customer, Guid id, CancellationToken ct) => (await sender.Send(new ReleaseSite(customer, id), ct)).ToHttp()).Answers<Done>("Lets a site in again that was shut out for an alarm.");
    }

    private static void Units(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [Description("Archived ones too")] bool? archived, CancellationToken ct) => (await sender.Send(new ListUnits(archived ?? false), ct)).ToHttp()).Answers<UnitTree>("Customers that the caller may see, each followed by its units.");
        routes.MapPost("", async (Sender sender, NameBody body, CancellationToken ct) => (await sender.Send(new AddCustomer(body.Name ?? ""), ct)).ToHttp()).Answers<Guid>("Enters a customer; answers with its identity.");
        routes.MapPost("{customer:guid}/units", async (Sender sender, Guid customer, UnitBody body, CancellationToken ct) => (await sender.Send(new AddUnit(customer, body.Parent ?? customer, body.Name ?? ""), ct)).ToHttp()).Answers<Guid>("Enters a unit of a customer's organisation; answers with its identity.");
        routes.MapPatch("{customer:guid}/units/{id:guid}", async (Sender sender, Guid customer, Guid id, UnitPatch body, CancellationToken ct) => (await sender.Send(new ChangeUnit(customer, id, body.Version) { Name = body.Name, Parent = body.Parent, Archived = body.Archived }, ct)).ToHttp()).Answers<Done>("Changes a customer or a unit; what is absent stays as it is.");
    }
}

/// <summary>Filter of sites.</summary>
internal sealed record SiteQuery
{
    [Description("Part of a site's, customer's or unit's name"), StringLength(200)]
    public string? Text { get; init; }

    [Description("A customer or unit; those below it count")]
    public Guid? Unit { get; init; }

    public SiteState? State { get; init; }

    [Description("Archived ones instead of the others")]
    public bool? Archived { get; init; }

    [Range(0, 10_000_000)]
    public int? Skip { get; init; }

    [Range(1, 500)]
    public int? Limit { get; init; }

    public ListSites ToRequest() => new() { Text = Text, Unit = Unit, State = State, Archived = Archived ?? false, Skip = Skip ?? 0, Take = Limit ?? 50 };
}

/// <summary>Filter of sites' incidents.</summary>
internal sealed record SiteIncidentQuery
{
    [Description("Part of a site's, customer's or unit's name"), StringLength(200)]
    public string? Text { get; init; }

    [Description("A customer or unit; those below it count")]
    public Guid? Unit { get; init; }

    [Description("One site")]
    public Guid? Site { get; init; }

    [Description("Least severity, 1 to 5"), Range(1, 5)]
    public int? Severity { get; init; }

    public StageGroup? Stages { get; init; }

    [Range(0, 10_000_000)]
    public int? Skip { get; init; }

    [Range(1, 500)]
    public int? Limit { get; init; }

    public ListSiteIncidents ToRequest() => new() { Text = Text, Unit = Unit, Site = Site, Least = Severity ?? 1, Stages = Stages ?? StageGroup.All, Skip = Skip ?? 0, Take = Limit ?? 50 };
}

/// <summary>Body of a new customer.</summary>
internal sealed record NameBody(string? Name);

/// <summary>Body of a new unit.</summary>
internal sealed record UnitBody(string? Name, Guid? Parent);

/// <summary>Body of a change of a customer or unit.</summary>
internal sealed record UnitPatch(long Version, string? Name, Guid? Parent, bool? Archived);

/// <summary>Body of a new site.</summary>
internal sealed record SiteBody(string? Name, Guid? Unit);

/// <summary>Body of a change of a site.</summary>
internal sealed record SitePatch(long Version, string? Name, Guid? Unit, bool? Archived);
