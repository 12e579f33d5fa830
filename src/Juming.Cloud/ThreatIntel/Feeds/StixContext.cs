using System.Text.Json;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>What indicators of a bundle stand for: malware, tools and actors by their names, techniques by their identifiers in ATT&amp;CK.</summary>
internal sealed class StixContext
{
    private const int MostNames = 3;
    private const int MostRelations = 50;

    private readonly Dictionary<string, (string Name, bool IsTechnique)> _things = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _indicated = new(StringComparer.Ordinal);

    public StixContext(JsonElement holder)
    {
        foreach (var one in holder.List("objects"))
        {
            switch (one.String("type"))
            {
                case "malware" or "tool" or "threat-actor" or "intrusion-set" or "campaign":
                    if (one.String("id") is { } named && one.String("name")?.Trim() is { Length: > 0 } name) _things[named] = (name, false);
                    break;
                case "attack-pattern":
                    if (one.String("id") is { } pattern && AttackIds(one) is { Length: > 0 } technique) _things[pattern] = (technique, true);
                    break;
                case "relationship" when one.String("relationship_type") == "indicates" && !one.IsTrue("revoked"):
                    if (one.String("source_ref") is not { } source || one.String("target_ref") is not { } target) break;
                    if (!_indicated.TryGetValue(source, out var targets)) _indicated[source] = targets = [];
                    if (targets.Count < MostRelations) targets.Add(target);
                    break;
            }
        }
    }

    /// <summary>Names and techniques of an indicator; null for none.</summary>
    public (string? Family, string? Techniques) Of(JsonElement indicator)
    {
        var things = indicator.String("id") is { } id && _indicated.TryGetValue(id, out var targets) ? targets.Where(_things.ContainsKey).Select(t => _things[t]).ToList() : [];
        var names = things.Where(t => !t.IsTechnique).Select(t => t.Name).Distinct(StringComparer.OrdinalIgnoreCase).Take(MostNames).ToList();
        var techniques = string.Join(' ', things.Where(t => t.IsTechnique).Select(t => t.Name).Append(AttackIds(indicator)));
        return (names.Count > 0 ? string.Join(", ", names) : null, techniques);
    }

    private static string AttackIds(JsonElement one) => string.Join(' ', one.List("external_references").Where(r => r.String("source_name") == "mitre-attack").Take(MostRelations).Select(r => r.String("external_id")));
}
