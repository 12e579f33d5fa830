using Juming.Operator.Customers.Data;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Incidents;

/// <summary>One incident of a site, with what was released of it.</summary>
internal sealed record GetSiteIncident(Guid Customer, Guid Site, Guid Id) : IQuery<SiteIncidentDossier>, INeeds<CustomersRead>, IInScope
{
    public Scope Scope => CustomerScope.Of(Customer);
}

/// <summary>An incident with what was released of it, latest first.</summary>
internal sealed record SiteIncidentDossier(SiteIncidentView Incident, IReadOnlyList<ReleasedView> Releases);

/// <summary>What a person of the site released.</summary>
/// <param name="ReleasedAt">By the site's clock.</param>
/// <param name="ArrivedAt">When it came, by the clock here.</param>
/// <param name="Attackers">Addresses of whoever attacks.</param>
/// <param name="Domains">Domains that indicators name.</param>
/// <param name="FileHashes">Hashes of files.</param>
/// <param name="Techniques">Techniques of ATT&amp;CK.</param>
/// <param name="Hosts">Hosts concerned.</param>
/// <param name="Accounts">Accounts concerned.</param>
/// <param name="Matches">Matches that the alerts stand for.</param>
/// <param name="FirstAt">The first of them.</param>
/// <param name="LastAt">The last.</param>
internal sealed record ReleasedView(DateTimeOffset ReleasedAt, DateTimeOffset ArrivedAt, IReadOnlyList<string> Attackers, IReadOnlyList<string> Domains, IReadOnlyList<string> FileHashes, IReadOnlyList<string> Techniques, long Hosts, long Accounts, long Matches, DateTimeOffset? FirstAt, DateTimeOffset? LastAt);

file sealed class Handler(CustomersDb db) : IQueryHandler<GetSiteIncident, SiteIncidentDossier>
{
    public async Task<Result<SiteIncidentDossier>> Handle(GetSiteIncident request, CancellationToken cancellationToken)
    {
        var row = await db.Incidents.AsNoTracking().FirstOrDefaultAsync(i => i.SiteId == request.Site && i.Id == request.Id && i.CustomerId == request.Customer, cancellationToken);
        var site = await db.Sites.AsNoTracking().FirstOrDefaultAsync(s => s.Id == request.Site && s.CustomerId == request.Customer, cancellationToken);
        if (row is null || site is null) return CustomerErrors.NoSuchSiteIncident;
        var releases = await db.Releases.AsNoTracking().Where(r => r.SiteId == row.SiteId && r.IncidentId == row.Id).OrderByDescending(r => r.ReleasedAt).ToListAsync(cancellationToken);
        return new SiteIncidentDossier(SiteIncidents.View(row, site, await SiteBook.Load(db, cancellationToken), releases.Count), releases.ConvertAll(View));
    }

    private static ReleasedView View(ReleaseRow r) => new(r.ReleasedAt, r.ArrivedAt, Parts(r.Attackers), Parts(r.Domains), Parts(r.FileHashes), Parts(r.Techniques), r.Hosts, r.Accounts, r.Matches, r.FirstAt, r.LastAt);

    private static string[] Parts(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
