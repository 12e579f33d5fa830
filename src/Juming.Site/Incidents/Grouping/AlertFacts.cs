using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;

namespace Juming.Site.Incidents.Grouping;

/// <summary>What grouping looks at in an alert.</summary>
internal sealed class AlertFacts
{
    private const int MostPart = 400;

    private AlertFacts(MemberRow row, IAssetDirectory assets)
    {
        Row = row;
        AttackerKey = PartyKeys.Of(PartyKind.Attacker, row.Attacker);
        AccountKey = PartyKeys.Of(PartyKind.Account, row.Account);
        AttackerAsTarget = PartyKeys.Targets(row.Attacker, assets);
        Targets = [.. PartyKeys.Targets(row.Victim, assets), .. PartyKeys.Targets(row.Host, assets)];
        Tactics = Grouping.Tactics.MaskOf(row.Tactics.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    public MemberRow Row { get; }

    /// <summary>Key of the attacker, or null.</summary>
    public string? AttackerKey { get; }

    /// <summary>Key of the account, or null.</summary>
    public string? AccountKey { get; }

    /// <summary>Keys under which the attacker would be known where it had been attacked itself.</summary>
    public IReadOnlyList<string> AttackerAsTarget { get; }

    /// <summary>Keys of what is attacked: victim, host, and the assets that these are.</summary>
    public IReadOnlyList<string> Targets { get; }

    public int Tactics { get; }
    public Severity Severity => (Severity)Row.Severity;
    public AttackResult Result => (AttackResult)Row.Result;

    public static AlertFacts Of(AlertView alert, IAssetDirectory assets) => new(new MemberRow
    {
        AlertId = alert.Id,
        RuleId = Cut(alert.RuleId, 200)!,
        Title = Cut(alert.Title, 1000)!,
        Severity = (int)alert.Severity,
        FirstAt = alert.FirstAt,
        LastAt = alert.LastAt < alert.FirstAt ? alert.FirstAt : alert.LastAt,
        DetectedAt = alert.DetectedAt,
        Attacker = Cut(alert.Attacker),
        Victim = Cut(alert.Victim),
        Host = Cut(alert.Host),
        Account = Cut(alert.Account),
        Result = (int)alert.Result,
        Matches = Math.Max(1, alert.Count),
        Tactics = string.Join(' ', alert.Tactics.Take(14)),
        Techniques = string.Join(' ', alert.Techniques.Take(20)),
    }, assets);

    public static AlertFacts Of(MemberRow row, IAssetDirectory assets) => new(row, assets);

    /// <summary>What kind of attack the alert names, and how well it speaks for the whole: the worse and the later, the better.</summary>
    public (string Attack, int Rank) Attack()
    {
        var rank = (Row.Severity * 100) + Grouping.Tactics.Last(Tactics) + 1;
        var technique = Row.Techniques.Split(' ', 2)[0];
        if (technique.Length > 0) return (technique.Split('.')[0], rank);
        return Tactics != 0 ? (Grouping.Tactics.Of(Tactics).Last(), rank) : ("=" + Row.Title, rank);
    }

    private static string? Cut(string? text, int most = MostPart)
    {
        var trimmed = text?.Trim();
        return string.IsNullOrEmpty(trimmed) ? null : trimmed.Length <= most ? trimmed : trimmed[..most];
    }
}
