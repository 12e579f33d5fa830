using FluentValidation;
using Juming.Operator.Customers.Data;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Units;

/// <summary>Changes a customer or a unit; what is null stays as it is.</summary>
internal sealed record ChangeUnit(Guid Customer, Guid Id, long Version) : ICommand<Done>, INeeds<CustomersWrite>, IInScope
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>What it lies under; of the same customer.</summary>
    public Guid? Parent { get; init; }

    /// <summary>Puts it into the archive, or takes it out.</summary>
    public bool? Archived { get; init; }

    public Scope Scope => CustomerScope.Of(Customer);
}

file sealed class Validator : AbstractValidator<ChangeUnit>
{
    public Validator() => RuleFor(c => c.Name).IsName();
}

file sealed class Handler(CustomersDb db, TimeProvider clock) : ICommandHandler<ChangeUnit, Done>
{
    public async Task<Result<Done>> Handle(ChangeUnit request, CancellationToken cancellationToken)
    {
        if (await db.Units.FirstOrDefaultAsync(u => u.Id == request.Id && u.CustomerId == request.Customer, cancellationToken) is not { } row) return CustomerErrors.NoSuchUnit;
        if (row.Version != request.Version) return CustomerErrors.ChangedMeanwhile;
        if (request.Parent is { } parent && parent != row.ParentId)
        {
            if (row.ParentId == Guid.Empty) return CustomerErrors.NotBelowItself;
            if (await UnitRules.ProblemUnder(db, row, row.CustomerId, parent, cancellationToken) is { } problem) return problem;
            row.ParentId = parent;
        }
        if (request.Name?.Trim() is { } name) row.Name = name;
        if (await db.Units.AnyAsync(u => u.Id != row.Id && u.ParentId == row.ParentId && u.Name == row.Name, cancellationToken)) return CustomerErrors.NameTaken.With("name", row.Name);
        if (request.Archived is { } archived && archived != (row.ArchivedAt is not null))
        {
            if (archived && (await db.Sites.AnyAsync(s => s.UnitId == row.Id && s.ArchivedAt == null, cancellationToken) || await db.Units.AnyAsync(u => u.ParentId == row.Id && u.ArchivedAt == null, cancellationToken))) return CustomerErrors.NotEmpty;
            row.ArchivedAt = archived ? clock.GetUtcNow() : null;
        }
        row.Version++;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return CustomerErrors.ChangedMeanwhile;
        }
        return Done.Value;
    }
}
