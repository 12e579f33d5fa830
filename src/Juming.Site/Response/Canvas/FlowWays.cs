using System.Text.Json.Nodes;
using Juming.Site.Response.Edit;

namespace Juming.Site.Response.Canvas;

/// <summary>A way out of a step.</summary>
/// <param name="Name">"next", "on_failure", "on_true", "on_false", "next_steps/0", "next_steps/+" for one more, "cases/x".</param>
/// <param name="To">Where it leads; null for nowhere.</param>
internal sealed record FlowWay(string Name, string? To);

/// <summary>The ways out of steps, as both views of a flow and its changes name them.</summary>
internal static class FlowWays
{
    public const string Next = "next";
    public const string Failure = "on_failure";
    public const string OneMore = "next_steps/+";
    private const string Default = "cases/default";

    /// <summary>Ways out of a step, its branches first; a step that goes on either way has one.</summary>
    public static IEnumerable<FlowWay> Of(JsonObject document, string id, JsonObject step)
    {
        var type = Outline.Text(step["type"]);
        if (type is null or "end") yield break;
        if (type is "if-condition" or "while-condition" or "parallel" or "switch-condition")
        {
            var slots = Outline.SlotsOf(id, step).ToList();
            foreach (var slot in slots) yield return new FlowWay(slot.Member, Outline.First(document, slot));
            if (step["next_steps"] is JsonArray) yield return new FlowWay(OneMore, null);
            if (step["cases"] is JsonObject && slots.All(s => s.Member != Default)) yield return new FlowWay(Default, null);
        }
        var next = Outline.Next(step);
        yield return new FlowWay(Next, next);
        if (type == "start") yield break;
        var failure = Outline.Text(step["on_failure"]);
        if (failure is not null || type is "action" or "playbook-action") yield return new FlowWay(Failure, failure == next ? null : failure);
    }

    /// <summary>What a way is called.</summary>
    public static string Label(string id, JsonObject step, string way)
    {
        var isAction = Outline.Text(step["type"]) is "action" or "playbook-action";
        var failure = Outline.Text(step["on_failure"]);
        return way switch
        {
            OneMore => ResponseTexts.Of("Way.more"),
            Next when failure is not null && failure == Outline.Next(step) => ResponseTexts.Of("Way.either"),
            Next when isAction => ResponseTexts.Of("Way.success"),
            Next => ResponseTexts.Of("Way.then"),
            Failure when step["timeout"] is not null => ResponseTexts.Of("Way.timeout"),
            Failure => ResponseTexts.Of("Way.failure"),
            _ when way.StartsWith("next_steps/", StringComparison.Ordinal) && int.TryParse(way["next_steps/".Length..], out var index) => ResponseTexts.Of("Way.branch", index + 1),
            _ when way.StartsWith("cases/", StringComparison.Ordinal) => way["cases/".Length..],
            _ => new Slot(id, way).Label,
        };
    }

    /// <summary>How a way is drawn.</summary>
    public static string Tone(string way) => way switch { Failure or "on_false" => "bad", "on_true" => "good", _ => "plain" };
}
