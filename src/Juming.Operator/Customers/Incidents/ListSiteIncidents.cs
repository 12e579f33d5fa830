using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Contracts.Egress;
using Juming.Operator.Customers.Data;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Incidents;

/// <summary>Finds incidents of sites, latest first.</summary>
internal sealed record ListSiteIncidents : IQuery<SiteIncidentPage>, INeeds<CustomersRead>, IInOwnScopes
{
    /// <summary>Part of a site's, customer's or unit's name.</summary>
    public string? Text { get; init; }

    /// <summary>A customer or unit; those below it count.</summary>
    public Guid? Unit { get; init; }

    /// <summary>One site.</summary>
    public Guid? Site { get; init; }

    /// <summary>Least severity, 1 to 5.</summary>
    public int Least { get; init; } = 1;

    /// <summary>Which stages.</summary>
    public StageGroup Stages { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>Stages that are asked for together.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum StageGroup
{
    /// <summary>Not yet resolved.</summary>
    Open,

    /// <summary>Resolved, closed or merged.</summary>
    Done,

    /// <summary>All.</summary>
    All,
}

/// <summary>An incident of a site.</summary>
/// <param name="Id">Its identity at the site, by which the site's people find it.</param>
/// <param name="SiteId">The site.</param>
/// <param name="CustomerId">Its customer.</param>
/// <param name="Site">Its name.</param>
/// <param name="Path">Names of customer and units above the site.</param>
/// <param name="Severity">1 (for information) to 5 (critical).</param>
/// <param name="Priority">1 (drop everything) to 4.</param>
/// <param name="Stage">How far it is: New, Acknowledged, Judged, Contained, Resolved, Closed or Merged; Unspecified where this release does not know.</param>
/// <param name="Verdict">What it was judged to be; Unspecified until it was.</param>
/// <param name="Attack">Technique that names it; empty when none does.</param>
/// <param name="Tactics">Tactics of ATT&amp;CK.</param>
/// <param name="Alerts">Alerts in it.</param>
/// <param name="DetectedAt">By the site's clock, as all of these.</param>
/// <param name="AcknowledgedAt">When somebody took it on.</param>
/// <param name="ContainedAt">When it was contained.</param>
/// <param name="ResolvedAt">When it was resolved.</param>
/// <param name="ClosedAt">When it was closed.</param>
/// <param name="ToldAt">When the site told this.</param>
/// <param name="Releases">How often a person of the site released values of it.</param>
internal sealed record SiteIncidentView(Guid Id, Guid SiteId, Guid CustomerId, string Site, string Path, int Severity, int Priority, string Stage, string Verdict, string Attack, IReadOnlyList<string> Tactics, long Alerts,
    DateTimeOffset DetectedAt, DateTimeOffset? AcknowledgedAt, DateTimeOffset? ContainedAt, DateTimeOffset? ResolvedAt, DateTimeOffset? ClosedAt, DateTimeOffset ToldAt, int Releases);

/// <summary>Incidents and how many there are.</summary>
internal sealed record SiteIncidentPage(IReadOnlyList<SiteIncidentView> Items, int Total);

file sealed class Validator : AbstractValidator<ListSiteIncidents>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Least).InclusiveBetween(1, 5);
        RuleFor(q => q.Stages).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(CustomersDb db) : IQueryHandler<ListSiteIncidents, SiteIncidentPage>
{
    public async Task<Result<SiteIncidentPage>> Handle(ListSiteIncidents request, CancellationToken cancellationToken)
    {
        var book = await SiteBook.Load(db, cancellationToken);
        var sites = (await db.Sites.AsNoTracking().ToListAsync(cancellationToken)).Where(s => (request.Site is null || s.Id == request.Site) && book.IsUnder(s.UnitId, request.Unit) && book.Says(s, request.Text)).ToDictionary(s => s.Id);
        List<Guid> wanted = [.. sites.Keys];
        var found = db.Incidents.AsNoTracking().Where(i => wanted.Contains(i.SiteId) && i.Severity >= request.Least);
        if (request.Stages == StageGroup.Open) found = found.Where(i => i.Stage < (int)IncidentStage.Resolved);
        if (request.Stages == StageGroup.Done) found = found.Where(i => i.Stage >= (int)IncidentStage.Resolved);
        var total = await found.CountAsync(cancellationToken);
        var rows = await found.OrderByDescending(i => i.DetectedAt).ThenBy(i => i.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        List<Guid> shown = [.. rows.Select(r => r.Id)];
        var releases = (await db.Releases.AsNoTracking().Where(r => shown.Contains(r.IncidentId)).GroupBy(r => new { r.SiteId, r.IncidentId }).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken)).ToDictionary(g => (g.Key.SiteId, g.Key.IncidentId), g => g.Count);
        return new SiteIncidentPage(rows.ConvertAll(r => SiteIncidents.View(r, sites[r.SiteId], book, releases.GetValueOrDefault((r.SiteId, r.Id)))), total);
    }
}

/// <summary>Shows incidents of sites.</summary>
internal static class SiteIncidents
{
    public static SiteIncidentView View(SiteIncidentRow row, SiteRow site, SiteBook book, int releases) => new(row.Id, row.SiteId, row.CustomerId, site.Name, book.PathOf(site.UnitId), row.Severity, row.Priority, NameOf((IncidentStage)row.Stage), NameOf((IncidentVerdict)row.Verdict),
        row.Attack, [.. row.Tactics.Split(' ', StringSplitOptions.RemoveEmptyEntries)], row.Alerts, row.DetectedAt, row.AcknowledgedAt, row.ContainedAt, row.ResolvedAt, row.ClosedAt, row.ToldAt, releases);

    private static string NameOf<TEnum>(TEnum value) where TEnum : struct, Enum => Enum.IsDefined(value) ? value.ToString() : "Unspecified";
}
