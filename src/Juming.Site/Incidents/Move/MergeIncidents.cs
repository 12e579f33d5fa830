using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.Grouping;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Move;

/// <summary>Makes other incidents part of one. Answers the merges, each of which can be undone.</summary>
internal sealed record MergeIncidents(Guid Into, IReadOnlyList<Guid> From) : ICommand<IReadOnlyList<Guid>>, INeeds<IncidentsWrite>;

file sealed class Validator : AbstractValidator<MergeIncidents>
{
    public Validator() => RuleFor(c => c.From).Must(f => f is { Count: >= 1 and <= 20 }).WithMessage("Merge 1 to 20 incidents at once.");
}

file sealed class Handler(IncidentDesk desk, IncidentsDb db, IncidentsSettings settings, IAssetDirectory assets, CurrentActor current, TimeProvider clock) : ICommandHandler<MergeIncidents, IReadOnlyList<Guid>>
{
    public async Task<Result<IReadOnlyList<Guid>>> Handle(MergeIncidents request, CancellationToken cancellationToken)
    {
        using var turn = await desk.Enter(cancellationToken);
        var ids = request.From.Append(request.Into).Distinct().ToArray();
        if (ids.Length == 1 || request.From.Contains(request.Into)) return IncidentErrors.MergeWithItself;
        var incidents = (await db.Incidents.Where(i => ids.Contains(i.Id)).ToListAsync(cancellationToken)).ToDictionary(i => i.Id);
        if (incidents.Count < ids.Length) return IncidentErrors.NoSuchIncident;
        if (incidents.Values.FirstOrDefault(i => i.MergedInto is not null) is { } gone) return IncidentErrors.AlreadyMerged.With("number", (await db.Incidents.FirstAsync(i => i.Id == gone.MergedInto, cancellationToken)).ShortNumber);
        var into = incidents[request.Into];
        if (into.State == IncidentState.Closed) return IncidentErrors.ClosedIncident;
        var moves = new List<Guid>();
        foreach (var from in request.From.Distinct()) moves.Add(await Merge(incidents[from], into, cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        desk.Changed(ids);
        return moves;
    }

    private async Task<Guid> Merge(Incident from, Incident into, CancellationToken ct)
    {
        var by = current.Actor.Name;
        var now = clock.GetUtcNow();
        var alerts = await db.Members.Where(m => m.IncidentId == from.Id).ToListAsync(ct);
        var move = db.Add(new MoveRow { Kind = MoveKind.Merge, FromId = from.Id, ToId = into.Id, Alerts = string.Join(' ', alerts.Select(a => a.AlertId.ToString("N"))), StateBefore = from.State, By = by, At = now }).Entity;
        await new Regrouping(db, settings, assets).Shift(alerts, from, into, ct);
        db.Publish(new IncidentStateChanged(from.Id, from.State, IncidentState.Merged, from.Verdict, now));
        (from.State, from.MergedInto) = (IncidentState.Merged, into.Id);
        from.Changed(by, now);
        db.Take(into, by, now);
        db.Add(Entries.Of(from.Id, now, "merged-into", by, ("number", into.ShortNumber)));
        db.Add(Entries.Of(into.Id, now, "merged", by, ("number", from.ShortNumber), ("alerts", alerts.Count)));
        db.Publish(new IncidentAlertsMoved(from.Id, into.Id, alerts.Count, now));
        return move.Id;
    }
}
