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

/// <summary>The one order of results, from harmless to worst.</summary>
public static class AttackResultOrder
{
    /// <summary>Rank of a result: what a device stopped is less than what nobody stopped, or a blocked try would hide an unblocked one.</summary>
    public static int Rank(this AttackResult result) => result switch
    {
        AttackResult.Blocked => 1,
        AttackResult.Attempted => 2,
        AttackResult.Succeeded => 3,
        AttackResult.Compromised => 4,
        _ => 0,
    };
}

/// <summary>What an alert stands for when its rule storms.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum Rolling
{
    /// <summary>Equal matches.</summary>
    No,

    /// <summary>Everything further that one rule says of one attacker who made too many alerts.</summary>
    Attacker,

    /// <summary>Everything further that one rule says while too many attackers make it storm.</summary>
    Rule,
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

    /// <summary>What the device calls the attack (<c>rule.name</c>, else <c>rule.id</c>), or null; alerts of one rule with different subjects are different alerts.</summary>
    public string? Subject { get; init; }

    /// <summary>Severity.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Event time of the first match.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>Event time of the last match.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>The device's clock is not to be believed: some time was taken from receipt.</summary>
    public bool TimeEstimated { get; init; }

    /// <summary>Whether it stands for more than equal matches, because of a storm.</summary>
    public Rolling Rolling { get; init; }

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

/// <summary>New alerts were committed. Those that merely grew are announced by <see cref="AlertsGrown"/>.</summary>
[EventName("detection.alerts-raised", 1)]
public sealed record AlertsRaised(IReadOnlyList<Guid> Alerts) : IModuleEvent;

/// <summary>Stored alerts took in more matches. Of one alert at most once a minute, and at once when its result got worse.</summary>
[EventName("detection.alerts-grown", 1)]
public sealed record AlertsGrown(IReadOnlyList<GrownAlert> Alerts) : IModuleEvent;

/// <summary>What became of an alert that grew.</summary>
/// <param name="Id">Identity.</param>
/// <param name="LastAt">Event time of the last match.</param>
/// <param name="Count">Matches folded into it.</param>
/// <param name="Result">Worst result so far.</param>
public sealed record GrownAlert(Guid Id, DateTimeOffset LastAt, long Count, AttackResult Result);

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
