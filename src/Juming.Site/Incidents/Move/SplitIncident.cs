using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.Grouping;
using Microsoft.EntityFrameworkCore;
using Severity = Juming.Site.Detection.Severity;

namespace Juming.Site.Incidents.Move;

/// <summary>Makes some alerts of an incident an incident of their own.</summary>
internal sealed record SplitIncident(Guid Id, IReadOnlyList<Guid> Alerts) : ICommand<SplitOff>, INeeds<IncidentsWrite>;

/// <summary>The incident that was made, and the split by which it can be undone.</summary>
internal sealed record SplitOff(Guid Incident, string Number, Guid Move);

file sealed class Validator : AbstractValidator<SplitIncident>
{
    public Validator() => RuleFor(c => c.Alerts).Must(a => a is { Count: >= 1 and <= 5000 }).WithMessage("Choose 1 to 5,000 alerts.");
}

file sealed class Handler(IncidentDesk desk, IncidentsDb db, IncidentsSettings settings, IAssetDirectory assets, CurrentActor current, TimeProvider clock) : ICommandHandler<SplitIncident, SplitOff>
{
    public async Task<Result<SplitOff>> Handle(SplitIncident request, CancellationToken cancellationToken)
    {
        var ct = cancellationToken;
        using var turn = await desk.Enter(ct);
        await desk.Prepare(db, ct);
        if (await db.Incidents.FirstOrDefaultAsync(i => i.Id == request.Id, ct) is not { } from) return IncidentErrors.NoSuchIncident;
        if (from.IsOver) return IncidentErrors.ClosedIncident;
        var all = await db.Members.Where(m => m.IncidentId == from.Id).ToListAsync(ct);
        var chosen = all.Where(m => request.Alerts.Contains(m.AlertId)).ToList();
        if (chosen.Count == 0) return IncidentErrors.NothingToMove;
        if (chosen.Count == all.Count) return IncidentErrors.SplitLeavesNothing;
        var by = current.Actor.Name;
        var now = clock.GetUtcNow();
        var made = db.Add(new Incident { Year = now.Year, Number = desk.NextNumber(now.Year), Assignee = from.Assignee, UpdatedAt = now }).Entity;
        await new Regrouping(db, settings, assets).Shift(chosen, from, made, ct);
        var move = db.Add(new MoveRow { Kind = MoveKind.Split, FromId = from.Id, ToId = made.Id, Alerts = string.Join(' ', chosen.Select(a => a.AlertId.ToString("N"))), By = by, At = now }).Entity;
        // Who took the whole had taken this part too; only an alert that came later is taken later.
        if (from.AcknowledgedAt is { } taken) (made.State, made.AcknowledgedAt) = (IncidentState.Acknowledged, taken > made.DetectedAt ? taken : made.DetectedAt);
        made.Touch(by, now);
        db.Take(from, by, now);
        db.Add(Entries.Of(from.Id, now, "split", by, ("number", made.ShortNumber), ("alerts", chosen.Count)));
        db.Add(Entries.Of(made.Id, now, "split-from", by, ("number", from.ShortNumber), ("alerts", chosen.Count)));
        db.Publish(new IncidentOpened(made.Id, made.ShortNumber, (Severity)made.Severity, (IncidentPriority)made.Priority, made.DetectedAt));
        db.Publish(new IncidentAlertsMoved(from.Id, made.Id, chosen.Count, now));
        var saved = false;
        try
        {
            await db.SaveChangesAsync(ct);
            saved = true;
        }
        finally
        {
            if (!saved) desk.Doubt();
        }
        desk.Changed(from.Id, made.Id);
        return new SplitOff(made.Id, made.ShortNumber, move.Id);
    }
}
