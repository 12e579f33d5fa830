namespace Juming.Site.Detection.Data;

/// <summary>An alert as it is stored. Numbers instead of enums where the order of the values is the order on screen.</summary>
internal sealed class AlertRow
{
    public Guid Id { get; set; }
    public required string RuleId { get; set; }
    public required string Title { get; set; }

    /// <summary>Stable code of an alert that no rule made; its arguments are in <see cref="Matched"/>.</summary>
    public string? Code { get; set; }
    public int Severity { get; set; }
    public DateTimeOffset FirstAt { get; set; }
    public DateTimeOffset LastAt { get; set; }
    public DateTimeOffset DetectedAt { get; set; }
    public long Count { get; set; }
    public string? Attacker { get; set; }
    public string? Victim { get; set; }
    public string? Host { get; set; }
    public string? Account { get; set; }
    public int Result { get; set; }

    /// <summary>Identities with a blank before, between and behind, so that one is found by LIKE.</summary>
    public string Tactics { get; set; } = "";
    public string Techniques { get; set; } = "";

    /// <summary>Identities of the events of evidence, separated by commas.</summary>
    public string Events { get; set; } = "";

    /// <summary>Matched fields of the first event, JSON.</summary>
    public string Matched { get; set; } = "{}";
    public int SourceId { get; set; }

    /// <summary>What equal matches share.</summary>
    public Guid FoldKey { get; set; }

    /// <summary>What the device calls the attack, or null.</summary>
    public string? Subject { get; set; }

    /// <summary>Fields that the parties were read from, as "attacker=jm.attacker.ip host=host.name"; null for alerts of earlier releases.</summary>
    public string? PartyFields { get; set; }

    /// <summary>Some time was taken from receipt, because the device's clock is not to be believed.</summary>
    public bool TimeEstimated { get; set; }

    /// <summary>See <see cref="Detection.Rolling"/>.</summary>
    public int Rolling { get; set; }

    /// <summary>Matches that were announced to others; null where nothing is owed.</summary>
    public long? Announced { get; set; }

    /// <summary>Batch that changed the alert last; 0 for alerts that no rule made.</summary>
    public long LastSequence { get; set; }

    /// <summary>Verdict of a person, or null while it is new.</summary>
    public string? Verdict { get; set; }
    public string? VerdictReason { get; set; }
    public string? VerdictBy { get; set; }
    public DateTimeOffset? VerdictAt { get; set; }
}

/// <summary>What people or the storm guard decided about a rule. Survives updates of the rule: it hangs on the identity only.</summary>
internal sealed class RuleStateRow
{
    public required string RuleId { get; set; }
    public RuleMode Mode { get; set; }
    public string Reason { get; set; } = "";
    public string ChangedBy { get; set; } = "";
    public DateTimeOffset ChangedAt { get; set; }
}

/// <summary>When a log source that rules ask for was last seen.</summary>
internal sealed class SightRow
{
    /// <summary>product/category/service.</summary>
    public required string Logsource { get; set; }

    /// <summary>Receipt of its last event.</summary>
    public DateTimeOffset LastAt { get; set; }
}

/// <summary>Matches of one rule in one hour of receipt.</summary>
internal sealed class RuleHitsRow
{
    public required string RuleId { get; set; }

    /// <summary>Hours since 1970-01-01 UTC.</summary>
    public long Hour { get; set; }
    public long Matches { get; set; }
    public long Alerts { get; set; }

    /// <summary>Receipt of the last match of the hour.</summary>
    public DateTimeOffset LastAt { get; set; }
}

/// <summary>The durable watermark: all batches up to it are matched and their alerts are in the table.</summary>
internal sealed class ProgressRow
{
    public int Id { get; set; } = 1;
    public long Sequence { get; set; }

    /// <summary>Batch after which events must be read again to rebuild what correlations remember.</summary>
    public long WarmFrom { get; set; }
}

/// <summary>A site's list that rules name as <c>%Name%</c>.</summary>
internal sealed class ValueListRow
{
    public required string Name { get; set; }

    /// <summary>One value a line.</summary>
    public required string Values { get; set; }
    public string ChangedBy { get; set; } = "";
    public DateTimeOffset ChangedAt { get; set; }
}

/// <summary>A site filter: what it matches no longer alerts, until it expires.</summary>
internal sealed class FilterRow
{
    public Guid Id { get; set; }
    public required string Title { get; set; }

    /// <summary>A Sigma filter document.</summary>
    public required string Yaml { get; set; }
    public required string Reason { get; set; }
    public required string Owner { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
}
