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
            correlation.State.Close(until, f => Tell(correlation, f, sink, null, null));
    }

    /// <summary>A rule holds for the event at hand.</summary>
    internal static void Report(MatchScratch scratch, CompiledRule rule)
    {
        if (rule.Alerts)
        {
            scratch.Matched.Clear();
            rule.Condition.Explain(scratch, scratch.Matched);
            scratch.Sink.Matched(rule, scratch.Batch, scratch.Index, scratch.Matched.Items, scratch.Matched.Keyword);
        }
        foreach (var feed in rule.Feeds) Feed(scratch, rule, feed);
    }

    private static void Feed(MatchScratch scratch, CompiledRule rule, CorrelationFeed feed)
    {
        var correlation = feed.To;
        if (correlation.Cost.IsCutOff || rule.IsExcepted(scratch, correlation.Spec)) return;
        var start = correlation.Cost.Begin();
        if (TryKey(scratch, correlation.GroupBy[feed.Place], out var key) && TryValue(scratch, correlation, feed.Place, out var value, out var number))
        {
            ref readonly var header = ref scratch.Batch.Events[scratch.Index];
            correlation.State.Add(key, () => Texts(scratch, correlation.GroupBy[feed.Place]), feed.Place, TimeOf(header, scratch.Rules.IsLive), header.Received, header.Id, value, number,
                f => Tell(correlation, f, scratch.Sink, scratch, rule));
        }
        correlation.Cost.End(start);
    }

    /// <summary>Where an event stands in time. Live, nothing happens after it was received: one fast clock must not age what others sent.</summary>
    private static long TimeOf(in EventHeader header, bool isLive) =>
        !isLive ? header.Time : (header.Flags & EventFlags.TimeSuspect) != 0 ? header.Received : Math.Min(header.Time, header.Received);

    private static bool TryValue(MatchScratch scratch, CompiledCorrelation correlation, int place, out ulong value, out double number)
    {
        (value, number) = (0, 0);
        switch (correlation.Spec.Kind)
        {
            case CorrelationKind.ValueCount:
                if (!TryKey(scratch, correlation.Values[place], out var values)) return false;
                value = (ulong)values;
                return true;
            case CorrelationKind.ValueSum or CorrelationKind.ValueAverage or CorrelationKind.ValuePercentile: return TryNumber(scratch, correlation.Values[place], out number);
            default: return true;
        }
    }

    private static void Tell(CompiledCorrelation correlation, CorrelationState.Finding f, IMatchSink sink, MatchScratch? scratch, CompiledRule? rule, int depth = 0)
    {
        if (correlation.Alerts)
            sink.Correlated(new CorrelationMatch(correlation, f.Group, f.First, f.Last, f.Figure, f.Events, f.Late), scratch?.Batch, scratch?.Index ?? -1);
        const int deepest = 16;
        if (depth >= deepest) return;
        foreach (var feed in correlation.Feeds) PassOn(correlation, f, feed, sink, scratch, rule, depth + 1);
    }

    /// <summary>Passes a finding on to an outer correlation. Its group and its value are made of the inner group's values: which event completed the inner one is chance.</summary>
    private static void PassOn(CompiledCorrelation inner, CorrelationState.Finding f, CorrelationFeed feed, IMatchSink sink, MatchScratch? scratch, CompiledRule? rule, int depth)
    {
        var outer = feed.To;
        if (outer.Cost.IsCutOff || (scratch is not null && rule?.IsExcepted(scratch, outer.Spec) == true)) return;
        var start = outer.Cost.Begin();
        var (groupBy, valueFields) = outer.Passed[feed.Place]!;
        string[] group = [.. groupBy.Select(i => f.Group[i])];
        double number = 0;
        if (outer.Spec.Kind is not (CorrelationKind.ValueSum or CorrelationKind.ValueAverage or CorrelationKind.ValuePercentile) || Numbers.TryParse(Encoding.UTF8.GetBytes(f.Group[valueFields[0]]), out number))
        {
            var receipt = scratch is null ? Math.Max(f.Last, inner.State.Now) : scratch.Batch.Events[scratch.Index].Received;
            outer.State.Add(KeyOf(group), () => group, feed.Place, f.Last, receipt, f.Events.Length > 0 ? f.Events[^1] : Guid.Empty, (ulong)KeyOf(valueFields.Select(i => f.Group[i])), number,
                g => Tell(outer, g, sink, scratch, rule, depth));
        }
        outer.Cost.End(start);
    }

    private static UInt128 KeyOf(IEnumerable<string> values)
    {
        var key = UInt128.Zero;
        foreach (var value in values) key = Combine(key, Bytes.Lower(Encoding.UTF8.GetBytes(value)));
        return key;
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
