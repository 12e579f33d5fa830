using System.Security.Cryptography;
using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Events;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.Grouping;
using Juming.Site.Incidents.List;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Evidence;

file sealed class PinHandler(IncidentDesk desk, IncidentsDb db, ISearch search, CurrentActor current, TimeProvider clock) : ICommandHandler<PinEvent, PinnedEvent>
{
    public async Task<Result<PinnedEvent>> Handle(PinEvent request, CancellationToken cancellationToken)
    {
        // Who may not read logs learns nothing about them by pinning.
        if (!current.Actor.Holds(EventsRead.Code) || await search.Get(request.Event, cancellationToken) is not { } seen) return IncidentErrors.NoSuchEvent;
        using var turn = await desk.Enter(cancellationToken);
        if (await db.Incidents.AsNoTracking().Named(request.Incident, cancellationToken) is not { } incident) return IncidentErrors.NoSuchIncident;
        if (await EvidenceRoom.Refusal(db, incident.Id, cancellationToken) is { } refusal) return refusal;
        if (await db.Evidence.AnyAsync(e => e.IncidentId == incident.Id && e.EventId == seen.Id, cancellationToken)) return IncidentErrors.PinnedAlready.With("number", incident.ShortNumber);
        var raw = Encoding.UTF8.GetBytes(seen.Raw);
        var now = clock.GetUtcNow();
        var row = db.Add(new EvidenceRow
        {
            IncidentId = incident.Id,
            Kind = EvidenceKind.Event,
            EventId = seen.Id,
            EventAt = seen.Time,
            Note = request.Note.Trim(),
            Content = raw,
            Hash = Convert.ToHexStringLower(SHA256.HashData(raw)),
            By = current.Actor.Name,
            At = now,
        }).Entity;
        db.Add(Entries.Of(incident.Id, now, "evidence", current.Actor.Name, ("kind", EvidenceKind.Event), ("name", row.Hash[..12])));
        await db.SaveChangesAsync(cancellationToken);
        return new PinnedEvent(row.Id, incident.ShortNumber, row.Hash);
    }
}

file sealed class FindHandler(IncidentsDb db, CurrentActor current) : IQueryHandler<FindOpenIncidents, IncidentShare>
{
    private const int MostRows = 20;

    public async Task<Result<IncidentShare>> Handle(FindOpenIncidents request, CancellationToken cancellationToken)
    {
        var fitting = IncidentFilter.Fitting(db, new ListIncidents { Text = request.Text }, current.Actor.Name);
        var rows = await IncidentFilter.Ordered(fitting, "urgency").Take(MostRows).ToListAsync(cancellationToken);
        return new IncidentShare([.. rows.Select(r => r.Brief)], await fitting.CountAsync(cancellationToken));
    }
}
