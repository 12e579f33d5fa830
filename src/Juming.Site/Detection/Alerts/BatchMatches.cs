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
    public void Add(EventBatch batch, int index, AlertRule rule)
    {
        ref var header = ref batch.Events[index];
        ref var hits = ref CollectionsMarshal.GetValueRefOrAddDefault(Hits, rule, out _);
        hits.Matches++;
        if (header.Received > hits.LastReceived) hits.LastReceived = header.Received;
        if (rule.Mode != RuleMode.Enabled) return;
        var parties = Parties.Of(batch, index, rule);
        var key = parties.FoldKey(batch, index, rule);
        var result = AttackResults.Of(batch, index);
        ref var open = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, key, out _);
        if (open is not null && open.Takes(header.Time, header.Time))
        {
            open.Add(header.Time, header.Id, result);
            return;
        }
        open = Fold.Open(batch, index, rule, parties, key, result);
        open.Sequence = To;
        Folds.Add(open);
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
