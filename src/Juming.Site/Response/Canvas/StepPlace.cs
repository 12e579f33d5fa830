using System.Text.Json.Nodes;
using Juming.Site.Response.Cacao;

namespace Juming.Site.Response.Canvas;

/// <summary>Where a step stands on the canvas. It is kept with the step, in our extension, so that it travels with the document and goes with the step.</summary>
/// <param name="X">Pixels from the left.</param>
/// <param name="Y">Pixels from the top.</param>
internal sealed record StepPlace(int X, int Y)
{
    private const string Member = "place";
    private const int Most = 100_000;

    /// <summary>The place of a step; null where it has none, or nonsense stands there.</summary>
    public static StepPlace? Of(JsonObject step) =>
        step["step_extensions"] is JsonObject extensions && extensions[Vocabulary.Extension] is JsonObject own && own[Member] is JsonObject place && Number(place["x"]) is { } x && Number(place["y"]) is { } y ? new StepPlace(x, y) : null;

    /// <summary>Puts a step somewhere.</summary>
    public static void Put(JsonObject step, StepPlace place)
    {
        if (step["step_extensions"] is not JsonObject extensions) step["step_extensions"] = extensions = [];
        if (extensions[Vocabulary.Extension] is not JsonObject own) extensions[Vocabulary.Extension] = own = [];
        own[Member] = new JsonObject { ["x"] = Math.Clamp(place.X, -Most, Most), ["y"] = Math.Clamp(place.Y, -Most, Most) };
    }

    /// <summary>Takes the places out of a document, which then says only what is done.</summary>
    public static JsonObject Without(JsonObject document)
    {
        var plain = (JsonObject)document.DeepClone();
        foreach (var step in (plain["workflow"] as JsonObject ?? []).Select(s => s.Value).OfType<JsonObject>())
        {
            if (step["step_extensions"] is not JsonObject extensions || extensions[Vocabulary.Extension] is not JsonObject own || !own.Remove(Member)) continue;
            if (own.Count == 0) extensions.Remove(Vocabulary.Extension);
            if (extensions.Count == 0) step.Remove("step_extensions");
        }
        return plain;
    }

    private static int? Number(JsonNode? node)
    {
        if (node is not JsonValue value) return null;
        // A number that was not read but put here just now is an int and nothing else.
        if (value.TryGetValue<int>(out var whole)) return Math.Clamp(whole, -Most, Most);
        return value.TryGetValue<double>(out var number) && Math.Abs(number) <= Most ? (int)Math.Round(number) : null;
    }
}
