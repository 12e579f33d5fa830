using System.Text;
using System.Text.Json;
using Juming.Site.Collection.Packs;

namespace Juming.Site.Collection.Workbench;

/// <summary>Finds JSON objects, alone or behind other text.</summary>
internal static class JsonGuess
{
    private const int MostKeys = 300;

    private static readonly JsonReaderOptions Loose = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 };

    /// <summary>The reading as JSON, or null when fewer than half of the lines are.</summary>
    public static StructureGuess? Of(IReadOnlyList<SampleLine> lines, CancellationToken ct)
    {
        var seen = new Dictionary<string, SeenKey>(StringComparer.Ordinal);
        var found = 0;
        foreach (var line in lines)
        {
            ct.ThrowIfCancellationRequested();
            var brace = line.Message.IndexOf('{', StringComparison.Ordinal);
            if (brace is < 0 or > 300 || !Collect(line.Message[brace..], seen)) continue;
            found++;
        }
        if (found * 2 < lines.Count || seen.Count < 2) return null;
        var keys = seen.Values.OrderByDescending(k => k.Lines).ThenBy(k => k.Key, StringComparer.Ordinal).Take(MostKeys).ToList();
        var marks = keys.Select(k => $"\"{k.Key[(k.Key.LastIndexOf('.') + 1)..].TrimEnd('[', ']')}\"").Distinct(StringComparer.Ordinal)
            .OrderBy(m => WorkbenchVocabulary.CommonKeys.Contains(m.Trim('"'))).ThenByDescending(m => m.Length).ThenBy(m => m, StringComparer.Ordinal);
        return new StructureGuess(new PackStep { Kind = "json" }, keys, (double)found / lines.Count) { Marks = [.. marks] };
    }

    private static bool Collect(string text, Dictionary<string, SeenKey> seen)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), isFinalBlock: false, new JsonReaderState(Loose));
        var path = new List<string>();
        var names = 0;
        var name = "";
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = reader.GetString() ?? "";
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        // The pack's reader writes "[]" behind the name of a list.
                        path.Add(reader.TokenType == JsonTokenType.StartArray ? name + "[]" : name);
                        name = "";
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        path.RemoveAt(path.Count - 1);
                        name = "";
                        if (path.Count == 0) return names > 1;
                        break;
                    case JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                        var key = string.Join('.', path.Append(name).Where(p => p.Length > 0));
                        names++;
                        if (key.Length is 0 or > 200 || (!seen.ContainsKey(key) && seen.Count >= MostKeys * 2)) break;
                        if (!seen.TryGetValue(key, out var known)) seen[key] = known = new SeenKey(key, []);
                        var value = reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : Encoding.UTF8.GetString(reader.ValueSpan);
                        known.Add(value.Length > 200 ? value[..200] : value);
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // Devices break their JSON; what came before the fault still shows the keys.
        }
        catch (InvalidOperationException)
        {
            // A string that is no valid UTF-16 once unescaped.
        }
        return names > 2;
    }
}
