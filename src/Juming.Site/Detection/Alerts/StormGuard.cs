using System.Runtime.InteropServices;

namespace Juming.Site.Detection.Alerts;

/// <summary>Bounds on new alerts, by receipt.</summary>
/// <param name="PerAttacker">Most of one rule by one attacker within an hour.</param>
/// <param name="PerRule">Most of one rule within a minute; one attacker counts for at most a tenth of it.</param>
/// <param name="Spell">How long a rule is rolled into one alert once it storms, microseconds.</param>
internal sealed record StormLimits(int PerAttacker, int PerRule, long Spell)
{
    /// <summary>No bounds.</summary>
    public static readonly StormLimits None = new(int.MaxValue, int.MaxValue, 0);
}

/// <summary>
/// Rolls what would be too many alerts into one that counts on. First by rule and attacker, so that a scanner costs itself its details and nobody else;
/// only when many attackers make one rule storm the rule as a whole, and that ends by itself. A subject that was not seen before always makes an alert.
/// </summary>
internal sealed class StormGuard(StormLimits limits)
{
    private const int MostWatched = 100_000;
    private const int MostSubjects = 100;
    private const int ShareOfOne = 10;
    private const long Minute = 60_000_000;
    private const long Hour = 60 * Minute;

    private readonly Dictionary<(string Rule, string Who), (long Hour, int Alerts, long Minute, int InMinute)> _attackers = [];
    private readonly Dictionary<string, Spell> _rules = new(StringComparer.Ordinal);

    private sealed class Spell
    {
        public readonly HashSet<string> Subjects = new(StringComparer.OrdinalIgnoreCase);
        public long Minute;
        public int Alerts;
        public long Until;
    }

    /// <summary>Rules that began to storm, with the end of it in microseconds since 1970 UTC; emptied by who reads it.</summary>
    public List<(AlertRule Rule, long Until)> Begun { get; } = [];

    /// <summary>Looks at a new alert.</summary>
    /// <returns>The rolling alert it goes into, or null when it may be one of its own.</returns>
    public Fold? Roll(Fold fold)
    {
        var opening = fold.Opening!;
        if (!_rules.TryGetValue(opening.Rule.Id, out var rule)) _rules[opening.Rule.Id] = rule = new Spell();
        if (opening.Received < rule.Until) return RollRule(fold, rule);
        if (_attackers.Count >= MostWatched) _attackers.Clear();
        ref var who = ref CollectionsMarshal.GetValueRefOrAddDefault(_attackers, (opening.Rule.Id, opening.Who), out _);
        if (who.Hour != opening.Received / Hour) who = (opening.Received / Hour, 0, 0, 0);
        if (who.Alerts >= limits.PerAttacker) return Fold.Roll(fold, Rolling.Attacker, $"{opening.Who}\n{opening.Subject}");
        who.Alerts++;
        var minute = opening.Received / Minute;
        if (who.Minute != minute) (who.Minute, who.InMinute) = (minute, 0);
        if (++who.InMinute > Math.Max(1, limits.PerRule / ShareOfOne)) return null;
        if (rule.Minute != minute) (rule.Minute, rule.Alerts) = (minute, 0);
        if (rule.Alerts++ < limits.PerRule) return null;
        rule.Until = opening.Received + limits.Spell;
        rule.Subjects.Clear();
        Begun.Add((opening.Rule, rule.Until));
        return RollRule(fold, rule);
    }

    private static Fold RollRule(Fold fold, Spell rule)
    {
        var subject = fold.Opening!.Subject ?? "";
        var isKnown = rule.Subjects.Contains(subject) || (rule.Subjects.Count < MostSubjects && rule.Subjects.Add(subject));
        return Fold.Roll(fold, Rolling.Rule, isKnown ? subject : "");
    }
}
