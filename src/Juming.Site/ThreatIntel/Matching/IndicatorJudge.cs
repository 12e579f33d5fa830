using System.Collections.Concurrent;
using Juming.Site.Detection;
using Juming.Site.Events;
using Juming.Site.ThreatIntel.InForce;

namespace Juming.Site.ThreatIntel.Matching;

/// <summary>Asks the indicators in force about every event, beside the rules.</summary>
internal sealed class IndicatorJudge(IndicatorsInForce inForce, FindingMaker maker, IntelSettings settings, TimeProvider clock) : IBatchJudge
{
    private readonly ConcurrentBag<IndicatorMatcher> _idle = [];

    /// <inheritdoc/>
    public void Judge(EventBatch batch, IFindings findings)
    {
        var now = inForce.Now;
        if (now.View.IsEmpty) return;
        if (!_idle.TryTake(out var matcher)) matcher = new IndicatorMatcher(maker, settings.LeastConfidence);
        matcher.Match(batch, FindingMaker.Live, now, clock.GetUtcNow(), findings);
        _idle.Add(matcher);
    }
}
