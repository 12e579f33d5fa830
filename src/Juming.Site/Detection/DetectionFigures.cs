using Juming.Platform.Modules;
using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Rules;
using Juming.Site.Events;

namespace Juming.Site.Detection;

/// <summary>Detection's figures.</summary>
internal sealed class DetectionFigures(AlertWriter writer, MatchQueue queue, RuleBook book, IEventStore store) : IFigures
{
    public void Add(FigureWriter to)
    {
        to.Add("juming_detection_alerts_total", "counter", "Alerts made since the start.", writer.AlertsByRule.Values.Sum());
        to.Add("juming_detection_batches_behind", "gauge", "Stored batches whose alerts are not yet durable.", Math.Max(0, store.LastSequence - writer.Committed));
        to.Add("juming_detection_live", "gauge", "1 when batches are matched as they come, 0 while the past is caught up.", queue.IsLive ? 1 : 0);
        if (book.Current is not { } current) return;
        to.Add("juming_detection_rules", "gauge", "Rules that are asked.", current.Set.Rules.Count);
        to.Add("juming_detection_rules_cut_off", "gauge", "Rules that cost too much and are no longer asked.", current.Set.Rules.Count(r => RuleSet.VerdictOf(r).State == RuleState.CutOff) + current.Set.Correlations.Count(c => c.Cost.IsCutOff));
        to.Add("juming_detection_correlation_groups", "gauge", "Groups that correlations remember.", current.Set.Correlations.Sum(c => (long)c.State.Groups));
        to.Add("juming_detection_correlation_groups_evicted_total", "counter", "Groups that were forgotten for want of room, so that a correlation may have been missed.", current.Set.Correlations.Sum(c => c.State.Evicted));
        to.Add("juming_detection_correlation_late_total", "counter", "Events that came too late for their place in a correlation, so that their receipt was taken.", current.Set.Correlations.Sum(c => c.State.Late));
        to.Add("juming_detection_correlation_too_late_total", "counter", "Events that correlations left out because their receipt was out of place too.", current.Set.Correlations.Sum(c => c.State.TooLate));
        to.Add("juming_detection_rules_refused", "gauge", "Documents that can't be used.", current.Set.Refused.Count);
    }
}
