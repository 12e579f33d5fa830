using Juming.Platform.Modules;
using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Rules;
using Juming.Site.Events;

namespace Juming.Site.Detection;

/// <summary>Rules are in force, none is cut off or refused, and matching keeps up with the store.</summary>
internal sealed class RulesReadiness(RuleBook book, AlertWriter writer, IEventStore store, TierContext tier, TimeProvider clock) : IReadiness
{
    // At the usual size of a batch this is some ten seconds of work.
    private const long MostBehind = 200;

    public string Name => "rules";

    public Task<ReadinessReport> Look(CancellationToken ct)
    {
        if (book.Current is not { } current)
            return Report(tier.Offline ? ReadinessLevel.Good : ReadinessLevel.Bad, "No rules are loaded.", tier.Offline ? "They are loaded at the start; 'juming rules check PATH' tries files without it." : "See the log for the reason.");
        var verdicts = current.Set.Verdicts(tier.Offline ? null : clock.GetUtcNow());
        var active = verdicts.Count(v => v.State == RuleState.Active);
        var cut = verdicts.Count(v => v.State == RuleState.CutOff);
        var refused = current.Set.Refused.Count;
        var behind = Math.Max(0, store.LastSequence - writer.Committed);
        var text = $"{active} active, {verdicts.Count(v => v.State == RuleState.Idle)} idle, {cut} cut off, {refused} refused; {behind} stored batches wait to be matched.";
        if (current.Set.Rules.Count == 0) return Report(ReadinessLevel.Warning, text, "Nothing is looked for: switch rules on, or put rule files into the data folder's 'rules'.");
        if (cut > 0) return Report(ReadinessLevel.Warning, text, "The rules page names what cost too much.");
        if (refused > 0) return Report(ReadinessLevel.Warning, text, "The rules page tells file, line and reason of each refused one.");
        return behind > MostBehind ? Report(ReadinessLevel.Warning, text, "Matching lags behind: fewer or cheaper rules, or more cores.") : Report(ReadinessLevel.Good, text, null);
    }

    private static Task<ReadinessReport> Report(ReadinessLevel level, string text, string? advice) => Task.FromResult(new ReadinessReport(level, text, advice));
}
