using System.Text.Json;
using System.Text.RegularExpressions;

namespace Juming.Tiers.Tests.Api;

/// <summary>
/// Holds JSON against a schema of an OpenAPI document. Stricter than JSON Schema: an object may hold only what its schema names, so that a schema that
/// says nothing fails for every answer that says something.
/// </summary>
internal sealed class Shape(JsonElement document)
{
    /// <summary>What does not fit, with its place; empty when all fits.</summary>
    public List<string> Misfits(JsonElement value, JsonElement schema, string at = "$")
    {
        schema = Resolve(schema);
        foreach (var word in new[] { "oneOf", "anyOf" })
            if (schema.TryGetProperty(word, out var choices))
            {
                var tries = choices.EnumerateArray().Select(c => Misfits(value, c, at)).ToList();
                return tries.Exists(t => t.Count == 0) ? [] : tries.MinBy(t => t.Count)!;
            }
        var types = TypesOf(schema);
        var kind = KindOf(value);
        if (types.Count == 0 && !schema.TryGetProperty("enum", out _)) return [$"{at}: the schema names no type"];
        if (types.Count > 0 && !types.Contains(kind) && !(kind == "integer" && types.Contains("number"))) return [$"{at}: {kind} where {string.Join(" or ", types)} is promised"];
        if (kind == "null") return [];
        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(v => v.ToString() == value.ToString())) return [$"{at}: '{value}' is none of the promised values"];
        if (kind == "string" && schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(value.GetString()!, pattern.GetString()!)) return [$"{at}: '{value}' does not fit {pattern}"];
        if (kind == "array") return [.. value.EnumerateArray().SelectMany((item, i) => schema.TryGetProperty("items", out var items) ? Misfits(item, items, $"{at}[{i}]") : [$"{at}: the schema says nothing of the items"])];
        return kind == "object" ? OfObject(value, schema, at) : [];
    }

    private List<string> OfObject(JsonElement value, JsonElement schema, string at)
    {
        var misfits = new List<string>();
        var named = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().ToDictionary(p => p.Name, p => p.Value) : [];
        foreach (var property in value.EnumerateObject())
            if (named.TryGetValue(property.Name, out var own)) misfits.AddRange(Misfits(property.Value, own, $"{at}.{property.Name}"));
            else if (schema.TryGetProperty("additionalProperties", out var others) && others.ValueKind == JsonValueKind.Object) misfits.AddRange(Misfits(property.Value, others, $"{at}.{property.Name}"));
            else misfits.Add($"{at}.{property.Name}: not in the schema");
        if (schema.TryGetProperty("required", out var required))
            misfits.AddRange(required.EnumerateArray().Select(r => r.GetString()!).Where(r => !value.TryGetProperty(r, out _)).Select(r => $"{at}.{r}: promised and missing"));
        return misfits;
    }

    private JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
        {
            var target = document;
            foreach (var part in reference.GetString()!.TrimStart('#', '/').Split('/')) target = target.GetProperty(part.Replace("~1", "/", StringComparison.Ordinal));
            schema = target;
        }
        return schema;
    }

    private static List<string> TypesOf(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];

    private static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        _ => "null",
    };
}
