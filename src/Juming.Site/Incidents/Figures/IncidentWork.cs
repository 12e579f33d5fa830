using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Incidents.Change;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Figures;

/// <summary>Reads and changes incidents for other modules, by the same requests that people's pages send.</summary>
internal sealed class IncidentWork(IncidentsDb db, Sender sender) : IIncidentWork
{
    private const int MostParties = 200;

    public async Task<IncidentFacts?> Facts(string incident, CancellationToken ct) =>
        await db.Incidents.AsNoTracking().Named(incident, ct) is { } found ? (await FactsOf([found], ct))[0] : null;

    public async Task<IReadOnlyList<IncidentFacts>> DetectedBetween(DateTimeOffset from, DateTimeOffset to, int most, CancellationToken ct) =>
        await FactsOf(await db.Incidents.AsNoTracking().Where(i => i.State != IncidentState.Merged && i.DetectedAt >= from && i.DetectedAt < to).OrderByDescending(i => i.DetectedAt).ThenBy(i => i.Id).Take(Math.Clamp(most, 1, 1000)).ToListAsync(ct), ct);

    public Task<Result<Done>> Comment(Guid incident, Guid entry, string text, Actor by, CancellationToken ct) => sender.SendAs(by, new CommentIncident(incident, text) { Entry = entry }, ct);

    public Task<bool> HasComment(Guid incident, Guid entry, CancellationToken ct) => db.Entries.AsNoTracking().AnyAsync(e => e.Id == entry && e.IncidentId == incident, ct);

    public Task<Result<Done>> Assign(Guid incident, string assignee, Actor by, CancellationToken ct) => Change(new ChangeIncident { Id = incident, Assignee = assignee }, by, ct);

    public Task<Result<Done>> MoveTo(Guid incident, IncidentState state, Actor by, CancellationToken ct) => Change(new ChangeIncident { Id = incident, State = state }, by, ct);

    private async Task<Result<Done>> Change(ChangeIncident change, Actor by, CancellationToken ct) => (await sender.SendAs(by, change, ct)).Error is { } error ? error : Done.Value;

    private async Task<IReadOnlyList<IncidentFacts>> FactsOf(List<Incident> incidents, CancellationToken ct)
    {
        var facts = new List<IncidentFacts>(incidents.Count);
        foreach (var some in incidents.Chunk(100))
        {
            var ids = some.Select(i => i.Id).ToArray();
            var parties = (await db.Parties.AsNoTracking().Where(p => ids.Contains(p.IncidentId)).OrderBy(p => p.FirstAt).ThenBy(p => p.Value).ToListAsync(ct)).ToLookup(p => (p.IncidentId, p.Kind));
            var members = (await db.Members.AsNoTracking().Where(m => m.IncidentId != null && ids.Contains(m.IncidentId.Value) && m.Standing == Standing.Kept).Select(m => new { m.IncidentId, m.Title, m.Techniques }).ToListAsync(ct)).ToLookup(m => m.IncidentId);
            foreach (var incident in some)
                facts.Add(new IncidentFacts
                {
                    Brief = incident.Brief,
                    Attackers = Values(parties[(incident.Id, PartyKind.Attacker)]),
                    Victims = Values(parties[(incident.Id, PartyKind.Victim)]),
                    Hosts = Values(parties[(incident.Id, PartyKind.Host)]),
                    Accounts = Values(parties[(incident.Id, PartyKind.Account)]),
                    Techniques = [.. members[incident.Id].SelectMany(m => m.Techniques.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct()],
                    Rules = [.. members[incident.Id].Select(m => m.Title).Distinct().Take(MostParties)],
                });
        }
        return facts;
    }

    private static IReadOnlyList<string> Values(IEnumerable<PartyRow> parties) => [.. parties.Take(MostParties).Select(p => p.Value)];
}
