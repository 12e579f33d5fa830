using System.Runtime.InteropServices;
using Juming.Site.Events;

namespace Juming.Site.Detection.Alerts;

/// <summary>What matching one batch brought, already folded inside the batch. Filled by one worker, then owned by the writer.</summary>
/// <param name="from">First sequence it answers for.</param>
/// <param name="to">Last sequence it answers for.</param>
/// <param name="rules">How matches fold.</param>
internal sealed class BatchMatches(long from, long to, FoldRules? rules = null)
{
    private readonly FoldRules _fold = rules ?? FoldRules.Default;
    private readonly Dictionary<Guid, Fold> _open = [];

    /// <summary>First sequence it answers for.</summary>
    public long From { get; } = from;

    /// <summary>Last sequence it answers for.</summary>
    public long To { get; } = to;

    /// <summary>Folds in the order in which they were opened.</summary>
    public List<Fold> Folds { get; } = [];

    /// <summary>Matches by rule, alerting or not.</summary>
    public Dictionary<AlertRule, RuleCount> Hits { get; } = [];

    /// <summary>Counts a match and folds it, unless its rule only counts.</summary>
    /// <param name="batch">Batch of the event.</param>
    /// <param name="index">Index of the event.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="fields">Fields that made it hold; empty for all.</param>
    /// <param name="keyword">What was found in the whole message, or null.</param>
    public void Add(EventBatch batch, int index, AlertRule rule, ReadOnlySpan<ushort> fields, string? keyword = null)
    {
        ref var header = ref batch.Events[index];
        if (!Count(rule, header.Received)) return;
        var parties = Parties.Of(batch, index, rule);
        var key = parties.FoldKey(batch, index, rule);
        var result = AttackResults.Of(batch, index);
        ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, key, out _);
        // A replay tells the past, so its events' own times count; live, a clock that is a day off would hide or lose the alert.
        var estimated = _fold.IsLive && (header.Flags & EventFlags.TimeSuspect) != 0;
        var at = estimated ? header.Received : header.Time;
        if (open is null || !open.Takes(at, at, _fold.Longest))
        {
            open = Fold.Open(batch, index, rule, parties, key, at, new MatchedParts(fields, keyword));
            open.Sequence = To;
            Folds.Add(open);
        }
        open.Add(at, header.Id, result, estimated);
    }

    /// <summary>Counts a finding and folds it.</summary>
    /// <param name="batch">Batch of the event.</param>
    /// <param name="index">Index of the event.</param>
    /// <param name="finding">What was found.</param>
    public void Add(EventBatch batch, int index, Finding finding)
    {
        ref var header = ref batch.Events[index];
        Count(FindingAlerts.CountedAs(finding.Code), header.Received);
        var estimated = _fold.IsLive && (header.Flags & EventFlags.TimeSuspect) != 0;
        var at = estimated ? header.Received : header.Time;
        var key = FindingAlerts.KeyOf(finding, at);
        ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, key, out _);
        if (open is null)
        {
            open = FindingAlerts.Open(batch, index, finding, key, at);
            open.Sequence = To;
            Folds.Add(open);
        }
        open.Add(at, header.Id, AttackResults.Of(batch, index), estimated);
    }

    /// <summary>Counts what several events made a correlation say.</summary>
    public void Add(AlertRule rule, Fold fold, long received)
    {
        if (!Count(rule, received)) return;
        fold.Sequence = To;
        Folds.Add(fold);
    }

    private bool Count(AlertRule rule, long received)
    {
        ref var hits = ref CollectionsMarshal.GetValueRefOrAddDefault(Hits, rule, out _);
        hits.Matches++;
        if (received > hits.LastReceived) hits.LastReceived = received;
        return rule.Mode == RuleMode.Enabled;
    }
}

/// <summary>How matches fold.</summary>
/// <param name="Longest">Longest span of an alert by event time, microseconds.</param>
/// <param name="IsLive">Events are fresh: a time that is far from receipt is a wrong clock.</param>
internal sealed record FoldRules(long Longest, bool IsLive)
{
    /// <summary>An hour, live.</summary>
    public static readonly FoldRules Default = new(Fold.Longest, true);
}

/// <summary>Matches of one rule in one batch.</summary>
internal struct RuleCount
{
    /// <summary>How many.</summary>
    public long Matches;

    /// <summary>Alerts newly opened.</summary>
    public long Alerts;

    /// <summary>Receipt of the last, microseconds since 1970 UTC.</summary>
    public long LastReceived;
}
