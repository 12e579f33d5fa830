using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Open;

/// <summary>One incident with its story, what merged incidents brought included.</summary>
/// <param name="Incident">Identity, or short number "INC-2026-0012".</param>
internal sealed record GetIncident(string Incident) : IQuery<IncidentDossier>, INeeds<IncidentsRead>;

file sealed class Handler(IncidentsDb db, IAssetDirectory assets) : IQueryHandler<GetIncident, IncidentDossier>
{
    private const int MostEntries = 500;
    private const int MostRelated = 10;
    private const int MostParts = 200;

    public async Task<Result<IncidentDossier>> Handle(GetIncident request, CancellationToken cancellationToken)
    {
        var ct = cancellationToken;
        if (await db.Incidents.AsNoTracking().Named(request.Incident, ct) is not { } incident) return IncidentErrors.NoSuchIncident;
        var id = incident.Id;
        var members = await db.Members.AsNoTracking().Where(m => m.IncidentId == id && m.Standing == Standing.Kept).OrderBy(m => m.FirstAt).ThenBy(m => m.AlertId).Take(6000).ToListAsync(ct);
        var parties = await db.Parties.AsNoTracking().Where(p => p.IncidentId == id).OrderBy(p => p.FirstAt).Take(500).ToListAsync(ct);
        var parts = await PartsOf(id, ct);
        var ids = parts.Keys.Append(id).ToArray();
        var entries = await db.Entries.AsNoTracking().Where(e => ids.Contains(e.IncidentId)).OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(MostEntries).ToListAsync(ct);
        var evidence = await db.Evidence.AsNoTracking().Where(e => ids.Contains(e.IncidentId)).OrderBy(e => e.At)
            .Select(e => new { e.Id, e.IncidentId, e.Kind, e.EventId, e.Name, e.Note, e.Hash, e.By, e.At, e.EventAt }).ToListAsync(ct);
        return new IncidentDossier
        {
            Brief = incident.Brief,
            Version = incident.Version,
            ChangedBy = incident.ChangedBy,
            Clocks = new Clocks(incident.OccurredAt, incident.DetectedAt, incident.AcknowledgedAt, incident.JudgedAt, incident.ContainedAt, incident.ResolvedAt, incident.ClosedAt),
            Factors = new PriorityFactors((Severity)incident.Severity, (AssetImportance)incident.Importance, (AttackResult)incident.Result, PriorityRule.Worked((AttackResult)incident.Result)),
            Verdict = incident.Verdict,
            VerdictReason = incident.VerdictReason,
            SeveritySet = incident.SeveritySet,
            Storm = incident.Storm,
            Counted = incident.Alerts - incident.Kept,
            MergedInto = incident.MergedInto is { } into ? await NumberOf(into, ct) : null,
            Alerts = [.. members.Select(View)],
            Parties = [.. parties.Select(p => new Party(p.Kind.ToString(), p.Value, p.Kind == PartyKind.Account ? null : assets.Find(p.Value)))],
            Entries = Story(Enumerable.Reverse(entries), parts),
            Evidence = [.. evidence.Select(e => new EvidencePiece(e.Id, e.Kind, e.EventId, e.Name, e.Note, e.Hash, e.By, e.At, e.EventAt, parts.GetValueOrDefault(e.IncidentId)))],
            Moves = await Moves(id, ct),
            Related = incident.IsOver ? [] : await RelatedTo(id, parties, ct),
        };
    }

    /// <summary>Numbers of the incidents that are part of this one, at any depth.</summary>
    private async Task<Dictionary<Guid, string>> PartsOf(Guid id, CancellationToken ct)
    {
        var parts = new Dictionary<Guid, string>();
        Guid[] level = [id];
        while (level.Length > 0 && parts.Count < MostParts)
        {
            var found = await db.Incidents.AsNoTracking().Where(i => i.MergedInto != null && level.Contains(i.MergedInto.Value)).Take(MostParts).Select(i => new { i.Id, i.Year, i.Number }).ToListAsync(ct);
            level = [.. found.Where(f => parts.TryAdd(f.Id, Incident.NumberOf(f.Year, f.Number))).Select(f => f.Id)];
        }
        return parts;
    }

    /// <summary>Acts in their order; corrections become part of the comment that they correct.</summary>
    private static IReadOnlyList<Entry> Story(IEnumerable<EntryRow> rows, Dictionary<Guid, string> parts)
    {
        var story = new List<Entry>();
        foreach (var row in rows)
        {
            var arguments = Read(row.Arguments);
            if (row.Code != Data.Entries.Correction)
            {
                story.Add(new Entry(row.Id, row.At, row.Code, arguments, row.By, row.Text) { Of = parts.GetValueOrDefault(row.IncidentId) });
                continue;
            }
            var at = story.FindIndex(e => e.Id.ToString() == arguments.GetValueOrDefault("entry"));
            if (at >= 0) story[at] = story[at] with { Text = row.Text, Earlier = [.. story[at].Earlier, new EarlierText(row.At, story[at].Text)] };
        }
        return story;
    }

    private static Member View(MemberRow m) => new(m.AlertId, m.RuleId, m.Title, (Severity)m.Severity, m.FirstAt, m.LastAt, m.Attacker, m.Victim, m.Host, m.Account, (AttackResult)m.Result, m.Matches,
        m.Tactics.Split(' ', StringSplitOptions.RemoveEmptyEntries), m.Techniques.Split(' ', StringSplitOptions.RemoveEmptyEntries), m.Reason, Read(m.ReasonArguments));

    private async Task<string> NumberOf(Guid id, CancellationToken ct) => (await db.Incidents.AsNoTracking().FirstAsync(i => i.Id == id, ct)).ShortNumber;

    private async Task<IReadOnlyList<AlertMove>> Moves(Guid id, CancellationToken ct)
    {
        var rows = await db.Moves.AsNoTracking().Where(m => m.FromId == id || m.ToId == id).OrderByDescending(m => m.At).Take(50).ToListAsync(ct);
        var ids = rows.SelectMany(m => new[] { m.FromId, m.ToId }).Distinct().ToArray();
        var numbers = (await db.Incidents.AsNoTracking().Where(i => ids.Contains(i.Id)).Select(i => new { i.Id, i.Year, i.Number }).ToListAsync(ct)).ToDictionary(i => i.Id, i => Incident.NumberOf(i.Year, i.Number));
        return [.. rows.Select(m => new AlertMove(m.Id, m.Kind, numbers.GetValueOrDefault(m.FromId, ""), numbers.GetValueOrDefault(m.ToId, ""), m.Alerts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, m.By, m.At, m.UndoneAt))];
    }

    private async Task<IReadOnlyList<Related>> RelatedTo(Guid id, List<PartyRow> parties, CancellationToken ct)
    {
        var keys = parties.Select(p => p.ValueKey).Distinct().Take(100).ToArray();
        var shared = await db.Parties.AsNoTracking().Where(p => p.IncidentId != id && keys.Contains(p.ValueKey))
            .Join(db.Incidents.AsNoTracking().Where(i => i.State != IncidentState.Closed && i.State != IncidentState.Merged), p => p.IncidentId, i => i.Id, (p, i) => new { p.Value, Incident = i })
            .OrderByDescending(s => s.Incident.LastAt).Take(MostRelated * 5).ToListAsync(ct);
        return [.. shared.GroupBy(s => s.Incident.Id).Take(MostRelated).Select(g => new Related(g.First().Incident.Brief, string.Join(", ", g.Select(s => s.Value).Distinct().Take(3))))];
    }

    private static Dictionary<string, string> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
}
