using System.Text.Json.Serialization;
using Juming.Platform.Events;

namespace Juming.Site.Detection;

/// <summary>How bad it is. Not the priority of work: that also looks at assets and results.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum Severity
{
    /// <summary>For information.</summary>
    Info = 0,

    /// <summary>Low.</summary>
    Low = 1,

    /// <summary>Medium.</summary>
    Medium = 2,

    /// <summary>High.</summary>
    High = 3,

    /// <summary>Critical.</summary>
    Critical = 4,
}

/// <summary>What came of the attack, as far as the evidence tells; a product's claim, not an observed fact.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum AttackResult
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>Tried.</summary>
    Attempted,

    /// <summary>Tried and stopped by a device.</summary>
    Blocked,

    /// <summary>Worked.</summary>
    Succeeded,

    /// <summary>The host is in the attacker's hands.</summary>
    Compromised,
}

/// <summary>One alert as others see it: a rule that matched, equal matches folded with a count.</summary>
public sealed record AlertView
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Identity of the rule.</summary>
    public required string RuleId { get; init; }

    /// <summary>Title of the rule, English; other languages come from the rule itself.</summary>
    public required string Title { get; init; }

    /// <summary>Severity.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Event time of the first match.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>Event time of the last match.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>When the alert was made.</summary>
    public required DateTimeOffset DetectedAt { get; init; }

    /// <summary>How many matches are folded into it.</summary>
    public required long Count { get; init; }

    /// <summary>Who attacks: an address, or null.</summary>
    public string? Attacker { get; init; }

    /// <summary>Who is attacked: an address, or null.</summary>
    public string? Victim { get; init; }

    /// <summary>Host name concerned, or null.</summary>
    public string? Host { get; init; }

    /// <summary>Account concerned, or null.</summary>
    public string? Account { get; init; }

    /// <summary>What came of it.</summary>
    public AttackResult Result { get; init; }

    /// <summary>ATT&amp;CK tactics, "TA0001".</summary>
    public required IReadOnlyList<string> Tactics { get; init; }

    /// <summary>ATT&amp;CK techniques, "T1110.001".</summary>
    public required IReadOnlyList<string> Techniques { get; init; }

    /// <summary>Events kept as evidence: the first three and the last.</summary>
    public required IReadOnlyList<Guid> Events { get; init; }

    /// <summary>Matched fields of the first event: name to value.</summary>
    public required IReadOnlyDictionary<string, string> Matched { get; init; }

    /// <summary>Number of the sender.</summary>
    public int SourceId { get; init; }
}

/// <summary>New alerts were committed. Counts of alerts that merely folded are not announced.</summary>
[EventName("detection.alerts-raised", 1)]
public sealed record AlertsRaised(IReadOnlyList<Guid> Alerts) : IModuleEvent;

/// <summary>Reads alerts for other modules.</summary>
public interface IAlertDirectory
{
    /// <summary>Alerts by identity; unknown ones are left out.</summary>
    Task<IReadOnlyList<AlertView>> Read(IReadOnlyCollection<Guid> ids, CancellationToken ct);
}

/// <summary>Raises an alert that no rule made: a source that fell silent, a full disk.</summary>
public interface IAlertIntake
{
    /// <summary>Queues an alert. <paramref name="code"/> is stable ("collection.source-silent"); it and the arguments are rendered in the reader's language.</summary>
    void Raise(string code, Severity severity, IReadOnlyDictionary<string, string> arguments, int sourceId, DateTimeOffset at);
}
