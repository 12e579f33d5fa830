using Juming.Site.Detection.Rules;
using Juming.Site.Events;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Detection.Alerts;

/// <summary>Asks the rules in force about stored batches and hands what they found to the writer's queue.</summary>
internal sealed partial class DetectionMatcher(RulesInForce rules, MatchQueue queue, WarmMarks marks, ILogger<DetectionMatcher> log) : IBatchMatcher
{
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
        var matches = new BatchMatches(from, to);
        if (batch.Count > 0) marks.Note(to, batch.Events[0].Received);
        try
        {
            rules.Current?.Match(batch, matches, _observer);
        }
        catch (Exception e)
        {
            LogFailed(log, to, e);
        }
        return matches;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Batch {Sequence} could not be matched to its end")]
    private static partial void LogFailed(ILogger log, long sequence, Exception error);
}

/// <summary>Remembers which batches were received when, so that a restart knows where to begin rebuilding what correlations remember.</summary>
internal sealed class WarmMarks
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, long> _receivedBySequence = [];

    /// <summary>Notes the receipt of a batch, microseconds since 1970 UTC.</summary>
    public void Note(long sequence, long received)
    {
        lock (_gate) _receivedBySequence[sequence] = received;
    }

    /// <summary>The batch before the first one that was received within the span before a batch; forgets older ones.</summary>
    public long From(long sequence, TimeSpan span)
    {
        lock (_gate)
        {
            if (!_receivedBySequence.TryGetValue(sequence, out var at)) return sequence;
            var since = at - (long)span.TotalMicroseconds;
            var before = sequence;
            while (_receivedBySequence.Count > 0)
            {
                var first = _receivedBySequence.First();
                if (first.Value >= since || first.Key > sequence)
                {
                    before = Math.Min(sequence, first.Key - 1);
                    break;
                }
                _receivedBySequence.Remove(first.Key);
            }
            return before;
        }
    }
}
