using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Grouping;

/// <summary>New alerts become part of incidents. May run twice for the same alerts and counts each once.</summary>
file sealed class Handler(IncidentDesk desk, IncidentsDb db, IAlertDirectory alerts, IncidentsSettings settings, IAssetDirectory assets, TimeProvider clock) : INotificationHandler<AlertsRaised>
{
    public async Task Handle(AlertsRaised notification, CancellationToken cancellationToken)
    {
        using var turn = await desk.Enter(cancellationToken);
        await desk.Prepare(db, cancellationToken);
        var unknown = await Unknown(notification.Alerts, cancellationToken);
        if (unknown.Count == 0) return;
        var placement = new Placement(desk, db, settings, assets, clock.GetUtcNow());
        var saved = false;
        try
        {
            foreach (var alert in (await alerts.Read(unknown, cancellationToken)).OrderBy(a => a.FirstAt).ThenBy(a => a.Id)) placement.Add(AlertFacts.Of(alert, assets));
            await placement.Write(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            saved = true;
        }
        finally
        {
            if (!saved) desk.Doubt();
        }
    }

    private async Task<HashSet<Guid>> Unknown(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var unknown = ids.ToHashSet();
        foreach (var some in ids.Chunk(500)) unknown.ExceptWith(await db.Members.Where(m => some.Contains(m.AlertId)).Select(m => m.AlertId).ToListAsync(ct));
        return unknown;
    }
}

/// <summary>An asset became more or less important: the open incidents that concern it are weighed again.</summary>
file sealed class AssetHandler(IncidentDesk desk, IncidentsDb db, IncidentsSettings settings, IAssetDirectory assets, TimeProvider clock) : INotificationHandler<AssetsReweighed>
{
    public async Task Handle(AssetsReweighed notification, CancellationToken cancellationToken)
    {
        using var turn = await desk.Enter(cancellationToken);
        var ids = new HashSet<Guid>();
        foreach (var names in notification.Names.Select(PartyRow.KeyOf).Distinct().Chunk(500))
            ids.UnionWith(await db.Parties.Where(p => names.Contains(p.ValueKey)).Select(p => p.IncidentId).Distinct().ToListAsync(cancellationToken));
        var now = clock.GetUtcNow();
        foreach (var incident in await db.Incidents.Where(i => ids.Contains(i.Id) && i.State != IncidentState.Closed && i.State != IncidentState.Merged).ToListAsync(cancellationToken))
        {
            var parties = await db.Parties.AsNoTracking().Where(p => p.IncidentId == incident.Id).ToListAsync(cancellationToken);
            incident.Describe(parties.Where(p => p.Kind is PartyKind.Victim or PartyKind.Host).Select(p => p.Value), parties.Count(p => p.Kind == PartyKind.Victim), settings.SweepVictims, assets);
            if (incident.Prioritise() is not { } change) continue;
            incident.UpdatedAt = now;
            db.Add(Entries.Of(incident.Id, now, "escalated", "system", ("from", change.From), ("to", change.To)));
            db.Publish(new IncidentEscalated(incident.Id, change.From, change.To, now));
        }
        await db.SaveChangesAsync(cancellationToken);
    }
}
