using FluentValidation;
using Juming.Cloud.Operators.Data;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.Operators.Manage;

/// <summary>Signed days of an operator's egress ledger as they are held here, latest first.</summary>
/// <param name="Id">The operator.</param>
/// <param name="Skip">Days passed over.</param>
/// <param name="Take">1 to 500.</param>
internal sealed record ListOperatorLedgerDays(Guid Id, int Skip = 0, int Take = 50) : IQuery<HeldDays>, INeeds<OperatorsRead>;

file sealed class Validator : AbstractValidator<ListOperatorLedgerDays>
{
    public Validator()
    {
        RuleFor(q => q.Skip).InclusiveBetween(0, 1_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(OperatorsDb db, IHeldLedgers ledgers) : IQueryHandler<ListOperatorLedgerDays, HeldDays>
{
    public async Task<Result<HeldDays>> Handle(ListOperatorLedgerDays request, CancellationToken cancellationToken) =>
        await db.Operators.AnyAsync(o => o.Id == request.Id, cancellationToken) ? await ledgers.Of(request.Id, request.Skip, request.Take, cancellationToken) : OperatorErrors.NoSuchOperator;
}
