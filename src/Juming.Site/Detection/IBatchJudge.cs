using Juming.Site.Events;

namespace Juming.Site.Detection;

/// <summary>
/// Says of stored events what no rule says, beside the rules: its findings become alerts in the same transaction as theirs, and a restart asks again about every batch whose alerts are not
/// durable. Implemented by other modules, as many as there are.
/// </summary>
public interface IBatchJudge
{
    /// <summary>Looks at a batch on a worker's thread; several workers ask at once, each with its own batch, which is the caller's again on return.</summary>
    void Judge(EventBatch batch, IFindings findings);
}

/// <summary>Takes findings.</summary>
public interface IFindings
{
    /// <summary>An event is worth an alert.</summary>
    /// <param name="index">Index of the event in the batch.</param>
    /// <param name="finding">What was found.</param>
    void Add(int index, Finding finding);
}

/// <summary>What was found in an event. Those with one key within one hour of event time are one alert with a count.</summary>
/// <param name="Code">Stable code, the key of the alert's sentence ("intel.match"); the storm guard counts by it.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Key">What equal findings share.</param>
/// <param name="Arguments">What the sentence is filled with, and what is kept as the alert's facts.</param>
public sealed record Finding(string Code, Severity Severity, string Key, IReadOnlyDictionary<string, string> Arguments)
{
    /// <summary>What it is about, in few words; null for nothing.</summary>
    public string? Subject { get; init; }

    /// <summary>ATT&amp;CK tactics, "TA0011".</summary>
    public IReadOnlyList<string> Tactics { get; init; } = [];

    /// <summary>ATT&amp;CK techniques, "T1071.001".</summary>
    public IReadOnlyList<string> Techniques { get; init; } = [];

    /// <summary>Who attacks: an address or a name; null when not known.</summary>
    public string? Attacker { get; init; }

    /// <summary>Who is attacked: an address; null when not known.</summary>
    public string? Victim { get; init; }

    /// <summary>Host concerned; null when not known.</summary>
    public string? Host { get; init; }

    /// <summary>Account concerned; null when not known.</summary>
    public string? Account { get; init; }
}

/// <summary>Several findings of stored events that share a key, found after the fact.</summary>
/// <param name="What">What was found.</param>
/// <param name="First">Event time of the first.</param>
/// <param name="Last">Event time of the last.</param>
/// <param name="Count">How many.</param>
/// <param name="Events">Identities of events of evidence, at most four.</param>
/// <param name="SourceId">Sender of the first.</param>
/// <param name="Run">Portion of the search that found it. The same portion again makes the same alert, so that one that was broken off can be repeated.</param>
public sealed record LateFinding(Finding What, DateTimeOffset First, DateTimeOffset Last, long Count, IReadOnlyList<Guid> Events, int SourceId, string Run);

/// <summary>Takes what was found in the past.</summary>
public interface ILateFindings
{
    /// <summary>Writes alerts, announced like all others; durable when it returns.</summary>
    Task Write(IReadOnlyList<LateFinding> findings, CancellationToken ct);
}
