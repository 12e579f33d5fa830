using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts.Judge;

/// <summary>Gives alerts a verdict with its reason, or takes it back (null).</summary>
internal sealed record JudgeAlerts(IReadOnlyList<Guid> Alerts, Verdict? Verdict, string Reason) : ICommand<int>, INeeds<DetectionJudge>;

file sealed class Validator : AbstractValidator<JudgeAlerts>
{
    public Validator()
    {
        RuleFor(c => c.Alerts).Must(a => a.Count is >= 1 and <= 500).WithMessage("Judge 1 to 500 alerts at once.");
        RuleFor(c => c.Reason).MaximumLength(1000);
        RuleFor(c => c.Reason).NotEmpty().When(c => c.Verdict is not null);
        RuleFor(c => c.Verdict).IsInEnum();
    }
}

file sealed class Handler(DetectionDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<JudgeAlerts, int>
{
    public async Task<Result<int>> Handle(JudgeAlerts request, CancellationToken cancellationToken)
    {
        var ids = request.Alerts.ToArray();
        var rows = await db.Alerts.Where(a => ids.Contains(a.Id)).ToListAsync(cancellationToken);
        if (rows.Count == 0) return DetectionErrors.NoSuchAlert;
        foreach (var row in rows)
        {
            row.Verdict = request.Verdict?.ToString();
            row.VerdictReason = request.Verdict is null ? null : request.Reason.Trim();
            row.VerdictBy = request.Verdict is null ? null : current.Actor.Name;
            row.VerdictAt = request.Verdict is null ? null : clock.GetUtcNow();
        }
        await db.SaveChangesAsync(cancellationToken);
        return rows.Count;
    }
}
