using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Rules.Change;

/// <summary>Switches a rule: its matches become alerts, are counted only, or it is not asked.</summary>
internal sealed record SetRuleMode(string RuleId, RuleMode Mode, string Reason) : ICommand<Done>, INeeds<DetectionWrite>;

file sealed class Validator : AbstractValidator<SetRuleMode>
{
    public Validator()
    {
        RuleFor(c => c.RuleId).NotEmpty().MaximumLength(200);
        RuleFor(c => c.Mode).IsInEnum();
        RuleFor(c => c.Reason).MaximumLength(1000);
        RuleFor(c => c.Reason).NotEmpty().When(c => c.Mode != RuleMode.Enabled);
    }
}

file sealed class Handler(DetectionDb db, RuleBook book, CurrentActor current, TimeProvider clock) : ICommandHandler<SetRuleMode, Done>
{
    public async Task<Result<Done>> Handle(SetRuleMode request, CancellationToken cancellationToken)
    {
        var row = await db.RuleStates.SingleOrDefaultAsync(r => r.RuleId == request.RuleId, cancellationToken);
        var known = book.Loaded.Rules.Any(r => r.Id == request.RuleId) || book.Loaded.Correlations.Any(c => c.Id == request.RuleId);
        if (!known && row is null) return DetectionErrors.NoSuchRule;
        if (row is null) db.RuleStates.Add(row = new RuleStateRow { RuleId = request.RuleId });
        (row.Mode, row.Reason, row.ChangedBy, row.ChangedAt) = (request.Mode, request.Reason.Trim(), current.Actor.Name, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        await book.Apply(request.RuleId, request.Mode, cancellationToken);
        return Done.Value;
    }
}
