using Juming.Site.Detection.Pipeline;

namespace Juming.Site.Detection.Sigma;

/// <summary>Outcome of a look at rule files, as <c>juming rules check</c> prints it.</summary>
/// <param name="Active">Rules, correlations and filters that work.</param>
/// <param name="Idle">Sound ones that can't match for now.</param>
/// <param name="Refused">What can't be used.</param>
internal sealed record RuleCheckResult(int Active, int Idle, IReadOnlyList<Refusal> Refused);

/// <summary>Loads and compiles rule files without using them.</summary>
internal static class RuleCheck
{
    /// <summary>Looks at files, folders and archives.</summary>
    public static RuleCheckResult Run(IEnumerable<string> paths, CancellationToken ct = default)
    {
        var set = RuleSet.Compile(SigmaLoader.Load(paths, null, ct));
        var verdicts = set.Verdicts();
        var active = verdicts.Count(v => v.State == RuleState.Active);
        return new RuleCheckResult(active, verdicts.Count - active, set.Refused);
    }
}
