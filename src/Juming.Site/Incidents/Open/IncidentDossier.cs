using Juming.Site.Assets;
using Juming.Site.Detection;

namespace Juming.Site.Incidents.Open;

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
internal sealed record Clocks(DateTimeOffset Occurred, DateTimeOffset Detected, DateTimeOffset? Acknowledged, DateTimeOffset? Judged, DateTimeOffset? Contained, DateTimeOffset? Resolved, DateTimeOffset? Closed)
{
    /// <summary>The evidence bears a later time than its alert: the device's clock is wrong, so the time of detection stands for it.</summary>
    public bool OccurredIsEstimated => Occurred > Detected;
}

/// <summary>What the priority was made of.</summary>
internal sealed record PriorityFactors(Severity Severity, AssetImportance Importance, AttackResult Result, bool Raised);

/// <summary>An alert of the incident, and why it is there.</summary>
internal sealed record Member(Guid Id, string RuleId, string Title, Severity Severity, DateTimeOffset FirstAt, DateTimeOffset LastAt, string? Attacker, string? Victim, string? Host, string? Account, AttackResult Result, long Matches,
    IReadOnlyList<string> Tactics, IReadOnlyList<string> Techniques, string Reason, IReadOnlyDictionary<string, string> ReasonArguments);

/// <summary>A party, and the asset that it is.</summary>
internal sealed record Party(string Kind, string Value, AssetBrief? Asset);

/// <summary>An act, as code and arguments; a comment's own words in Text.</summary>
internal sealed record Entry(Guid Id, DateTimeOffset At, string Code, IReadOnlyDictionary<string, string> Arguments, string By, string Text)
{
    /// <summary>Number of the merged incident that brought it, or null.</summary>
    public string? Of { get; init; }

    /// <summary>What a corrected comment said before, the oldest first.</summary>
    public IReadOnlyList<EarlierText> Earlier { get; init; } = [];
}

/// <summary>What a comment said until it was corrected.</summary>
internal sealed record EarlierText(DateTimeOffset At, string Text);

/// <summary>A piece of evidence; Of is the number of the merged incident that brought it, or null.</summary>
internal sealed record EvidencePiece(Guid Id, EvidenceKind Kind, Guid? EventId, string Name, string Note, string Hash, string By, DateTimeOffset At, DateTimeOffset? EventAt, string? Of);

/// <summary>A merge or split.</summary>
internal sealed record AlertMove(Guid Id, MoveKind Kind, string From, string To, int Alerts, string By, DateTimeOffset At, DateTimeOffset? UndoneAt);

/// <summary>Another incident with a party in common.</summary>
internal sealed record Related(IncidentBrief Brief, string Shared);
