namespace Juming.Site.Incidents.List;

/// <summary>Columns of the list of incidents. Number and title are always there: without them a row is nobody's.</summary>
internal static class IncidentColumns
{
    /// <summary>Under which name a person's choice is remembered.</summary>
    public const string Preference = "incidents.columns";

    /// <summary>None of them: what a page without columns of choice is remembered as.</summary>
    private const string Nothing = "-";

    /// <summary>Column by column: its key, the key of its label, the order that it sorts by or null, and whether it stays while an incident is open beside the list.</summary>
    private static readonly (string Key, string Label, string? Sort, bool IsNarrow)[] Columns =
    [
        ("severity", "Severity", "severity", true), ("priority", "Priority", "urgency", true), ("number", "Number", "number", true), ("title", "TitleLabel", null, true),
        ("tactics", "TacticsLabel", null, false), ("attacker", "Attacker", null, false), ("target", "Target", null, false), ("result", "ResultLabel", null, false), ("state", "StateLabel", "state", true),
        ("assignee", "Assignee", "assignee", true), ("alerts", "AlertsLabel", "alerts", false), ("occurred", "OccurredAt", null, false), ("detected", "DetectedAt", "detected", false), ("last", "LastAt", "last", true),
    ];

    private static readonly string[] Fixed = ["number", "title"];

    /// <summary>What is shown to who chose nothing.</summary>
    public static readonly IReadOnlyList<string> Usual = ["severity", "priority", "tactics", "state", "assignee", "alerts", "last"];

    /// <summary>What can be chosen: key and name.</summary>
    public static IReadOnlyList<(string Key, string Name)> Offered => [.. Columns.Where(c => !Fixed.Contains(c.Key)).Select(c => (c.Key, IncidentsTexts.Of(c.Label)))];

    /// <summary>A remembered choice; what it names and is no longer there is left out.</summary>
    public static IReadOnlyList<string> Read(string remembered) =>
        remembered.Length == 0 ? Usual : [.. Columns.Select(c => c.Key).Where(k => !Fixed.Contains(k)).Intersect(remembered.Split(',', StringSplitOptions.TrimEntries))];

    /// <summary>A choice as it is remembered.</summary>
    public static string Write(IReadOnlyList<string> chosen) => chosen.SequenceEqual(Usual) ? "" : chosen.Count == 0 ? Nothing : string.Join(',', chosen);

    /// <summary>Columns of the table, in their order: key, key of the label, order that they sort by.</summary>
    public static IEnumerable<(string Key, string Label, string? Sort)> Shown(IReadOnlyList<string> chosen, bool isNarrow) =>
        Columns.Where(c => (Fixed.Contains(c.Key) || chosen.Contains(c.Key)) && (c.IsNarrow || !isNarrow)).Select(c => (c.Key, c.Label, c.Sort));
}
