using System.Text.Json;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Grouping;

/// <summary>Puts a batch of new alerts to incidents: first in memory, then all of it in one save.</summary>
internal sealed class Placement(IncidentDesk desk, IncidentsDb db, IncidentsSettings settings, IAssetDirectory assets, DateTimeOffset now)
{
    private readonly List<(AlertFacts Alert, OpenGroup Group, Bond? Bond, bool Kept)> _placed = [];
    private readonly HashSet<OpenGroup> _opened = [];
    private readonly HashSet<OpenGroup> _stormed = [];

    /// <summary>Finds the alert's group, or begins one.</summary>
    public void Add(AlertFacts alert)
    {
        var best = desk.Index.Best(alert, g => Bond.Between(alert, g, settings, desk.SharedAccounts));
        var group = best?.Group ?? new OpenGroup(Guid.CreateVersion7());
        var worse = alert.Severity > group.Severity || (alert.Tactics & ~group.Tactics) != 0 || PriorityRule.RankOf(alert.Result) > PriorityRule.RankOf(group.Result);
        var fresh = group.Absorb(alert);
        if (best is null) desk.Index.Add(group);
        else desk.Index.Learned(group, fresh);
        // Beyond its share an incident keeps only what tells something new, and not without end.
        var kept = group.Kept < settings.MostAlerts || (worse && group.Kept < settings.MostAlerts + (settings.MostAlerts / 5));
        if (kept) group.Kept++;
        if (group.Pace(alert.Row.FirstAt) > settings.StormAlertsPerHour) _stormed.Add(group);
        _placed.Add((alert, group, best?.Bond, kept));
        if (group.IsIncident) return;
        group.Progressed |= best?.Bond.IsProgress == true;
        group.Wait(alert);
        if (!Opens(group)) return;
        group.IsIncident = true;
        _opened.Add(group);
    }

    /// <summary>Writes everything into the context; the caller saves.</summary>
    public async Task Write(CancellationToken ct)
    {
        var incidents = await Incidents(ct);
        await AdoptWaiting(incidents, ct);
        foreach (var (alert, group, bond, kept) in _placed)
        {
            var incident = group.IsIncident ? incidents[group.Id] : null;
            Join(alert.Row, incident, bond, kept);
            db.Add(alert.Row);
            incident?.Absorb(alert, kept);
        }
        foreach (var group in _placed.Select(p => p.Group).Where(g => g.IsIncident).Distinct()) Finish(group, incidents[group.Id]);
    }

    private bool Opens(OpenGroup group)
    {
        if (group.Severity >= settings.OpenFrom) return true;
        // What is only for information never opens an incident; it joins one.
        var counting = group.Waiting.Count(w => w.Severity > Severity.Info);
        return (group.Progressed && counting >= 2) || counting >= settings.OpenAfterRepeats;
    }

    private async Task<Dictionary<Guid, Incident>> Incidents(CancellationToken ct)
    {
        var incidents = new Dictionary<Guid, Incident>();
        foreach (var some in _placed.Select(p => p.Group).Where(g => g.IsIncident && !_opened.Contains(g)).Select(g => g.Id).Distinct().Chunk(500))
            foreach (var incident in await db.Incidents.Where(i => some.Contains(i.Id)).ToListAsync(ct)) incidents[incident.Id] = incident;
        foreach (var group in _opened)
        {
            var year = now.Year;
            incidents[group.Id] = db.Add(new Incident { Id = group.Id, Year = year, Number = desk.NextNumber(year), UpdatedAt = now }).Entity;
        }
        return incidents;
    }

    /// <summary>Alerts that waited in earlier batches become part of what opened now.</summary>
    private async Task AdoptWaiting(Dictionary<Guid, Incident> incidents, CancellationToken ct)
    {
        var own = _placed.Select(p => p.Alert.Row.AlertId).ToHashSet();
        var earlier = _opened.SelectMany(g => g.Waiting.Where(w => !own.Contains(w.Row.AlertId)).Select(w => (w.Row.AlertId, Group: g, Alert: w))).ToDictionary(w => w.AlertId);
        foreach (var some in earlier.Keys.Chunk(500))
            foreach (var row in await db.Members.Where(m => some.Contains(m.AlertId)).ToListAsync(ct))
            {
                var (_, group, alert) = earlier[row.AlertId];
                row.IncidentId = group.Id;
                row.Standing = Standing.Kept;
                incidents[group.Id].Absorb(alert, true);
            }
        foreach (var group in _opened) group.Waiting.Clear();
    }

    private static void Join(MemberRow row, Incident? incident, Bond? bond, bool kept)
    {
        row.IncidentId = incident?.Id;
        row.Standing = incident is null ? Standing.Waiting : kept ? Standing.Kept : Standing.Counted;
        row.Reason = bond?.Code ?? "opened";
        row.ReasonArguments = bond is null ? "{}" : JsonSerializer.Serialize(bond.Arguments);
    }

    private void Finish(OpenGroup group, Incident incident)
    {
        foreach (var party in group.NewParties) db.Add(party);
        group.NewParties.Clear();
        incident.Describe(group.Targets, group.Victims, settings.SweepVictims, assets);
        incident.Storm |= _stormed.Contains(group);
        incident.UpdatedAt = now;
        var escalated = incident.Prioritise();
        if (_opened.Contains(group))
        {
            db.Add(Entries.Of(incident.Id, now, "opened", "system", ("alerts", incident.Alerts), ("severity", (Severity)incident.Severity), ("priority", (IncidentPriority)incident.Priority)));
            db.Publish(new IncidentOpened(incident.Id, incident.ShortNumber, (Severity)incident.Severity, (IncidentPriority)incident.Priority, incident.DetectedAt));
        }
        else if (escalated is { } change)
        {
            db.Add(Entries.Of(incident.Id, now, "escalated", "system", ("from", change.From), ("to", change.To)));
            db.Publish(new IncidentEscalated(incident.Id, change.From, change.To, now));
        }
    }
}
