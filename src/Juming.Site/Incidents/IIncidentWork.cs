using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Incidents;

/// <summary>Reads incidents and works on them for other modules, such as runs of playbooks: in their own name, with the rules that hold for people.</summary>
public interface IIncidentWork
{
    /// <summary>What an incident is about, by identity or short number; null when there is none.</summary>
    Task<IncidentFacts?> Facts(string incident, CancellationToken ct);

    /// <summary>Incidents detected in a span, merged ones left out, the latest first.</summary>
    /// <param name="from">Detected at or after.</param>
    /// <param name="to">Detected before.</param>
    /// <param name="most">At most so many, 1 to 1,000.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<IncidentFacts>> DetectedBetween(DateTimeOffset from, DateTimeOffset to, int most, CancellationToken ct);

    /// <summary>Adds a comment. The same entry again adds nothing.</summary>
    Task<Result<Done>> Comment(Guid incident, Guid entry, string text, Actor by, CancellationToken ct);

    /// <summary>True when a comment is there.</summary>
    Task<bool> HasComment(Guid incident, Guid entry, CancellationToken ct);

    /// <summary>Gives it to somebody; empty for nobody.</summary>
    Task<Result<Done>> Assign(Guid incident, string assignee, Actor by, CancellationToken ct);

    /// <summary>Moves it to another state.</summary>
    Task<Result<Done>> MoveTo(Guid incident, IncidentState state, Actor by, CancellationToken ct);
}

/// <summary>What an incident is about, for conditions and actions.</summary>
public sealed record IncidentFacts
{
    /// <summary>As lists show it.</summary>
    public required IncidentBrief Brief { get; init; }

    /// <summary>Addresses that attack, the first seen first; at most 200 of each kind.</summary>
    public required IReadOnlyList<string> Attackers { get; init; }

    /// <summary>Addresses that are attacked.</summary>
    public required IReadOnlyList<string> Victims { get; init; }

    /// <summary>Hosts concerned.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>Accounts concerned.</summary>
    public required IReadOnlyList<string> Accounts { get; init; }

    /// <summary>ATT&amp;CK techniques, "T1110".</summary>
    public required IReadOnlyList<string> Techniques { get; init; }

    /// <summary>Titles of the rules whose alerts it holds.</summary>
    public required IReadOnlyList<string> Rules { get; init; }
}
