namespace Juming.Site.Detection.Sigma;

/// <summary>Tactics, techniques, groups and software of ATT&amp;CK that a rule's tags name.</summary>
internal sealed record AttackTags(IReadOnlyList<string> Tactics, IReadOnlyList<string> Techniques, IReadOnlyList<string> Groups, IReadOnlyList<string> Software, IReadOnlyList<string> Vulnerabilities)
{
    /// <summary>No tags.</summary>
    public static readonly AttackTags None = new([], [], [], [], []);

    private static readonly Dictionary<string, string> TacticIds = new(StringComparer.Ordinal)
    {
        ["reconnaissance"] = "TA0043",
        ["resource_development"] = "TA0042",
        ["initial_access"] = "TA0001",
        ["execution"] = "TA0002",
        ["persistence"] = "TA0003",
        ["privilege_escalation"] = "TA0004",
        ["defense_evasion"] = "TA0005",
        ["stealth"] = "TA0005",
        ["defense_impairment"] = "TA0112",
        ["credential_access"] = "TA0006",
        ["discovery"] = "TA0007",
        ["lateral_movement"] = "TA0008",
        ["collection"] = "TA0009",
        ["exfiltration"] = "TA0010",
        ["command_and_control"] = "TA0011",
        ["impact"] = "TA0040",
        ["inhibit_response_function"] = "TA0107",
        ["impair_process_control"] = "TA0106",
    };

    /// <summary>Enterprise tactics in the order of an attack.</summary>
    public static IReadOnlyList<string> TacticOrder { get; } =
        ["TA0043", "TA0042", "TA0001", "TA0002", "TA0003", "TA0004", "TA0005", "TA0112", "TA0006", "TA0007", "TA0008", "TA0009", "TA0011", "TA0010", "TA0040"];

    /// <summary>Reads tags; those of other name spaces and unknown ones are left out. Words may be joined by "-" or "_".</summary>
    public static AttackTags Parse(IEnumerable<string> tags)
    {
        List<string> tactics = [], techniques = [], groups = [], software = [], vulnerabilities = [];
        foreach (var raw in tags)
        {
            var tag = raw.Trim().ToLowerInvariant();
            if (tag.StartsWith("cve.", StringComparison.Ordinal)) AddOnce(vulnerabilities, "CVE-" + tag[4..].Replace('.', '-').Replace('_', '-'));
            if (!tag.StartsWith("attack.", StringComparison.Ordinal)) continue;
            var name = tag[7..];
            if (TacticIds.TryGetValue(name.Replace('-', '_'), out var id)) AddOnce(tactics, id);
            else if (name.StartsWith("ta", StringComparison.Ordinal) && IsNumber(name.AsSpan(2), 4)) AddOnce(tactics, name.ToUpperInvariant());
            else if (name.Length >= 5 && name[0] == 't' && IsNumber(name.AsSpan(1, 4), 4) && (name.Length == 5 || (name.Length == 9 && name[5] == '.' && IsNumber(name.AsSpan(6), 3)))) AddOnce(techniques, name.ToUpperInvariant());
            else if (name.Length == 5 && IsNumber(name.AsSpan(1), 4) && name[0] is 'g') AddOnce(groups, name.ToUpperInvariant());
            else if (name.Length == 5 && IsNumber(name.AsSpan(1), 4) && name[0] is 's') AddOnce(software, name.ToUpperInvariant());
        }
        return new AttackTags(tactics, techniques, groups, software, vulnerabilities);
    }

    private static bool IsNumber(ReadOnlySpan<char> text, int digits) => text.Length == digits && !text.ContainsAnyExceptInRange('0', '9');

    private static void AddOnce(List<string> list, string item)
    {
        if (!list.Contains(item)) list.Add(item);
    }
}
