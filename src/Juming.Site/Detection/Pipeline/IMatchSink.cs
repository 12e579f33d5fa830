using Juming.Site.Events;

namespace Juming.Site.Detection.Pipeline;

/// <summary>Takes what the matcher finds. Called on the worker's thread within <see cref="RuleMatcher.Match"/>; several workers call their own sinks at once.</summary>
internal interface IMatchSink
{
    /// <summary>A rule holds for an event.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="batch">Batch of the event.</param>
    /// <param name="index">Index of the event.</param>
    /// <param name="fields">Numbers of the fields that made it hold; valid during the call.</param>
    /// <param name="keyword">What was found in the whole message, or null where it was not searched.</param>
    void Matched(CompiledRule rule, EventBatch batch, int index, ReadOnlySpan<ushort> fields, string? keyword);

    /// <summary>A correlation holds.</summary>
    /// <param name="match">What came together. The list of events is the sink's to keep.</param>
    /// <param name="batch">Batch of the event that completed it, or null when a window's end did.</param>
    /// <param name="index">Index of that event; -1 when a window's end completed it.</param>
    void Correlated(CorrelationMatch match, EventBatch? batch, int index);
}

/// <summary>A correlation that holds.</summary>
/// <param name="Correlation">The correlation.</param>
/// <param name="Group">Values of the group-by fields, in their order; empty text for an absent one.</param>
/// <param name="First">Event time of the first contributing event, microseconds since 1970 UTC.</param>
/// <param name="Last">Event time of the last.</param>
/// <param name="Figure">Count, sum, average or percentile that met the condition; for temporal kinds the number of rules.</param>
/// <param name="Events">Identities of contributing events in order of event time: the first ones and the last, at most <see cref="CorrelationState.MostEvents"/>.</param>
/// <param name="LateEvents">Some event came so late that its receipt was taken as its time.</param>
internal sealed record CorrelationMatch(CompiledCorrelation Correlation, IReadOnlyList<string> Group, long First, long Last, double Figure, IReadOnlyList<Guid> Events, bool LateEvents);
