namespace Juming.Site.Detection;

/// <summary>Sums over alerts, for overviews.</summary>
public interface IAlertOverview
{
    /// <summary>What happened since an instant.</summary>
    Task<AlertOverview> Since(DateTimeOffset from, CancellationToken ct);
}

/// <summary>Sums over alerts whose last match lies in a span.</summary>
/// <param name="BySeverity">Alerts by severity.</param>
/// <param name="Latest">The latest ones, at most ten.</param>
/// <param name="Attackers">Attackers with the most alerts, at most eight.</param>
/// <param name="Rules">Rules with the most alerts, at most eight.</param>
public sealed record AlertOverview(
    IReadOnlyDictionary<Severity, int> BySeverity, IReadOnlyList<AlertView> Latest, IReadOnlyList<(string Name, int Count)> Attackers, IReadOnlyList<RuleSum> Rules);

/// <summary>How many alerts a rule made.</summary>
public sealed record RuleSum(string RuleId, string Title, int Count);
