using System.Globalization;
using System.Text.Json;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents.Grouping;

namespace Juming.Site.Incidents;

/// <summary>An incident: what alerts that belong together tell, and how far the work on it is.</summary>
internal sealed class Incident
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public int Year { get; set; }
    public int Number { get; set; }
    public IncidentState State { get; set; }
    public int Severity { get; set; }

    /// <summary>A person set the severity; alerts no longer change it.</summary>
    public bool SeveritySet { get; set; }
    public int Priority { get; set; } = (int)IncidentPriority.P4;

    /// <summary>Highest importance among its assets when it was last looked at.</summary>
    public int Importance { get; set; }
    public int Result { get; set; }
    public string TitleCode { get; set; } = "title.plain";
    public string TitleArguments { get; set; } = "{}";
    public string? OwnTitle { get; set; }

    /// <summary>What kind of attack names the incident: "T1110", "TA0006", or "=" and a rule's title.</summary>
    public string Attack { get; set; } = "";
    public int AttackRank { get; set; } = -1;
    public string? Attacker { get; set; }
    public string? Target { get; set; }

    /// <summary>Tactics in their order, separated by blanks.</summary>
    public string Tactics { get; set; } = "";
    public int Alerts { get; set; }
    public int Kept { get; set; }
    public bool Storm { get; set; }
    public string Assignee { get; set; } = "";
    public Verdict? Verdict { get; set; }
    public string VerdictReason { get; set; } = "";
    public DateTimeOffset OccurredAt { get; set; }
    public DateTimeOffset DetectedAt { get; set; }
    public DateTimeOffset? AcknowledgedAt { get; set; }
    public DateTimeOffset? JudgedAt { get; set; }
    public DateTimeOffset? ContainedAt { get; set; }
    public DateTimeOffset? ResolvedAt { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }
    public DateTimeOffset LastAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Who changed it last; the program is "system".</summary>
    public string ChangedBy { get; set; } = "system";
    public Guid? MergedInto { get; set; }

    /// <summary>Counts what people change; new alerts leave it alone, so that a storm does not make every edit stale.</summary>
    public long Version { get; set; } = 1;

    public bool IsOver => State is IncidentState.Closed or IncidentState.Merged;

    /// <summary>New alerts may still join: once it is resolved, the same attack is a new incident.</summary>
    public bool TakesAlerts => State < IncidentState.Resolved;

    public string ShortNumber => NumberOf(Year, Number);

    public static string NumberOf(int year, int number) => string.Create(CultureInfo.InvariantCulture, $"INC-{year:D4}-{number:D4}");

    /// <summary>Reads "INC-2026-0012".</summary>
    public static (int Year, int Number)? ReadNumber(string text)
    {
        var parts = text.Trim().Split('-');
        return parts.Length == 3 && parts[0].Equals("INC", StringComparison.OrdinalIgnoreCase) && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var year) && int.TryParse(parts[2], CultureInfo.InvariantCulture, out var number)
            ? (year, number) : null;
    }

    /// <summary>Sets the priority from severity, importance and result; tells the change when it became more urgent.</summary>
    public (IncidentPriority From, IncidentPriority To)? Prioritise()
    {
        var from = (IncidentPriority)Priority;
        var to = PriorityRule.Of((Severity)Severity, (AssetImportance)Importance, (AttackResult)Result);
        Priority = (int)to;
        return to < from ? (from, to) : null;
    }

    /// <summary>Takes an alert's facts into account.</summary>
    public void Absorb(AlertFacts alert, bool kept)
    {
        if (Alerts == 0) (OccurredAt, DetectedAt, LastAt) = (alert.Row.FirstAt, alert.Row.DetectedAt, alert.Row.LastAt);
        Alerts++;
        if (kept) Kept++;
        if (alert.Row.FirstAt < OccurredAt) OccurredAt = alert.Row.FirstAt;
        if (alert.Row.DetectedAt < DetectedAt) DetectedAt = alert.Row.DetectedAt;
        if (alert.Row.LastAt > LastAt) LastAt = alert.Row.LastAt;
        if (!SeveritySet && alert.Row.Severity > Severity) Severity = alert.Row.Severity;
        if (PriorityRule.RankOf(alert.Result) > PriorityRule.RankOf((AttackResult)Result)) Result = alert.Row.Result;
        Tactics = string.Join(' ', Grouping.Tactics.Of(Grouping.Tactics.MaskOf(Tactics.Split(' ')) | alert.Tactics));
        Attacker ??= alert.Row.Attacker;
        Target ??= alert.Row.Victim ?? alert.Row.Host;
        var (attack, rank) = alert.Attack();
        if (rank > AttackRank) (Attack, AttackRank) = (attack, rank);
    }

    /// <summary>Forgets what alerts told, before all of them are taken into account anew.</summary>
    public void Blank()
    {
        (Alerts, Kept, Result, Tactics, Attack, AttackRank, Attacker, Target) = (0, 0, 0, "", "", -1, null, null);
        if (!SeveritySet) Severity = 0;
    }

    /// <summary>Names the incident and weighs its assets.</summary>
    /// <param name="targets">Victims and hosts.</param>
    /// <param name="victims">Number of victims.</param>
    /// <param name="sweepVictims">Victims from which it is a sweep.</param>
    /// <param name="assets">Knows the assets.</param>
    public void Describe(IEnumerable<string> targets, int victims, int sweepVictims, IAssetDirectory assets)
    {
        Importance = 0;
        AssetBrief? first = null;
        foreach (var target in targets)
        {
            if (assets.Find(target) is not { } asset) continue;
            if (first is not null && (int)asset.Importance <= Importance) continue;
            (first, Importance) = (asset, (int)asset.Importance);
            if (Importance > 0) Target = target;
        }
        var name = Target is { } shown && assets.Find(shown) is { } known && !known.Name.Equals(shown, StringComparison.OrdinalIgnoreCase) ? $"{known.Name} ({shown})" : Target;
        TitleCode = (Attacker, name, victims >= sweepVictims) switch
        {
            (not null, _, true) => "title.sweep",
            (not null, not null, _) => "title.pair",
            (null, not null, _) => "title.target",
            (not null, null, _) => "title.attacker",
            _ => "title.plain",
        };
        TitleArguments = JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["attacker"] = Attacker ?? "",
            ["target"] = name ?? "",
            ["victims"] = victims.ToString(CultureInfo.InvariantCulture),
            ["attack"] = Attack,
            ["stages"] = Math.Max(1, Grouping.Tactics.Count(Grouping.Tactics.MaskOf(Tactics.Split(' ')))).ToString(CultureInfo.InvariantCulture),
            ["result"] = ((AttackResult)Result).ToString(),
        });
    }

    /// <summary>The first human act takes the incident.</summary>
    public void Touch(string by, DateTimeOffset at)
    {
        if (AcknowledgedAt is null)
        {
            AcknowledgedAt = at;
            if (State == IncidentState.New) State = IncidentState.Acknowledged;
        }
        Changed(by, at);
    }

    public void Changed(string by, DateTimeOffset at)
    {
        Version++;
        UpdatedAt = at;
        ChangedBy = by;
    }

    /// <summary>Moves to another state and sets the clock of every step that is reached.</summary>
    public void MoveTo(IncidentState to, DateTimeOffset at)
    {
        if (to < State)
        {
            // Going back stops the clocks of what turns out not to be done.
            if (to < IncidentState.Closed) ClosedAt = null;
            if (to < IncidentState.Resolved) ResolvedAt = null;
            if (to < IncidentState.Contained) ContainedAt = null;
            if (to < IncidentState.Judged) (JudgedAt, Verdict, VerdictReason) = (null, null, "");
        }
        State = to;
        if (to >= IncidentState.Acknowledged) AcknowledgedAt ??= at;
        if (to == IncidentState.Judged) JudgedAt ??= at;
        if (to == IncidentState.Contained) ContainedAt ??= at;
        if (to == IncidentState.Resolved) ResolvedAt ??= at;
        if (to == IncidentState.Closed) ClosedAt ??= at;
    }

    public IncidentTitle Title => OwnTitle is { } own
        ? new IncidentTitle("own", new Dictionary<string, string> { ["text"] = own })
        : new IncidentTitle(TitleCode, JsonSerializer.Deserialize<Dictionary<string, string>>(TitleArguments)!);

    public IncidentBrief Brief => new()
    {
        Id = Id,
        Number = ShortNumber,
        Title = Title,
        Severity = (Severity)Severity,
        Priority = (IncidentPriority)Priority,
        State = State,
        Result = (AttackResult)Result,
        Assignee = Assignee,
        Attacker = Attacker,
        Target = Target,
        Tactics = Tactics.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Alerts = Alerts,
        OccurredAt = OccurredAt,
        DetectedAt = DetectedAt,
        LastAt = LastAt,
        UpdatedAt = UpdatedAt,
    };
}
