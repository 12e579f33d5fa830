using FluentValidation;
using Juming.Operator.Customers.Data;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Sites;

/// <summary>Signed days of a site's egress ledger as they are held here, latest first.</summary>
/// <param name="Customer">The site's customer.</param>
/// <param name="Id">The site.</param>
/// <param name="Skip">Days passed over.</param>
/// <param name="Take">1 to 500.</param>
internal sealed record ListLedgerDays(Guid Customer, Guid Id, int Skip = 0, int Take = 50) : IQuery<HeldDays>, INeeds<CustomersRead>, IInScope
{
    public Scope Scope => CustomerScope.Of(Customer);
}

file sealed class Validator : AbstractValidator<ListLedgerDays>
{
    public Validator()
    {
        RuleFor(q => q.Skip).InclusiveBetween(0, 1_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(CustomersDb db, IHeldLedgers ledgers) : IQueryHandler<ListLedgerDays, HeldDays>
{
    public async Task<Result<HeldDays>> Handle(ListLedgerDays request, CancellationToken cancellationToken) =>
        await db.Sites.AnyAsync(s => s.Id == request.Id && s.CustomerId == request.Customer, cancellationToken) ? await ledgers.Of(request.Id, request.Skip, request.Take, cancellationToken) : CustomerErrors.NoSuchSite;
}
