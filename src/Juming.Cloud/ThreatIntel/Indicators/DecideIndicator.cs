using FluentValidation;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Indicators;

/// <summary>Takes an indicator back, says that it is wrong, or takes such a decision back. It stands above what sources say, now and later.</summary>
/// <param name="Id">The indicator.</param>
/// <param name="Decision">Revoked or FalsePositive; null to leave it to the sources again.</param>
/// <param name="Reason">Why.</param>
internal sealed record DecideIndicator(Guid Id, IndicatorState? Decision, string Reason) : ICommand<Done>, INeeds<ThreatIntelWrite>;

file sealed class Validator : AbstractValidator<DecideIndicator>
{
    public Validator()
    {
        RuleFor(c => c.Decision).Must(d => d is null or IndicatorState.Revoked or IndicatorState.FalsePositive);
        RuleFor(c => c.Reason).NotEmpty().MaximumLength(500).Must(r => !r.Any(char.IsControl)).WithMessage("A reason is one line of at most 500 characters.");
    }
}

file sealed class Handler(ThreatIntelDb db, MergeDesk desk, MergeTurn turn, CurrentActor current, TimeProvider clock) : ICommandHandler<DecideIndicator, Done>
{
    public async Task<Result<Done>> Handle(DecideIndicator request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (await db.Indicators.FirstOrDefaultAsync(i => i.Id == request.Id, cancellationToken) is not { } row) return ThreatIntelErrors.NoSuchIndicator;
        (row.Decision, row.DecisionReason, row.DecidedBy, row.DecidedAt, row.ChangedAt) = (request.Decision, request.Reason.Trim(), current.Actor.Name, clock.GetUtcNow(), clock.GetUtcNow());
        if (request.Decision is { } state) row.State = state;
        await db.SaveChangesAsync(cancellationToken);
        if (request.Decision is null) await desk.Recount([row.Id], cancellationToken);
        return Done.Value;
    }
}
