using FluentValidation;
using Juming.Operator.Customers.Data;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Units;

/// <summary>Enters a customer.</summary>
internal sealed record AddCustomer(string Name) : ICommand<Guid>, INeeds<CustomersWrite>;

/// <summary>Enters a unit of a customer's organisation.</summary>
internal sealed record AddUnit(Guid Customer, Guid Parent, string Name) : ICommand<Guid>, INeeds<CustomersWrite>, IInScope
{
    public Scope Scope => CustomerScope.Of(Customer);
}

file sealed class CustomerValidator : AbstractValidator<AddCustomer>
{
    public CustomerValidator() => RuleFor(c => c.Name).IsName();
}

file sealed class UnitValidator : AbstractValidator<AddUnit>
{
    public UnitValidator() => RuleFor(c => c.Name).IsName();
}

file sealed class Handler(CustomersDb db, TimeProvider clock) : ICommandHandler<AddCustomer, Guid>, ICommandHandler<AddUnit, Guid>
{
    public Task<Result<Guid>> Handle(AddCustomer request, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        return Add(new UnitRow { Id = id, CustomerId = id, Name = request.Name.Trim(), CreatedAt = clock.GetUtcNow() }, cancellationToken);
    }

    public async Task<Result<Guid>> Handle(AddUnit request, CancellationToken cancellationToken)
    {
        if (await UnitRules.ProblemUnder(db, null, request.Customer, request.Parent, cancellationToken) is { } problem) return problem;
        return await Add(new UnitRow { CustomerId = request.Customer, ParentId = request.Parent, Name = request.Name.Trim(), CreatedAt = clock.GetUtcNow() }, cancellationToken);
    }

    private async Task<Result<Guid>> Add(UnitRow row, CancellationToken ct)
    {
        if (await db.Units.CountAsync(ct) >= UnitRules.Most) return CustomerErrors.TooMany.With("most", "20,000");
        if (await db.Units.AnyAsync(u => u.ParentId == row.ParentId && u.Name == row.Name, ct)) return CustomerErrors.NameTaken.With("name", row.Name);
        db.Add(row);
        await db.SaveChangesAsync(ct);
        return row.Id;
    }
}
