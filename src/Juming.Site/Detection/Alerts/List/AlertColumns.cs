using Juming.Site.Detection.Resources;
using Microsoft.Extensions.Localization;

namespace Juming.Site.Detection.Alerts.List;

/// <summary>Columns of the list of alerts; the title is always there.</summary>
internal static class AlertColumns
{
    /// <summary>Under which name a person's choice is remembered.</summary>
    public const string Preference = "detection.alert-columns";

    /// <summary>None of them: what a list without columns of choice is remembered as.</summary>
    private const string Nothing = "-";

    private static readonly (string Key, string Label)[] Columns =
    [
        ("severity", "Severity"), ("title", "Title"), ("attacker", "Attacker"), ("victim", "Victim"), ("host", "Host"), ("account", "Account"),
        ("result", "Result"), ("count", "Count"), ("first", "FirstSeen"), ("last", "LastSeen"), ("state", "State"),
    ];

    /// <summary>What is shown to who chose nothing.</summary>
    public static readonly IReadOnlyList<string> Usual = ["severity", "attacker", "victim", "host", "result", "count", "last", "state"];

    /// <summary>What can be chosen: key and name.</summary>
    public static IReadOnlyList<(string Key, string Name)> Offered(IStringLocalizer<DetectionTexts> texts) => [.. Columns.Where(c => c.Key != "title").Select(c => (c.Key, texts[c.Label].Value))];

    /// <summary>A remembered choice; what it names and is no longer there is left out.</summary>
    public static IReadOnlyList<string> Read(string remembered) =>
        remembered.Length == 0 ? Usual : [.. Columns.Select(c => c.Key).Where(k => k != "title").Intersect(remembered.Split(',', StringSplitOptions.TrimEntries))];

    /// <summary>A choice as it is remembered.</summary>
    public static string Write(IReadOnlyList<string> chosen) => chosen.SequenceEqual(Usual) ? "" : chosen.Count == 0 ? Nothing : string.Join(',', chosen);

    /// <summary>Columns of the table, in their order: key and key of the label.</summary>
    public static IEnumerable<(string Key, string Label)> Shown(IReadOnlyList<string> chosen) => Columns.Where(c => c.Key == "title" || chosen.Contains(c.Key));
}
