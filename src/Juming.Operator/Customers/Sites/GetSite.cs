using Juming.Contracts.Egress;
using Juming.Operator.Customers.Data;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Sites;

/// <summary>One site with how it stands.</summary>
internal sealed record GetSite(Guid Customer, Guid Id) : IQuery<SiteDossier>, INeeds<CustomersRead>, IInScope
{
    public Scope Scope => CustomerScope.Of(Customer);
}

/// <summary>A site with how it stands; <paramref name="Standing"/> is null while it has no token, <paramref name="Impact"/> while it has said nothing of vulnerabilities.</summary>
internal sealed record SiteDossier(SiteView Site, PeerStanding? Standing, bool Listens, SiteImpact? Impact);

file sealed class Handler(CustomersDb db, ILinkDesk links) : IQueryHandler<GetSite, SiteDossier>
{
    public async Task<Result<SiteDossier>> Handle(GetSite request, CancellationToken cancellationToken)
    {
        if (await db.Sites.AsNoTracking().FirstOrDefaultAsync(s => s.Id == request.Id && s.CustomerId == request.Customer, cancellationToken) is not { } row) return CustomerErrors.NoSuchSite;
        var standing = (await links.Standing([row.Id], cancellationToken)).GetValueOrDefault(row.Id);
        var values = await links.Values([row.Id], [SiteHealth.Descriptor, ImpactCounts.Descriptor, ImpactByVulnerability.Descriptor], cancellationToken);
        var figures = SiteFigures.Of(values).GetValueOrDefault(row.Id);
        return new SiteDossier((await SiteBook.Load(db, cancellationToken)).View(row, standing, figures), standing, links.Listens, SiteImpact.Of(values));
    }
}
