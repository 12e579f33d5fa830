using System.Collections.Concurrent;
using System.Text;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;

namespace Juming.Site.Detection.Pipeline;

/// <summary>
/// Matches batches against the current rule set. Called by several workers at once, each with its own batch and sink. The rule set is replaced by one
/// reference; a batch is matched against one set from start to end.
/// </summary>
internal sealed class RuleMatcher
{
    private readonly ConcurrentBag<MatchScratch> _scratches = [];
    private RuleSet _rules = RuleSet.Empty;

    /// <summary>The rule set in use.</summary>
    public RuleSet Rules => Volatile.Read(ref _rules);

    /// <summary>Replaces the rule set.</summary>
    public void Use(RuleSet rules) => Volatile.Write(ref _rules, rules);

    /// <summary>Matches all events of a batch.</summary>
    public void Match(EventBatch batch, IMatchSink sink)
    {
        var rules = Rules;
        var scratch = Take(rules);
        scratch.Sink = sink;
        for (var i = 0; i < batch.Count; i++)
        {
            scratch.Begin(batch, i);
            var lanes = rules.Router.Route(scratch, scratch.Lanes);
            for (var l = 0; l < lanes; l++)
            {
                var lane = scratch.Lanes[l];
                scratch.LaneSeen[lane.Index]++;
                lane.Run(scratch);
            }
        }
        BookSeen(rules, scratch, batch);
        scratch.Sink = null!;
        if (ReferenceEquals(rules, Rules)) _scratches.Add(scratch);
        if (rules.ClosingCorrelations.Length > 0) CloseWindows(null, sink);
    }

    /// <summary>Judges correlation windows that have ended; for times in which no events come.</summary>
    /// <param name="now">Time by which windows have ended, or null for the newest event time.</param>
    /// <param name="sink">Who is told.</param>
    public void CloseWindows(DateTimeOffset? now, IMatchSink sink)
    {
        long? until = now is { } t ? t.ToUnixTimeMilliseconds() * 1000 : null;
        foreach (var correlation in Rules.ClosingCorrelations)
            correlation.State.Close(until, f => Tell(correlation, f, sink, null));
    }

    /// <summary>A rule holds for the event at hand.</summary>
    internal static void Report(MatchScratch scratch, CompiledRule rule)
    {
        if (rule.Alerts)
        {
            scratch.Matched.Clear();
            rule.Condition.Explain(scratch, scratch.Matched);
            scratch.Sink.Matched(rule, scratch.Batch, scratch.Index, scratch.Matched.Items);
        }
        foreach (var feed in rule.Feeds) Feed(scratch, feed, 0);
    }

    private static void Feed(MatchScratch scratch, CorrelationFeed feed, int depth)
    {
        var correlation = feed.To;
        if (!TryKey(scratch, correlation.GroupBy[feed.Place], out var key)) return;
        ulong value = 0;
        double number = 0;
        if (correlation.Spec.Kind is CorrelationKind.ValueCount)
        {
            if (!TryKey(scratch, correlation.Values[feed.Place], out var values)) return;
            value = (ulong)values;
        }
        else if (correlation.Spec.Kind is CorrelationKind.ValueSum or CorrelationKind.ValueAverage or CorrelationKind.ValuePercentile)
        {
            if (!TryNumber(scratch, correlation.Values[feed.Place], out number)) return;
        }
        var header = scratch.Batch.Events[scratch.Index];
        var time = (header.Flags & EventFlags.TimeSuspect) != 0 ? header.Received : header.Time;
        correlation.State.Add(key, () => Texts(scratch, correlation.GroupBy[feed.Place]), feed.Place, time, header.Received, header.Id, value, number,
            f => Tell(correlation, f, scratch.Sink, scratch, depth));
    }

    private static void Tell(CompiledCorrelation correlation, CorrelationState.Finding f, IMatchSink sink, MatchScratch? scratch, int depth = 0)
    {
        if (correlation.Alerts)
            sink.Correlated(new CorrelationMatch(correlation, f.Group, f.First, f.Last, f.Figure, f.Events, f.Late), scratch?.Batch, scratch?.Index ?? -1);
        const int deepest = 16;
        if (depth >= deepest) return;
        foreach (var feed in correlation.Feeds)
            if (scratch is not null) Feed(scratch, feed, depth + 1);
            else FeedWithout(correlation, f, feed, sink);
    }

    /// <summary>Passes on what a window's end has found: there is no event at hand, so the outer group is made of the inner group's values.</summary>
    private static void FeedWithout(CompiledCorrelation inner, CorrelationState.Finding f, CorrelationFeed feed, IMatchSink sink)
    {
        var outer = feed.To;
        if (outer.Spec.ValueFields.Count > 0) return;
        var values = new string[outer.Spec.GroupBy.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var at = inner.Spec.GroupBy.ToList().IndexOf(outer.Spec.GroupBy[i]);
            if (at < 0) return;
            values[i] = f.Group[at];
        }
        var key = UInt128.Zero;
        foreach (var value in values) key = Combine(key, Bytes.Lower(Encoding.UTF8.GetBytes(value)));
        outer.State.Add(key, () => values, feed.Place, f.Last, f.Last, f.Events.Length > 0 ? f.Events[^1] : Guid.Empty, 0, 0, g => Tell(outer, g, sink, null));
    }

    /// <summary>Identity of the values of some slots, without regard to ASCII case. An event that lacks one belongs to no group.</summary>
    private static bool TryKey(MatchScratch scratch, Slot[] slots, out UInt128 key)
    {
        key = UInt128.Zero;
        foreach (var slot in slots)
        {
            var state = scratch.Resolve(slot);
            if (state.Count == 0) return false;
            key = Combine(key, scratch.Lower(ref scratch.Value(state.First)));
        }
        return true;
    }

    private static UInt128 Combine(UInt128 key, ReadOnlySpan<byte> value)
    {
        // Two independent 64-bit halves: one over the bytes, one over byte and place, so that no accident joins two groups.
        var a = Bytes.Hash(value);
        ulong b = 0xCBF29CE484222325;
        foreach (var x in value) b = (b ^ x) * 0x100000001B3;
        return new UInt128(((ulong)(key >> 64) * 0x9E3779B97F4A7C15) ^ a, ((ulong)key * 0xC2B2AE3D27D4EB4F) ^ b ^ (b >> 31));
    }

    private static bool TryNumber(MatchScratch scratch, Slot[] slots, out double number)
    {
        number = 0;
        var state = scratch.Resolve(slots[0]);
        return state.Count > 0 && Numbers.TryParse(scratch.Raw(scratch.Value(state.First)), out number);
    }

    private static string[] Texts(MatchScratch scratch, Slot[] slots)
    {
        var texts = new string[slots.Length];
        for (var i = 0; i < slots.Length; i++) texts[i] = Encoding.UTF8.GetString(scratch.Raw(scratch.Value(scratch.Resolve(slots[i]).First)));
        return texts;
    }

    private static void BookSeen(RuleSet rules, MatchScratch scratch, EventBatch batch)
    {
        var receipt = batch.Count > 0 ? batch.Events[batch.Count - 1].Received : 0;
        var seen = scratch.LaneSeen;
        for (var i = 0; i < seen.Length; i++)
        {
            if (seen[i] == 0) continue;
            rules.Lanes[i].CountSeen(seen[i], receipt);
            seen[i] = 0;
        }
    }

    private MatchScratch Take(RuleSet rules)
    {
        while (_scratches.TryTake(out var scratch))
            if (ReferenceEquals(scratch.Rules, rules)) return scratch;
        return new MatchScratch(rules);
    }
}
