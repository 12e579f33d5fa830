using FluentValidation;
using Juming.Operator.Customers.Data;
using Juming.Operator.Customers.Units;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Sites;

/// <summary>Makes a token for a site that has not joined; an earlier one is void. Its text is in the answer and nowhere else.</summary>
internal sealed record InviteSite(Guid Customer, Guid Id) : ICommand<Invitation>, INeeds<CustomersWrite>, IInScope
{
    public Scope Scope => CustomerScope.Of(Customer);
}

/// <summary>Shuts a site out for good.</summary>
internal sealed record ShutSiteOut(Guid Customer, Guid Id) : ICommand<Done>, INeeds<CustomersWrite>, IInScope
{
    public Scope Scope => CustomerScope.Of(Customer);
}

/// <summary>Lets a site in again that was shut out for an alarm.</summary>
internal sealed record ReleaseSite(Guid Customer, Guid Id) : ICommand<Done>, INeeds<CustomersWrite>, IInScope
{
    public Scope Scope => CustomerScope.Of(Customer);
}

/// <summary>A token for a site by names: customer and site are entered where they are not there yet.</summary>
internal sealed record MakeSiteToken(string Customer, string Site) : ICommand<Invitation>, INeeds<CustomersWrite>;

file sealed class Validator : AbstractValidator<MakeSiteToken>
{
    public Validator()
    {
        RuleFor(c => c.Customer).IsName();
        RuleFor(c => c.Site).IsName();
    }
}

file sealed class Handler(CustomersDb db, ILinkDesk links, TimeProvider clock) : ICommandHandler<InviteSite, Invitation>, ICommandHandler<ShutSiteOut, Done>, ICommandHandler<ReleaseSite, Done>, ICommandHandler<MakeSiteToken, Invitation>
{
    public async Task<Result<Invitation>> Handle(InviteSite request, CancellationToken cancellationToken) =>
        await Find(request.Customer, request.Id, cancellationToken) is { } row ? await Invite(row, cancellationToken) : CustomerErrors.NoSuchSite;

    public async Task<Result<Done>> Handle(ShutSiteOut request, CancellationToken cancellationToken)
    {
        if (await Find(request.Customer, request.Id, cancellationToken) is not { } row) return CustomerErrors.NoSuchSite;
        return await links.Revoke(row.Id, cancellationToken) ? Done.Value : LinksErrors.NoSuchPeer;
    }

    public async Task<Result<Done>> Handle(ReleaseSite request, CancellationToken cancellationToken)
    {
        if (await Find(request.Customer, request.Id, cancellationToken) is not { } row) return CustomerErrors.NoSuchSite;
        return await links.Release(row.Id, cancellationToken) ? Done.Value : LinksErrors.NotQuarantined;
    }

    public async Task<Result<Invitation>> Handle(MakeSiteToken request, CancellationToken cancellationToken)
    {
        // Nothing is entered for a token that can't be used.
        if (!links.Listens) return LinksErrors.NotListening;
        var (customerName, siteName) = (request.Customer.Trim(), request.Site.Trim());
        var customer = await db.Units.FirstOrDefaultAsync(u => u.ParentId == Guid.Empty && u.Name == customerName, cancellationToken);
        if (customer is null)
        {
            var id = Guid.CreateVersion7();
            db.Add(customer = new UnitRow { Id = id, CustomerId = id, Name = customerName, CreatedAt = clock.GetUtcNow() });
        }
        if (customer.ArchivedAt is not null) return CustomerErrors.Archived;
        var site = await db.Sites.FirstOrDefaultAsync(s => s.CustomerId == customer.Id && s.Name == siteName, cancellationToken);
        if (site is null) db.Add(site = new SiteRow { CustomerId = customer.Id, UnitId = customer.Id, Name = siteName, CreatedAt = clock.GetUtcNow() });
        await db.SaveChangesAsync(cancellationToken);
        return await Invite(site, cancellationToken);
    }

    private async Task<Result<Invitation>> Invite(SiteRow row, CancellationToken ct)
    {
        if (row.ArchivedAt is not null) return CustomerErrors.Archived;
        if (!links.Listens) return LinksErrors.NotListening;
        return await links.Invite(row.Id, ct) is { } invitation ? invitation : LinksErrors.NoInvitation;
    }

    private Task<SiteRow?> Find(Guid customer, Guid id, CancellationToken ct) => db.Sites.FirstOrDefaultAsync(s => s.Id == id && s.CustomerId == customer, ct);
}
