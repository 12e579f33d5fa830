using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;

namespace Juming.Site.Incidents.Grouping;

/// <summary>An open incident as grouping remembers it, or waiting alerts that may become one.</summary>
internal sealed class OpenGroup
{
    private const int MostParties = 2000;
    private const int MostWaiting = 200;

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<(PartyKind, string)> _parties = [];
    private (long Hour, int Alerts) _pace;

    public OpenGroup(Guid id) => Id = id;

    public Guid Id { get; }

    /// <summary>Alerts below the threshold that have no incident yet; empty for incidents.</summary>
    public List<AlertFacts> Waiting { get; } = [];

    public bool IsIncident { get; set; }
    public DateTimeOffset First { get; private set; } = DateTimeOffset.MaxValue;
    public DateTimeOffset Last { get; private set; } = DateTimeOffset.MinValue;
    public Severity Severity { get; private set; }
    public AttackResult Result { get; private set; }
    public int Tactics { get; private set; }
    public int Attackers { get; private set; }
    public int Victims { get; private set; }
    public int Kept { get; set; }

    /// <summary>Order of last use; the least recent is forgotten first.</summary>
    public long Used { get; set; }

    /// <summary>Parties that were added since they were last taken.</summary>
    public List<PartyRow> NewParties { get; } = [];

    /// <summary>Keys under which it is found.</summary>
    public IReadOnlyCollection<string> Keys => _keys;

    /// <summary>Victims and hosts, lower case.</summary>
    public IEnumerable<string> Targets => _parties.Where(p => p.Item1 is PartyKind.Victim or PartyKind.Host).Select(p => p.Item2);

    /// <summary>Its waiting alerts showed a further tactic.</summary>
    public bool Progressed { get; set; }

    /// <summary>Lets an alert wait for others; of very many the earliest is forgotten, for only information can become so many.</summary>
    public void Wait(AlertFacts alert)
    {
        if (Waiting.Count >= MostWaiting) Waiting.RemoveAt(Waiting.FindIndex(w => w.Severity == Severity.Info) is var i and >= 0 ? i : 0);
        Waiting.Add(alert);
    }

    public bool Has(string? key) => key is not null && _keys.Contains(key);

    /// <summary>The first of some keys that the group has, or null.</summary>
    public string? Shares(IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
            if (_keys.Contains(key)) return key;
        return null;
    }

    /// <summary>Takes an alert's parties, times and tactics into account. Tells the keys that are new.</summary>
    public List<string> Absorb(AlertFacts alert)
    {
        if (alert.Row.FirstAt < First) First = alert.Row.FirstAt;
        if (alert.Row.LastAt > Last) Last = alert.Row.LastAt;
        if (alert.Severity > Severity) Severity = alert.Severity;
        if (PriorityRule.RankOf(alert.Result) > PriorityRule.RankOf(Result)) Result = alert.Result;
        Tactics |= alert.Tactics;
        Add(PartyKind.Attacker, alert.Row.Attacker, alert.Row.FirstAt);
        Add(PartyKind.Victim, alert.Row.Victim, alert.Row.FirstAt);
        Add(PartyKind.Host, alert.Row.Host, alert.Row.FirstAt);
        Add(PartyKind.Account, alert.Row.Account, alert.Row.FirstAt);
        var fresh = new List<string>(4);
        Learn(fresh, alert.AttackerKey);
        Learn(fresh, alert.AccountKey);
        foreach (var key in alert.Targets) Learn(fresh, key);
        return fresh;
    }

    /// <summary>Takes over what is stored.</summary>
    public void Restore(Incident incident, IEnumerable<PartyRow> parties, IAssetDirectory assets)
    {
        IsIncident = true;
        (First, Last, Severity, Result) = (incident.OccurredAt, incident.LastAt, (Severity)incident.Severity, (AttackResult)incident.Result);
        Tactics = Grouping.Tactics.MaskOf(incident.Tactics.Split(' '));
        Kept = incident.Kept;
        foreach (var party in parties)
        {
            if (_parties.Add((party.Kind, party.Value.ToLowerInvariant()))) Tally(party.Kind);
            _keys.UnionWith(PartyKeys.Of(party, assets));
        }
    }

    /// <summary>Counts an alert into its hour and tells how many that hour has by now.</summary>
    public int Pace(DateTimeOffset at)
    {
        var hour = at.ToUnixTimeSeconds() / 3600;
        _pace = _pace.Hour == hour ? (hour, _pace.Alerts + 1) : (hour, 1);
        return _pace.Alerts;
    }

    private void Add(PartyKind kind, string? value, DateTimeOffset at)
    {
        if (value is null || _parties.Count >= MostParties || !_parties.Add((kind, value.ToLowerInvariant()))) return;
        Tally(kind);
        NewParties.Add(new PartyRow { IncidentId = Id, Kind = kind, Value = value, ValueKey = PartyRow.KeyOf(value), FirstAt = at });
    }

    private void Learn(List<string> fresh, string? key)
    {
        if (key is not null && _keys.Count < 2 * MostParties && _keys.Add(key)) fresh.Add(key);
    }

    private void Tally(PartyKind kind)
    {
        if (kind == PartyKind.Attacker) Attackers++;
        if (kind == PartyKind.Victim) Victims++;
    }
}
