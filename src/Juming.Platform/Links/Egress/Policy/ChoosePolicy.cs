using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Gate;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Lower;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress.Policy;

/// <summary>Says what may leave this host, at once. Latest values that may not leave any more are taken back from the host above; records that it has can't be.</summary>
internal sealed record ChoosePolicy(int Level) : ICommand<Done>, INeeds<EgressWrite>;

file sealed class Validator : AbstractValidator<ChoosePolicy>
{
    public Validator() => RuleFor(r => r.Level).InclusiveBetween(PolicyLevels.Lowest, PolicyLevels.Highest);
}

file sealed class Handler(LinksDb db, CurrentActor current, UpperWake wake, TimeProvider clock) : ICommandHandler<ChoosePolicy, Done>
{
    public async Task<Result<Done>> Handle(ChoosePolicy request, CancellationToken ct)
    {
        var above = MessageRule.All.Where(r => r.Topic == Topics.State && r.Level > request.Level).Select(r => r.Type).ToList();
        var takenBack = 0;
        await db.SaveWith(async _ =>
        {
            var row = await db.Policies.FirstOrDefaultAsync(ct);
            if (row is null) db.Add(row = new PolicyRow());
            (row.Level, row.ChangedAt, row.ChangedBy) = (request.Level, clock.GetUtcNow(), current.Actor.Name);
            takenBack = await db.Values.Where(v => v.Topic == Topics.State && above.Contains(v.Type)).ExecuteDeleteAsync(ct);
        }, ct);
        // A new session compares the whole set, and so drops over there what is gone here.
        if (takenBack > 0) wake.TellLeft();
        return Done.Value;
    }
}
