using System.Runtime.InteropServices;
using Juming.Site.Events;

namespace Juming.Site.Detection.Alerts;

/// <summary>What matching one batch brought, already folded inside the batch. Filled by one worker, then owned by the writer.</summary>
internal sealed class BatchMatches(long from, long to)
{
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
    public void Add(EventBatch batch, int index, AlertRule rule, ReadOnlySpan<ushort> fields)
    {
        ref var header = ref batch.Events[index];
        if (!Count(rule, header.Received)) return;
        var parties = Parties.Of(batch, index, rule);
        var key = parties.FoldKey(batch, index, rule);
        var result = AttackResults.Of(batch, index);
        ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, key, out _);
        if (open is not null && open.Takes(header.Time, header.Time))
        {
            open.Add(header.Time, header.Id, result);
            return;
        }
        open = Fold.Open(batch, index, rule, parties, key, result, fields);
        open.Sequence = To;
        Folds.Add(open);
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
