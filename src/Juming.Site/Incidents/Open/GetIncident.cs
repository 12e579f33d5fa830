using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Open;

/// <summary>One incident with its story.</summary>
/// <param name="Incident">Identity, or short number "INC-2026-0012".</param>
internal sealed record GetIncident(string Incident) : IQuery<IncidentDossier>, INeeds<IncidentsRead>;

/// <summary>One incident with its story.</summary>
internal sealed record IncidentDossier
{
    public required IncidentBrief Brief { get; init; }

    /// <summary>Counts people's changes; a change names the version that it was made on.</summary>
    public required long Version { get; init; }
    public required string ChangedBy { get; init; }
    public required Clocks Clocks { get; init; }
    public required PriorityFactors Factors { get; init; }
    public Verdict? Verdict { get; init; }
    public required string VerdictReason { get; init; }
    public required bool SeveritySet { get; init; }
    public required bool Storm { get; init; }

    /// <summary>Alerts that are counted only.</summary>
    public required int Counted { get; init; }

    /// <summary>Number of the incident that this one was merged into, or null.</summary>
    public string? MergedInto { get; init; }
    public required IReadOnlyList<Member> Alerts { get; init; }
    public required IReadOnlyList<Party> Parties { get; init; }
    public required IReadOnlyList<Entry> Entries { get; init; }
    public required IReadOnlyList<EvidencePiece> Evidence { get; init; }
    public required IReadOnlyList<AlertMove> Moves { get; init; }

    /// <summary>Other open incidents with a party in common.</summary>
    public required IReadOnlyList<Related> Related { get; init; }
}

/// <summary>Instants of the steps; null for those not reached.</summary>
internal sealed record Clocks(DateTimeOffset Occurred, DateTimeOffset Detected, DateTimeOffset? Acknowledged, DateTimeOffset? Judged, DateTimeOffset? Contained, DateTimeOffset? Resolved, DateTimeOffset? Closed);

/// <summary>What the priority was made of.</summary>
internal sealed record PriorityFactors(Severity Severity, AssetImportance Importance, AttackResult Result, bool Raised);

/// <summary>An alert of the incident, and why it is there.</summary>
internal sealed record Member(Guid Id, string RuleId, string Title, Severity Severity, DateTimeOffset FirstAt, DateTimeOffset LastAt, string? Attacker, string? Victim, string? Host, string? Account, AttackResult Result,
    IReadOnlyList<string> Tactics, IReadOnlyList<string> Techniques, string Reason, IReadOnlyDictionary<string, string> ReasonArguments);

/// <summary>A party, and the asset that it is.</summary>
internal sealed record Party(string Kind, string Value, AssetBrief? Asset);

/// <summary>An act, as code and arguments; a comment's own words in Text.</summary>
internal sealed record Entry(Guid Id, DateTimeOffset At, string Code, IReadOnlyDictionary<string, string> Arguments, string By, string Text);

/// <summary>A piece of evidence.</summary>
internal sealed record EvidencePiece(Guid Id, EvidenceKind Kind, Guid? EventId, string Name, string Note, string Hash, string By, DateTimeOffset At);

/// <summary>A merge or split.</summary>
internal sealed record AlertMove(Guid Id, MoveKind Kind, string From, string To, int Alerts, string By, DateTimeOffset At, DateTimeOffset? UndoneAt);

/// <summary>Another incident with a party in common.</summary>
internal sealed record Related(IncidentBrief Brief, string Shared);

file sealed class Handler(IncidentsDb db, IAssetDirectory assets) : IQueryHandler<GetIncident, IncidentDossier>
{
    private const int MostEntries = 500;
    private const int MostRelated = 10;

    public async Task<Result<IncidentDossier>> Handle(GetIncident request, CancellationToken cancellationToken)
    {
        var ct = cancellationToken;
        if (await db.Incidents.AsNoTracking().Named(request.Incident, ct) is not { } incident) return IncidentErrors.NoSuchIncident;
        var id = incident.Id;
        var members = await db.Members.AsNoTracking().Where(m => m.IncidentId == id && m.Standing == Standing.Kept).OrderBy(m => m.FirstAt).ThenBy(m => m.AlertId).Take(6000).ToListAsync(ct);
        var parties = await db.Parties.AsNoTracking().Where(p => p.IncidentId == id).OrderBy(p => p.FirstAt).Take(500).ToListAsync(ct);
        var entries = await db.Entries.AsNoTracking().Where(e => e.IncidentId == id).OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(MostEntries).ToListAsync(ct);
        var evidence = await db.Evidence.AsNoTracking().Where(e => e.IncidentId == id).OrderBy(e => e.At)
            .Select(e => new EvidencePiece(e.Id, e.Kind, e.EventId, e.Name, e.Note, e.Hash, e.By, e.At)).ToListAsync(ct);
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
            Entries = [.. Enumerable.Reverse(entries).Select(e => new Entry(e.Id, e.At, e.Code, Read(e.Arguments), e.By, e.Text))],
            Evidence = evidence,
            Moves = await Moves(id, ct),
            Related = incident.IsOver ? [] : await RelatedTo(id, parties, ct),
        };
    }

    private static Member View(MemberRow m) => new(m.AlertId, m.RuleId, m.Title, (Severity)m.Severity, m.FirstAt, m.LastAt, m.Attacker, m.Victim, m.Host, m.Account, (AttackResult)m.Result,
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
        var values = parties.Select(p => p.Value).Distinct().Take(100).ToArray();
        var shared = await db.Parties.AsNoTracking().Where(p => p.IncidentId != id && values.Contains(p.Value))
            .Join(db.Incidents.AsNoTracking().Where(i => i.State != IncidentState.Closed && i.State != IncidentState.Merged), p => p.IncidentId, i => i.Id, (p, i) => new { p.Value, Incident = i })
            .OrderByDescending(s => s.Incident.LastAt).Take(MostRelated * 5).ToListAsync(ct);
        return [.. shared.GroupBy(s => s.Incident.Id).Take(MostRelated).Select(g => new Related(g.First().Incident.Brief, string.Join(", ", g.Select(s => s.Value).Distinct().Take(3))))];
    }

    private static Dictionary<string, string> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
}
