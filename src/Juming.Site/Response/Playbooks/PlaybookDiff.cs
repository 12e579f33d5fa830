using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Juming.Site.Response.Canvas;

namespace Juming.Site.Response.Playbooks;

/// <summary>What became of a part of a playbook.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum ChangeKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>A difference between two documents.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Part">Name of the step or variable, or of the member of the playbook.</param>
/// <param name="Member">What of it changed; empty for all of it.</param>
/// <param name="Before">As it was, cut.</param>
/// <param name="After">As it is, cut.</param>
internal sealed record PlaybookChange(ChangeKind Kind, string Part, string Member, string Before, string After);

/// <summary>Compares two documents step by step, variable by variable, member by member.</summary>
internal static class PlaybookDiff
{
    private const int MostText = 300;
    private static readonly string[] Parts = ["workflow", "playbook_variables", "agent_definitions", "target_definitions"];
    private static readonly string[] Noise = ["modified"];

    public static IReadOnlyList<PlaybookChange> Of(JsonObject before, JsonObject after)
    {
        var changes = new List<PlaybookChange>();
        var (was, now) = (StepPlace.Without(before), StepPlace.Without(after));
        Compare(changes, was, now);
        // Where steps stand changes nothing that is done: one line tells of it.
        if (changes.Count == 0 && !JsonNode.DeepEquals(before, after) && JsonNode.DeepEquals(was, now)) changes.Add(new PlaybookChange(ChangeKind.Changed, "", "layout", "", ""));
        return changes;
    }

    private static void Compare(List<PlaybookChange> changes, JsonObject before, JsonObject after)
    {
        foreach (var name in Names(before, after).Where(n => !Parts.Contains(n) && !Noise.Contains(n))) Compare(changes, name, "", before[name], after[name]);
        foreach (var part in Parts)
        {
            var (was, now) = (before[part] as JsonObject ?? [], after[part] as JsonObject ?? []);
            foreach (var name in Names(was, now)) CompareObjects(changes, NameOf(name, now[name] ?? was[name]), was[name], now[name]);
        }
    }

    private static void CompareObjects(List<PlaybookChange> changes, string name, JsonNode? before, JsonNode? after)
    {
        if (before is JsonObject was && after is JsonObject now)
            foreach (var member in Names(was, now)) Compare(changes, name, member, was[member], now[member]);
        else Compare(changes, name, "", before, after);
    }

    private static void Compare(List<PlaybookChange> changes, string part, string member, JsonNode? before, JsonNode? after)
    {
        if (JsonNode.DeepEquals(before, after)) return;
        var kind = before is null ? ChangeKind.Added : after is null ? ChangeKind.Removed : ChangeKind.Changed;
        changes.Add(new PlaybookChange(kind, part, member, Text(before), Text(after)));
    }

    private static IEnumerable<string> Names(JsonObject before, JsonObject after) => before.Select(m => m.Key).Union(after.Select(m => m.Key)).ToList();

    private static string NameOf(string id, JsonNode? value) => value is JsonObject o && o["name"] is JsonValue name && name.TryGetValue<string>(out var text) && text.Length > 0 ? text : id;

    private static string Text(JsonNode? value)
    {
        var text = value is null ? "" : value is JsonValue leaf && leaf.TryGetValue<string>(out var plain) ? plain : value.ToJsonString();
        return text.Length <= MostText ? text : text[..(MostText - 1)] + "…";
    }
}
