using Juming.Site.Detection;

namespace Juming.Site.Incidents;

/// <summary>Reads incidents for other modules.</summary>
public interface IIncidentDirectory
{
    /// <summary>Incidents ever opened, merged ones left out.</summary>
    Task<long> Count(CancellationToken ct);

    /// <summary>Open incidents by severity.</summary>
    Task<IReadOnlyDictionary<Severity, int>> OpenBySeverity(CancellationToken ct);

    /// <summary>Open incidents, the most urgent first.</summary>
    /// <param name="assignee">Only of this person; empty for those that nobody has; null for all.</param>
    /// <param name="most">At most so many, 1 to 100.</param>
    /// <param name="ct">Cancels.</param>
    Task<IncidentShare> Open(string? assignee, int most, CancellationToken ct);

    /// <summary>Incidents that were opened or that someone worked on after an instant, the latest first.</summary>
    Task<IncidentShare> ChangedSince(DateTimeOffset since, int most, CancellationToken ct);

    /// <summary>Response times of the incidents detected in a span.</summary>
    Task<IReadOnlyList<ResponseTime>> ResponseTimes(DateTimeOffset from, DateTimeOffset to, CancellationToken ct);

    /// <summary>Victims and hosts with the most incidents detected since an instant.</summary>
    Task<IReadOnlyList<(string Name, int Count)>> TopTargets(DateTimeOffset since, int most, CancellationToken ct);
}

/// <summary>Some incidents and how many there are.</summary>
public sealed record IncidentShare(IReadOnlyList<IncidentBrief> Items, int Total);

/// <summary>One incident as lists show it.</summary>
public sealed record IncidentBrief
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>"INC-2026-0012".</summary>
    public required string Number { get; init; }

    /// <summary>What it is about.</summary>
    public required IncidentTitle Title { get; init; }

    /// <summary>Severity.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Order of work.</summary>
    public required IncidentPriority Priority { get; init; }

    /// <summary>How far the work is.</summary>
    public required IncidentState State { get; init; }

    /// <summary>What came of the attack.</summary>
    public required AttackResult Result { get; init; }

    /// <summary>Who works on it; empty for nobody.</summary>
    public required string Assignee { get; init; }

    /// <summary>Attacker named first, or null.</summary>
    public string? Attacker { get; init; }

    /// <summary>Victim or host that matters most, or null.</summary>
    public string? Target { get; init; }

    /// <summary>ATT&amp;CK tactics in their order, "TA0001".</summary>
    public required IReadOnlyList<string> Tactics { get; init; }

    /// <summary>Alerts, kept and counted.</summary>
    public required int Alerts { get; init; }

    /// <summary>First evidence.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>First alert.</summary>
    public required DateTimeOffset DetectedAt { get; init; }

    /// <summary>Last evidence.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>Last change of any kind.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A title as code and arguments; <see cref="IncidentsTexts.Title"/> renders it in the reader's language.</summary>
/// <param name="Code">"title.pair" and its kin; "own" when a person wrote it, then in argument "text".</param>
/// <param name="Arguments">Values of the code's places.</param>
public sealed record IncidentTitle(string Code, IReadOnlyDictionary<string, string> Arguments);

/// <summary>One response time over several incidents.</summary>
/// <param name="Metric">"mttd", "mtta", "mtti", "mttc", "mttr" (detected to resolved).</param>
/// <param name="N">Incidents whose two clocks are both set.</param>
/// <param name="Mean">Mean, or null without incidents.</param>
/// <param name="Median">Median, or null.</param>
/// <param name="P90">Nine of ten are at most this, or null.</param>
/// <param name="Estimated">How many of them rest on a clock that can't be right, and count as no time at all.</param>
public sealed record ResponseTime(string Metric, int N, TimeSpan? Mean, TimeSpan? Median, TimeSpan? P90, int Estimated = 0);
