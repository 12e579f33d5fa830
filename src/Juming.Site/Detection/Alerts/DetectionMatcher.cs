using Juming.Platform.Modules;
using Juming.Site.Detection.Rules;
using Juming.Site.Events;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Detection.Alerts;

/// <summary>Asks the rules in force, and who else judges events, about stored batches and hands what they found to the writer's queue.</summary>
internal sealed partial class DetectionMatcher(
    RulesInForce rules, MatchQueue queue, WarmMarks marks, TierContext tier, DetectionSettings settings, IEnumerable<IBatchJudge> judges, ILogger<DetectionMatcher> log) : IBatchMatcher
{
    private readonly IBatchJudge[] _judges = [.. judges];
    private readonly FoldRules _fold = new((long)TimeSpan.FromMinutes(settings.AlertMinutes).TotalMicroseconds, !tier.Offline);
    private volatile Action<ObservedMatch>? _observer;

    /// <summary>Is told of every single match; null for nobody.</summary>
    public void Observe(Action<ObservedMatch>? observer) => _observer = observer;

    /// <inheritdoc/>
    public void Match(EventBatch batch)
    {
        var sequence = batch.Sequence;
        if (!queue.TryBegin(sequence)) return;
        queue.Complete(Ask(batch, sequence, sequence));
    }

    /// <summary>Matches one batch; what fails is counted as unmatched and said loudly, because a batch that stopped the queue would stop detection.</summary>
    public BatchMatches Ask(EventBatch batch, long from, long to)
    {
        var matches = new BatchMatches(from, to, _fold);
        if (batch.Count > 0) marks.Note(to, batch.Events[0].Received);
        try
        {
            rules.Current?.Match(batch, matches, _observer);
            foreach (var judge in _judges) judge.Judge(batch, new Findings(matches, batch));
        }
        catch (Exception e)
        {
            LogFailed(log, to, e);
        }
        return matches;
    }

    private sealed class Findings(BatchMatches matches, EventBatch batch) : IFindings
    {
        public void Add(int index, Finding finding) => matches.Add(batch, index, finding);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Batch {Sequence} could not be matched to its end")]
    private static partial void LogFailed(ILogger log, long sequence, Exception error);
}

/// <summary>
/// Remembers which batches were received when, so that a restart knows where to begin rebuilding what correlations remember. One mark for each ten
/// seconds of receipt, so that a day is a few thousand marks.
/// </summary>
internal sealed class WarmMarks
{
    private const long Step = 10_000_000;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, long> _firstByStep = [];

    /// <summary>Notes the receipt of a batch, microseconds since 1970 UTC.</summary>
    public void Note(long sequence, long received)
    {
        lock (_gate)
            if (!_firstByStep.TryGetValue(received / Step, out var first) || sequence < first) _firstByStep[received / Step] = sequence;
    }

    /// <summary>The batch before the first one that was received within the span before a batch; forgets older ones.</summary>
    public long From(long sequence, TimeSpan span)
    {
        lock (_gate)
        {
            long? at = null;
            foreach (var (step, first) in _firstByStep)
                if (first <= sequence) at = step;
            if (at is not { } newest) return sequence;
            var since = newest - 1 - ((long)span.TotalMicroseconds / Step);
            foreach (var step in _firstByStep.Keys.TakeWhile(s => s < since).ToList()) _firstByStep.Remove(step);
            return Math.Min(sequence, _firstByStep.First().Value - 1);
        }
    }
}
