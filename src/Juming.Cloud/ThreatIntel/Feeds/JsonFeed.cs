using System.Text.Json;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>JSON with a mapping of fields: a list, a list somewhere inside, an object whose members are entries or lists of them, or one object a line.</summary>
internal static class JsonFeed
{
    public static void Read(Stream content, FeedMapping mapping, FeedIntake into)
    {
        if (Lines(content))
        {
            foreach (var line in FeedLines.Read(content)) Line(line, mapping, into);
            return;
        }
        using var document = FeedJson.Parse(content);
        var list = document.RootElement;
        foreach (var name in mapping.Items.Split('.', StringSplitOptions.RemoveEmptyEntries))
            if (list.ValueKind != JsonValueKind.Object || !list.TryGetProperty(name, out list)) throw new FeedFailedException("mapping", $"there is no '{mapping.Items}'");
        if (list.ValueKind == JsonValueKind.Array) Entries(list, mapping, into);
        else if (list.ValueKind == JsonValueKind.Object)
            foreach (var member in list.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Array) Entries(member.Value, mapping, into);
                else Entry(member.Value, mapping, into);
            }
        else throw new FeedFailedException("unreadable", "there is no list of entries");
    }

    private static void Entries(JsonElement list, FeedMapping mapping, FeedIntake into)
    {
        foreach (var entry in list.EnumerateArray()) Entry(entry, mapping, into);
    }

    private static void Entry(JsonElement entry, FeedMapping mapping, FeedIntake into)
    {
        if (entry.ValueKind == JsonValueKind.String) into.Add(new FeedItem(FeedJson.Of(entry) ?? "", mapping.AllAre));
        else into.Add(mapping.Item(path => FeedJson.Text(entry, path)));
    }

    private static void Line(string line, FeedMapping mapping, FeedIntake into)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(line, FeedJson.Options);
            Entry(document.RootElement, mapping, into);
        }
        catch (JsonException)
        {
            into.Refuse(line, Contracts.Indicators.IndicatorProblem.Unreadable);
        }
        finally
        {
            document?.Dispose();
        }
    }

    /// <summary>True when the first line is an object of its own and another follows.</summary>
    private static bool Lines(Stream content)
    {
        var first = FeedLines.Read(content).Take(2).ToList();
        content.Position = 0;
        return first.Count == 2 && first.All(l => l.StartsWith('{') && l.TrimEnd().EndsWith('}'));
    }
}

/// <summary>JSON of sources: bounded in depth, whatever it says.</summary>
internal static class FeedJson
{
    public static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowTrailingCommas = true };

    /// <exception cref="FeedFailedException">It is no JSON, or deeper than is taken.</exception>
    public static JsonDocument Parse(Stream content)
    {
        try
        {
            return JsonDocument.Parse(content, Options);
        }
        catch (JsonException e)
        {
            throw new FeedFailedException("unreadable", "it is no JSON: " + e.Message, e);
        }
    }

    /// <summary>The text of a field by its path; numbers as they stand, the first of a list, joined tags. Null when there is none.</summary>
    public static string? Text(JsonElement entry, string path)
    {
        foreach (var name in path.Split('.'))
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty(name, out entry)) return null;
        return entry.ValueKind switch
        {
            JsonValueKind.String => Of(entry),
            JsonValueKind.Number => entry.GetRawText(),
            JsonValueKind.Array => string.Join(", ", entry.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Take(10).Select(Of)),
            _ => null,
        };
    }

    /// <summary>A text; null where its escapes make none, such as half a pair.</summary>
    public static string? Of(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member that is a text; null otherwise.</summary>
    public static string? String(this JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? Of(found) : null;

    /// <summary>Elements of a member that is a list; none otherwise.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Array ? found.EnumerateArray() : [];

    /// <summary>An object by its name; false when there is none.</summary>
    public static bool TryObject(this JsonElement element, string name, out JsonElement found)
    {
        found = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out found) && found.ValueKind == JsonValueKind.Object;
    }

    /// <summary>True when a member is the truth.</summary>
    public static bool IsTrue(this JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.True;
}
