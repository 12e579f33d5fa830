using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Site.Deliveries.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Deliveries.Packs;

/// <summary>Agrees to a pack that acts, or turns it down. One that was turned down, gone back from or that failed may be agreed to later.</summary>
/// <param name="Id">The pack.</param>
/// <param name="Agree">True to agree.</param>
/// <param name="Sha256">SHA-256 of what was looked at.</param>
/// <param name="Reason">Why; needed to turn it down.</param>
internal sealed record DecideDelivery(Guid Id, bool Agree, string Sha256, string Reason) : ICommand<Done>, INeeds<DeliveriesDecide>;

/// <summary>Goes back from the version in force to the one before, which has been agreed to.</summary>
internal sealed record RollBackDelivery(Guid Id, string Reason) : ICommand<Done>, INeeds<DeliveriesDecide>;

file sealed class DecideValidator : AbstractValidator<DecideDelivery>
{
    public DecideValidator()
    {
        RuleFor(c => c.Reason).NotNull().MaximumLength(1000);
        RuleFor(c => c.Reason).NotEmpty().When(c => !c.Agree);
        RuleFor(c => c.Sha256).NotEmpty();
    }
}

file sealed class BackValidator : AbstractValidator<RollBackDelivery>
{
    public BackValidator() => RuleFor(c => c.Reason).NotEmpty().MaximumLength(1000);
}

file sealed class Handler(DeliveriesDb db, IContent content, CurrentActor current, TimeProvider clock) : ICommandHandler<DecideDelivery, Done>, ICommandHandler<RollBackDelivery, Done>
{
    public async Task<Result<Done>> Handle(DecideDelivery request, CancellationToken cancellationToken)
    {
        if (await db.Packs.FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return DeliveriesErrors.NoSuchPack;
        var open = request.Agree ? row.State is PackState.Waiting or PackState.Refused or PackState.RolledBack or PackState.Failed : row.State is PackState.Waiting or PackState.Agreed;
        if (!open || request.Sha256 != Convert.ToHexStringLower(row.Sha256)) return DeliveriesErrors.NotOpen;
        await Decide(row, request.Agree ? PackState.Agreed : PackState.Refused, request.Reason, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(RollBackDelivery request, CancellationToken cancellationToken)
    {
        if (await db.Packs.FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return DeliveriesErrors.NoSuchPack;
        if (row.State != PackState.InForce) return DeliveriesErrors.NotOpen;
        if (!await db.Packs.AnyAsync(p => p.Kind == row.Kind && p.Name == row.Name && p.Operator == row.Operator && p.Version < row.Version && p.State == PackState.Replaced, cancellationToken)) return DeliveriesErrors.NothingBefore;
        await Decide(row, PackState.RolledBack, request.Reason, cancellationToken);
        return Done.Value;
    }

    private async Task Decide(PackRow row, PackState state, string reason, CancellationToken ct)
    {
        (row.State, row.Reason, row.DecidedBy, row.DecidedAt, row.Problem) = (state, reason.Trim(), current.Actor.Name, clock.GetUtcNow(), "");
        await db.SaveChangesAsync(ct);
        content.LookAgain();
    }
}
