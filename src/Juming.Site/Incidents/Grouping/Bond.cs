using System.Globalization;
using Juming.Site.Detection;

namespace Juming.Site.Incidents.Grouping;

/// <summary>Why an alert belongs to a group; the stronger, the higher.</summary>
internal enum BondKind
{
    Account = 1,
    Target,
    Consequence,
    Attacker,
    Pivot,
    Pair,
}

/// <summary>A reason to put an alert to a group, explained by code and arguments.</summary>
internal sealed record Bond(BondKind Kind, Dictionary<string, string> Arguments)
{
    public string Code => Kind.ToString().ToLowerInvariant();

    public bool IsProgress => Arguments["because"] == "progress";

    /// <summary>The strongest reason why an alert belongs to a group, or null.</summary>
    public static Bond? Between(AlertFacts alert, OpenGroup group, IncidentsSettings settings, IReadOnlySet<string> sharedAccounts)
    {
        var gap = Gap(alert, group);
        if (gap > TimeSpan.FromHours(settings.RelatedHours)) return null;
        var near = gap <= TimeSpan.FromMinutes(settings.SameAttackerMinutes);
        var fresh = alert.Tactics & ~group.Tactics;
        var strong = (fresh != 0 && group.Tactics != 0) || alert.Severity >= Severity.High;
        var arguments = new Dictionary<string, string>(4)
        {
            ["because"] = fresh != 0 && group.Tactics != 0 ? "progress" : alert.Severity >= Severity.High ? "severity" : "near",
            ["minutes"] = ((long)gap.TotalMinutes).ToString(CultureInfo.InvariantCulture),
        };
        if (fresh != 0) arguments["tactic"] = Tactics.Of(fresh).Last();
        var known = group.Has(alert.AttackerKey);
        var target = group.Shares(alert.Targets) is { } shared ? Named(alert, shared) : null;
        if (known && target is not null) return new Bond(BondKind.Pair, With(arguments, "attacker", alert.Row.Attacker!, "target", target));
        if (strong && group.Shares(alert.AttackerAsTarget) is not null) return new Bond(BondKind.Pivot, With(arguments, "address", alert.Row.Attacker!));
        if (known && (near || strong)) return new Bond(BondKind.Attacker, With(arguments, "attacker", alert.Row.Attacker!));
        return Shared(alert, group, sharedAccounts, arguments, near || strong, strong, target);
    }

    private static Bond? Shared(AlertFacts alert, OpenGroup group, IReadOnlySet<string> sharedAccounts, Dictionary<string, string> arguments, bool close, bool strong, string? target)
    {
        // Two unrelated attackers of one victim are two incidents, unless the second "attacker" is where an intruder's own traffic goes.
        var stranger = alert.AttackerKey is not null && group.Attackers > 0 && !group.Has(alert.AttackerKey) && group.Shares(alert.AttackerAsTarget) is null;
        if (stranger)
        {
            var follows = Tactics.IsInside(alert.Tactics) && Tactics.Last(alert.Tactics) > Tactics.Last(group.Tactics) && (group.Severity >= Severity.High || PriorityRule.Worked(group.Result));
            return target is not null && follows ? new Bond(BondKind.Consequence, With(arguments, "target", target)) : null;
        }
        if (target is not null && close) return new Bond(BondKind.Target, With(arguments, "target", target));
        return strong && group.Has(alert.AccountKey) && !sharedAccounts.Contains(alert.Row.Account!) && !alert.Row.Account!.EndsWith('$')
            ? new Bond(BondKind.Account, With(arguments, "account", alert.Row.Account)) : null;
    }

    /// <summary>The target as the alert names it.</summary>
    private static string? Named(AlertFacts alert, string key) =>
        alert.Row.Victim is { } victim && key.AsSpan(2).Equals(victim, StringComparison.OrdinalIgnoreCase) ? victim : alert.Row.Host ?? alert.Row.Victim;

    private static TimeSpan Gap(AlertFacts alert, OpenGroup group)
    {
        if (alert.Row.FirstAt > group.Last) return alert.Row.FirstAt - group.Last;
        return alert.Row.LastAt < group.First ? group.First - alert.Row.LastAt : TimeSpan.Zero;
    }

    private static Dictionary<string, string> With(Dictionary<string, string> arguments, params ReadOnlySpan<string> pairs)
    {
        for (var i = 0; i < pairs.Length; i += 2) arguments[pairs[i]] = pairs[i + 1];
        return arguments;
    }
}
