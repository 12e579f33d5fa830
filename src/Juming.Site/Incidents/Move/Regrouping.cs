using Juming.Site.Assets;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.Grouping;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Move;

/// <summary>Moves alerts between incidents and makes both tell again what their alerts tell.</summary>
internal sealed class Regrouping(IncidentsDb db, IncidentsSettings settings, IAssetDirectory assets)
{
    /// <summary>Moves alerts; only within a turn, saved by the caller.</summary>
    public async Task Shift(IReadOnlyCollection<MemberRow> alerts, Incident from, Incident to, CancellationToken ct)
    {
        var stay = await db.Members.Where(m => m.IncidentId == from.Id).ToListAsync(ct);
        var there = await db.Members.Where(m => m.IncidentId == to.Id).ToListAsync(ct);
        foreach (var alert in alerts) alert.IncidentId = to.Id;
        var moved = alerts.Select(a => a.AlertId).ToHashSet();
        stay.RemoveAll(m => moved.Contains(m.AlertId));
        await Retell(from, stay, ct);
        await Retell(to, [.. there, .. alerts], ct);
    }

    /// <summary>An incident without alerts keeps telling what it told, for it is part of another one now.</summary>
    private async Task Retell(Incident incident, List<MemberRow> alerts, CancellationToken ct)
    {
        if (alerts.Count == 0) return;
        var group = new OpenGroup(incident.Id);
        incident.Blank();
        foreach (var row in alerts.OrderBy(a => a.FirstAt).ThenBy(a => a.AlertId))
        {
            var facts = AlertFacts.Of(row, assets);
            group.Absorb(facts);
            incident.Absorb(facts, row.Standing == Standing.Kept);
        }
        var told = group.NewParties.ToDictionary(p => (p.Kind, p.Value.ToLowerInvariant()));
        foreach (var party in await db.Parties.Where(p => p.IncidentId == incident.Id).ToListAsync(ct))
            if (!told.Remove((party.Kind, party.Value.ToLowerInvariant()))) db.Remove(party);
        db.AddRange(told.Values);
        incident.Describe(group.Targets, group.Victims, settings.SweepVictims, assets);
        incident.Prioritise();
    }
}
