namespace Juming.Site.Incidents.Data;

/// <summary>How an alert stands to incidents.</summary>
internal enum Standing
{
    /// <summary>It alone is not worth an incident; it waits for others.</summary>
    Waiting,

    /// <summary>Part of an incident, as evidence.</summary>
    Kept,

    /// <summary>Part of an incident that has enough evidence of its kind; only counted.</summary>
    Counted,
}

/// <summary>An alert that was seen: a row is what makes a repeated announcement harmless. Facts are copied, for alerts do not live as long as incidents.</summary>
internal sealed class MemberRow
{
    public Guid AlertId { get; set; }
    public Guid? IncidentId { get; set; }
    public Standing Standing { get; set; }

    /// <summary>Why it is here: "opened", "pair", "pivot", "attacker", "consequence", "target", "account", "split".</summary>
    public string Reason { get; set; } = "";

    /// <summary>JSON of the reason's arguments.</summary>
    public string ReasonArguments { get; set; } = "{}";
    public required string RuleId { get; set; }
    public required string Title { get; set; }
    public int Severity { get; set; }
    public DateTimeOffset FirstAt { get; set; }
    public DateTimeOffset LastAt { get; set; }
    public DateTimeOffset DetectedAt { get; set; }
    public string? Attacker { get; set; }
    public string? Victim { get; set; }
    public string? Host { get; set; }
    public string? Account { get; set; }
    public int Result { get; set; }

    /// <summary>Matches that are folded into the alert.</summary>
    public long Matches { get; set; } = 1;

    /// <summary>Identities separated by blanks.</summary>
    public string Tactics { get; set; } = "";
    public string Techniques { get; set; } = "";
}

/// <summary>A party of an incident.</summary>
internal sealed class PartyRow
{
    public Guid IncidentId { get; set; }
    public PartyKind Kind { get; set; }
    public required string Value { get; set; }

    /// <summary>The value as it is compared.</summary>
    public string ValueKey { get; set; } = "";
    public DateTimeOffset FirstAt { get; set; }

    /// <summary>The form in which values are compared: names and addresses know no case.</summary>
    public static string KeyOf(string value) => value.ToLowerInvariant();
}

/// <summary>Part that someone plays.</summary>
internal enum PartyKind
{
    /// <summary>Address that attacks.</summary>
    Attacker,

    /// <summary>Address that is attacked.</summary>
    Victim,

    /// <summary>Host concerned.</summary>
    Host,

    /// <summary>Account concerned.</summary>
    Account,
}

/// <summary>An act on an incident, for its time line: a code with arguments, or what a person wrote.</summary>
internal sealed class EntryRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid IncidentId { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>"opened", "state", "assigned", "released", "comment", "verdict", "severity", "title", "merged", "split", "undone", "evidence", "escalated"…</summary>
    public required string Code { get; set; }
    public string Arguments { get; set; } = "{}";

    /// <summary>Name of who did it; "system" for the program.</summary>
    public required string By { get; set; }

    /// <summary>What a person wrote; empty for the rest.</summary>
    public string Text { get; set; } = "";
}

/// <summary>Evidence that a person put to an incident.</summary>
internal sealed class EvidenceRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid IncidentId { get; set; }
    public EvidenceKind Kind { get; set; }
    public Guid? EventId { get; set; }

    /// <summary>Time of the log event.</summary>
    public DateTimeOffset? EventAt { get; set; }
    public string Name { get; set; } = "";
    public string Note { get; set; } = "";

    /// <summary>The file, or the raw line of a log event.</summary>
    public byte[]? Content { get; set; }
    public string Hash { get; set; } = "";
    public required string By { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>A merge or split, kept so that it can be undone.</summary>
internal sealed class MoveRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public MoveKind Kind { get; set; }
    public Guid FromId { get; set; }
    public Guid ToId { get; set; }

    /// <summary>Identities of the moved alerts, separated by blanks.</summary>
    public required string Alerts { get; set; }

    /// <summary>State that the merged incident had before.</summary>
    public IncidentState? StateBefore { get; set; }
    public required string By { get; set; }
    public DateTimeOffset At { get; set; }
    public DateTimeOffset? UndoneAt { get; set; }
}

/// <summary>A list that somebody keeps under a name.</summary>
internal sealed class ViewRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string OwnerId { get; set; }
    public required string Name { get; set; }
    public required string Query { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
}
