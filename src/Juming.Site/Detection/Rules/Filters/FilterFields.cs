using System.Text;
using System.Text.Json;
using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Rules.Filters;

/// <summary>Which fields of an alert a site filter can ask for, so that a filter that is offered is one that filters.</summary>
internal static class FilterFields
{
    /// <summary>Fields with their values: what matched and where the parties were read from, as events bear them.</summary>
    public static IReadOnlyDictionary<string, string> Of(AlertRow row, SigmaDocument? rule)
    {
        var aliases = (rule as SigmaCorrelation)?.Aliases.Keys ?? [];
        var fields = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Matched)!
            .Where(f => !MatchedText.IsOwn(f.Key) && !aliases.Contains(f.Key) && Encoding.UTF8.GetByteCount(f.Value) < MatchedText.MostValue)
            .ToDictionary(StringComparer.Ordinal);
        foreach (var (party, field) in PartyFields.Read(row.PartyFields))
            if (ValueOf(row, party) is { } value && Encoding.UTF8.GetByteCount(value) < Fold.MostText) fields.TryAdd(field, value);
        return fields;
    }

    /// <summary>The first field that a filter names and that is only an alias within a correlation that it is for, or null.</summary>
    public static string? AliasIn(IEnumerable<SigmaDocument?> rules, IEnumerable<FilterTest> tests)
    {
        var aliases = rules.OfType<SigmaCorrelation>().SelectMany(c => c.Aliases.Keys).ToHashSet(StringComparer.Ordinal);
        return tests.Select(t => t.Field).FirstOrDefault(aliases.Contains);
    }

    private static string? ValueOf(AlertRow row, string party) => party switch
    {
        "attacker" => row.Attacker,
        "victim" => row.Victim,
        "host" => row.Host,
        _ => row.Account,
    };
}
