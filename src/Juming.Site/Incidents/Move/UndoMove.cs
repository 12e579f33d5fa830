using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.Grouping;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Move;

/// <summary>Takes back a merge or a split, at once or later: the alerts go back to where they were.</summary>
internal sealed record UndoMove(Guid Id) : ICommand<Done>, INeeds<IncidentsWrite>;

file sealed class Handler(IncidentDesk desk, IncidentsDb db, IncidentsSettings settings, IAssetDirectory assets, CurrentActor current, TimeProvider clock) : ICommandHandler<UndoMove, Done>
{
    public async Task<Result<Done>> Handle(UndoMove request, CancellationToken cancellationToken)
    {
        var ct = cancellationToken;
        using var turn = await desk.Enter(ct);
        if (await db.Moves.FirstOrDefaultAsync(m => m.Id == request.Id, ct) is not { } move) return IncidentErrors.NoSuchMove;
        if (move.UndoneAt is not null) return IncidentErrors.AlreadyUndone;
        var back = await db.Incidents.FirstAsync(i => i.Id == move.FromId, ct);
        var from = await db.Incidents.FirstAsync(i => i.Id == move.ToId, ct);
        var ids = move.Alerts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Guid.Parse).ToHashSet();
        var alerts = (await db.Members.Where(m => m.IncidentId == from.Id).ToListAsync(ct)).Where(m => ids.Contains(m.AlertId)).ToList();
        if (alerts.Count < ids.Count || (move.Kind == MoveKind.Split && back.MergedInto is not null)) return IncidentErrors.MovedOn;
        var by = current.Actor.Name;
        var now = clock.GetUtcNow();
        var left = await db.Members.CountAsync(m => m.IncidentId == from.Id, ct) - alerts.Count;
        await new Regrouping(db, settings, assets).Shift(alerts, from, back, ct);
        var (was, stood) = (back.State, from.State);
        if (move.Kind == MoveKind.Merge) (back.State, back.MergedInto) = (move.StateBefore ?? IncidentState.New, null);
        else if (left == 0) (from.State, from.MergedInto) = (IncidentState.Merged, back.Id);
        if (back.State != was) db.Publish(new IncidentStateChanged(back.Id, was, back.State, back.Verdict, now));
        if (from.State != stood) db.Publish(new IncidentStateChanged(from.Id, stood, from.State, from.Verdict, now));
        back.Changed(by, now);
        from.Changed(by, now);
        move.UndoneAt = now;
        db.Add(Entries.Of(back.Id, now, "undone", by, ("number", from.ShortNumber), ("alerts", alerts.Count)));
        db.Add(Entries.Of(from.Id, now, "undone", by, ("number", back.ShortNumber), ("alerts", alerts.Count)));
        db.Publish(new IncidentAlertsMoved(from.Id, back.Id, alerts.Count, now));
        await db.SaveChangesAsync(ct);
        desk.Changed(back.Id, from.Id);
        return Done.Value;
    }
}
