using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Grouping;

/// <summary>Lets incidents follow alerts that grow. The same growth may be told twice, or late, and changes nothing then.</summary>
internal sealed class AlertGrowth(IncidentDesk desk, IncidentsDb db, TimeProvider clock)
{
    /// <summary>Takes growth into account; alerts of no incident only remember it.</summary>
    public async Task Apply(IReadOnlyCollection<GrownAlert> grown, CancellationToken ct)
    {
        using var turn = await desk.Enter(ct);
        var known = grown.GroupBy(g => g.Id).ToDictionary(g => g.Key, g => g.MaxBy(a => a.Count)!);
        foreach (var some in known.Keys.Chunk(500))
        {
            var members = await db.Members.Where(m => some.Contains(m.AlertId)).ToListAsync(ct);
            var ids = members.Where(m => m.IncidentId != null).Select(m => m.IncidentId!.Value).Distinct().ToArray();
            var incidents = await db.Incidents.Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id, ct);
            foreach (var member in members)
            {
                if (!Grow(member, known[member.AlertId])) continue;
                if (member.IncidentId is { } id && incidents.TryGetValue(id, out var incident)) Follow(incident, member);
            }
            await db.SaveChangesAsync(ct);
            desk.Changed(ids);
        }
    }

    private static bool Grow(MemberRow member, GrownAlert grown)
    {
        var worse = PriorityRule.RankOf(grown.Result) > PriorityRule.RankOf((AttackResult)member.Result);
        if (grown.Count <= member.Matches && grown.LastAt <= member.LastAt && !worse) return false;
        member.Matches = Math.Max(member.Matches, grown.Count);
        if (grown.LastAt > member.LastAt) member.LastAt = grown.LastAt;
        if (worse) member.Result = (int)grown.Result;
        return true;
    }

    private void Follow(Incident incident, MemberRow member)
    {
        var now = clock.GetUtcNow();
        if (member.LastAt > incident.LastAt) incident.LastAt = member.LastAt;
        incident.UpdatedAt = now;
        if (PriorityRule.RankOf((AttackResult)member.Result) > PriorityRule.RankOf((AttackResult)incident.Result)) incident.Result = member.Result;
        if (incident.Prioritise() is { } change)
        {
            db.Add(Entries.Of(incident.Id, now, "escalated", "system", ("from", change.From), ("to", change.To)));
            db.Publish(new IncidentEscalated(incident.Id, change.From, change.To, now));
        }
        if (GoesOn(incident, member)) Reopen(incident, member, now);
    }

    /// <summary>A match after the work was done says that it was not; of what turned out to be no attack it says nothing.</summary>
    private static bool GoesOn(Incident incident, MemberRow member) =>
        incident.State is IncidentState.Resolved or IncidentState.Closed && incident.Verdict is Verdict.TruePositive or Verdict.Suspicious
        && member.LastAt > (incident.ResolvedAt ?? incident.ClosedAt);

    private void Reopen(Incident incident, MemberRow member, DateTimeOffset now)
    {
        var from = incident.State;
        var verdict = (incident.Verdict, incident.VerdictReason, incident.JudgedAt);
        incident.MoveTo(IncidentState.Judged, now);
        (incident.Verdict, incident.VerdictReason, incident.JudgedAt) = verdict;
        incident.Changed("system", now);
        db.Add(Entries.Of(incident.Id, now, "reopened", "system", ("from", from), ("rule", member.Title)));
        db.Publish(new IncidentStateChanged(incident.Id, from, IncidentState.Judged, incident.Verdict, now));
    }
}

/// <summary>Matches were folded into stored alerts. May be told twice.</summary>
file sealed class GrownHandler(AlertGrowth growth) : INotificationHandler<AlertsGrown>
{
    public Task Handle(AlertsGrown notification, CancellationToken cancellationToken) => growth.Apply([.. notification.Alerts], cancellationToken);
}
