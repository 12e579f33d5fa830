using System.Net;
using System.Text;

namespace Juming.Site.Detection.Rules.Filters;

/// <summary>Writes site filters as Sigma filter documents and tries their tests on values that alerts show.</summary>
internal static class FilterText
{
    private static readonly string[] Comparisons = ["equals", "contains", "startswith", "endswith", "cidr"];

    /// <summary>True when nothing narrows it down: it names no rule or has no test with a value.</summary>
    public static bool IsTooWide(IReadOnlyList<string> rules, IReadOnlyList<FilterTest> tests) =>
        rules.Count == 0 || rules.Any(string.IsNullOrWhiteSpace) || tests.Count is 0 or > 20
        || tests.Any(t => string.IsNullOrWhiteSpace(t.Field) || !Comparisons.Contains(t.Comparison) || t.Values.Count is 0 or > 1000 || t.Values.Any(v => v.Trim('*', '?', ' ').Length == 0));

    /// <summary>The document.</summary>
    public static string Write(Guid id, string title, IReadOnlyList<string> rules, IReadOnlyList<FilterTest> tests)
    {
        var text = new StringBuilder();
        text.Append("title: ").AppendLine(Quoted(title)).Append("id: ").AppendLine(id.ToString());
        text.AppendLine("logsource: {}").AppendLine("filter:").AppendLine("  rules:");
        foreach (var rule in rules) text.Append("    - ").AppendLine(Quoted(rule));
        text.AppendLine("  selection:");
        foreach (var test in tests)
        {
            text.Append("    ").Append(Quoted(test.Comparison == "equals" ? test.Field : $"{test.Field}|{test.Comparison}")).AppendLine(":");
            foreach (var value in test.Values) text.Append("      - ").AppendLine(Quoted(test.Comparison == "cidr" ? value : Escaped(value)));
        }
        return text.AppendLine("  condition: selection").ToString().ReplaceLineEndings("\n");
    }

    /// <summary>True when the test holds for a value, as the rule engine would say.</summary>
    public static bool Holds(FilterTest test, string value) => test.Values.Any(wanted => test.Comparison switch
    {
        "contains" => value.Contains(wanted, StringComparison.OrdinalIgnoreCase),
        "startswith" => value.StartsWith(wanted, StringComparison.OrdinalIgnoreCase),
        "endswith" => value.EndsWith(wanted, StringComparison.OrdinalIgnoreCase),
        "cidr" => IPNetwork.TryParse(wanted, out var network) && IPAddress.TryParse(value, out var address) && network.Contains(address),
        _ => value.Equals(wanted, StringComparison.OrdinalIgnoreCase),
    });

    private static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);

    private static string Quoted(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal).ReplaceLineEndings(" ") + "'";
}
