using FluentValidation;
using Juming.Operator.Customers.Data;
using Juming.Operator.Customers.Units;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Sites;

/// <summary>Enters a site of a customer.</summary>
internal sealed record AddSite(Guid Customer, Guid Unit, string Name) : ICommand<Guid>, INeeds<CustomersWrite>, IInScope
{
    public Scope Scope => CustomerScope.Of(Customer);
}

/// <summary>Changes a site; what is null stays as it is.</summary>
internal sealed record ChangeSite(Guid Customer, Guid Id, long Version) : ICommand<Done>, INeeds<CustomersWrite>, IInScope
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>What it lies under; of the same customer.</summary>
    public Guid? Unit { get; init; }

    /// <summary>Puts it into the archive, or takes it out.</summary>
    public bool? Archived { get; init; }

    public Scope Scope => CustomerScope.Of(Customer);
}

file sealed class AddValidator : AbstractValidator<AddSite>
{
    public AddValidator() => RuleFor(c => c.Name).IsName();
}

file sealed class ChangeValidator : AbstractValidator<ChangeSite>
{
    public ChangeValidator() => RuleFor(c => c.Name).IsName();
}

file sealed class Handler(CustomersDb db, ILinkDesk links, TimeProvider clock) : ICommandHandler<AddSite, Guid>, ICommandHandler<ChangeSite, Done>
{
    public async Task<Result<Guid>> Handle(AddSite request, CancellationToken cancellationToken)
    {
        if (await ProblemOf(request.Customer, request.Unit, cancellationToken) is { } problem) return problem;
        if (await db.Sites.CountAsync(cancellationToken) >= UnitRules.Most) return CustomerErrors.TooMany.With("most", "20,000");
        var row = new SiteRow { CustomerId = request.Customer, UnitId = request.Unit, Name = request.Name.Trim(), CreatedAt = clock.GetUtcNow() };
        if (await IsTaken(row, cancellationToken)) return CustomerErrors.NameTaken.With("name", row.Name);
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }

    public async Task<Result<Done>> Handle(ChangeSite request, CancellationToken cancellationToken)
    {
        if (await db.Sites.FirstOrDefaultAsync(s => s.Id == request.Id && s.CustomerId == request.Customer, cancellationToken) is not { } row) return CustomerErrors.NoSuchSite;
        if (row.Version != request.Version) return CustomerErrors.ChangedMeanwhile;
        if (request.Unit is { } unit && unit != row.UnitId)
        {
            if (await ProblemOf(request.Customer, unit, cancellationToken) is { } problem) return problem;
            row.UnitId = unit;
        }
        if (request.Name?.Trim() is { } name) row.Name = name;
        if (await IsTaken(row, cancellationToken)) return CustomerErrors.NameTaken.With("name", row.Name);
        if (request.Archived is { } archived && archived != (row.ArchivedAt is not null))
        {
            // An archived site is on no page; one that still comes in would go on unseen.
            if (archived && (await links.Standing([row.Id], cancellationToken)).GetValueOrDefault(row.Id) is { State: not PeerState.Revoked }) return CustomerErrors.StillJoined;
            if (!archived && await ProblemOf(row.CustomerId, row.UnitId, cancellationToken) is { } problem) return problem;
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

    private async Task<Error?> ProblemOf(Guid customer, Guid unit, CancellationToken ct) =>
        await db.Units.FirstOrDefaultAsync(u => u.Id == unit && u.CustomerId == customer, ct) is not { } row ? CustomerErrors.NoSuchUnit : row.ArchivedAt is not null ? CustomerErrors.Archived : null;

    private Task<bool> IsTaken(SiteRow row, CancellationToken ct) => db.Sites.AnyAsync(s => s.Id != row.Id && s.CustomerId == row.CustomerId && s.Name == row.Name, ct);
}
