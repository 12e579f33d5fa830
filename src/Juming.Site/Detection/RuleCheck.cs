using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection;

/// <summary>Reads and compiles rules without putting them in force: what a load would say of each.</summary>
public static class RuleCheck
{
    /// <summary>Checks files, folders and zips.</summary>
    /// <param name="paths">What to read; an absent path is a refusal.</param>
    /// <param name="ct">Stops between files.</param>
    public static RuleCheckReport Run(IReadOnlyList<string> paths, CancellationToken ct)
    {
        var set = RuleSet.Compile(SigmaLoader.Load(paths, null, ct));
        var verdicts = set.Verdicts();
        var idle = verdicts.Where(v => v.State == RuleState.Idle).ToList();
        return new RuleCheckReport(
            verdicts.Count(v => v.State == RuleState.Active), idle.Count,
            [.. set.Refused.Select(r => new RuleRefusal(r.File, r.Line, r.Reason))],
            [.. idle.CountBy(v => v.Reason).OrderByDescending(c => c.Value).Select(c => (c.Key, c.Value))],
            [.. verdicts.SelectMany(v => v.Document.Warnings.Select(w => $"{v.Document.File}: {w}"))]);
    }
}

/// <summary>What a check found; the three counts add up to the documents read.</summary>
/// <param name="Active">Sound, and of a source that the product reads.</param>
/// <param name="Idle">Sound, and unable to match for now.</param>
/// <param name="Refused">Can't be used.</param>
/// <param name="IdleReasons">Why rules are idle, the most frequent reason first.</param>
/// <param name="Warnings">What is odd and does not hinder a rule.</param>
public sealed record RuleCheckReport(int Active, int Idle, IReadOnlyList<RuleRefusal> Refused, IReadOnlyList<(string Reason, int Count)> IdleReasons, IReadOnlyList<string> Warnings);

/// <summary>A file, or a document of it, that can't be used.</summary>
/// <param name="File">File; within an archive "archive.zip!path".</param>
/// <param name="Line">Line, 1-based; 0 when the whole file is meant.</param>
/// <param name="Reason">Why, English.</param>
public sealed record RuleRefusal(string File, int Line, string Reason);
