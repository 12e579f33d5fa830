using Juming.Site.Detection.Data;

namespace Juming.Site.Detection.Alerts;

/// <summary>What the next commit writes. Everything stays in it until a commit has succeeded, so a failed one is simply tried again.</summary>
internal sealed class AlertLedger(FoldTable folds, StormGuard storms)
{
    /// <summary>Folds that changed.</summary>
    public List<Fold> Dirty { get; } = [];

    /// <summary>Matches by rule and hour of receipt.</summary>
    public Dictionary<(string Rule, long Hour), RuleCount> Hits { get; } = [];

    /// <summary>Last batch that is taken in.</summary>
    public long Sequence { get; set; }

    /// <summary>Takes in a batch; batches come in the store's order.</summary>
    public void Take(BatchMatches matches)
    {
        foreach (var (rule, count) in matches.Hits) Count(rule, count);
        foreach (var fold in matches.Folds)
        {
            var changed = folds.Take(fold);
            if (ReferenceEquals(changed, fold) && fold.Opening is { } opening)
            {
                // The mode may have changed since the batch was matched.
                if (opening.Rule.Mode != RuleMode.Enabled)
                {
                    folds.Forget(fold);
                    continue;
                }
                if (storms.Roll(fold) is { } roll)
                {
                    folds.Forget(fold);
                    changed = folds.Take(roll);
                }
                if (changed.Opening is not null && changed.Count == fold.Count) CountAlert(opening);
            }
            Mark(changed);
        }
        Sequence = matches.To;
    }

    /// <summary>Takes in an alert that no rule made.</summary>
    public void TakeCode(Fold fold) => Mark(folds.Take(fold));

    /// <summary>Everything is durable.</summary>
    public void Clear()
    {
        foreach (var fold in Dirty)
        {
            fold.Opening = null;
            fold.IsDirty = false;
        }
        Dirty.Clear();
        Hits.Clear();
    }

    private void Mark(Fold fold)
    {
        if (fold.IsDirty) return;
        fold.IsDirty = true;
        Dirty.Add(fold);
    }

    private void Count(AlertRule rule, RuleCount count)
    {
        var key = (rule.Id, count.LastReceived / 3_600_000_000L);
        var sum = Hits.GetValueOrDefault(key);
        sum.Matches += count.Matches;
        sum.LastReceived = Math.Max(sum.LastReceived, count.LastReceived);
        Hits[key] = sum;
    }

    private void CountAlert(NewAlert opening)
    {
        var key = (opening.Rule.Id, opening.Received / 3_600_000_000L);
        var sum = Hits.GetValueOrDefault(key);
        sum.Alerts++;
        sum.LastReceived = Math.Max(sum.LastReceived, opening.Received);
        Hits[key] = sum;
    }
}
