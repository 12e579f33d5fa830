namespace Juming.Site.Detection;

/// <summary>Lets a replay steer and read detection.</summary>
public interface IDetectionRun
{
    /// <summary>Adds rule folders, files or zips to the set for this run.</summary>
    Task AddRules(IReadOnlyList<string> paths, CancellationToken ct);

    /// <summary>Is told of every single match, unfolded; null ends it. Called from the workers.</summary>
    void Observe(Action<ObservedMatch>? observer);

    /// <summary>Returns when every match so far is committed as alerts.</summary>
    Task Flush(CancellationToken ct);

    /// <summary>Alerts made since the start, by rule.</summary>
    IReadOnlyDictionary<string, long> AlertsByRule { get; }
}

/// <summary>One match of one rule on one event.</summary>
/// <param name="RuleId">Identity of the rule.</param>
/// <param name="SourceId">Sender: the file of a replay.</param>
/// <param name="Line">Line of the file, 1-based.</param>
/// <param name="Title">Title of the rule.</param>
/// <param name="Level">Level of the rule.</param>
public readonly record struct ObservedMatch(string RuleId, int SourceId, int Line, string Title, Severity Level);
