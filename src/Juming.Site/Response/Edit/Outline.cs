using System.Text.Json.Nodes;
using Juming.Site.Response.Cacao;

namespace Juming.Site.Response.Edit;

/// <summary>A step in the outline: how deep it stands, and in which branch it is the first.</summary>
/// <param name="Id">Identity of the step.</param>
/// <param name="Depth">How deep.</param>
/// <param name="Slot">Where its sequence hangs.</param>
/// <param name="IsFirst">It is the first of its sequence.</param>
/// <param name="Step">The step.</param>
internal sealed record OutlineRow(string Id, int Depth, Slot Slot, bool IsFirst, JsonObject Step)
{
    public string Type => Outline.Text(Step["type"]) ?? "";

    public string Name => Outline.Text(Step["name"]) ?? "";

    public bool IsAction => Type is "action" or "playbook-action";

    /// <summary>Something may stand after it.</summary>
    public bool GoesOn => Type != "end";
}

/// <summary>Where a sequence of steps hangs: the start of the playbook, or a branch of a step.</summary>
/// <param name="Owner">The step whose branch it is; empty for the playbook.</param>
/// <param name="Member">"workflow_start", "workflow_exception", "on_true", "on_false", "on_failure", "next_steps/0" or "cases/x"; empty where nothing leads.</param>
internal sealed record Slot(string Owner, string Member)
{
    public static readonly Slot Start = new("", "workflow_start");
    public static readonly Slot Exception = new("", "workflow_exception");
    public static readonly Slot Loose = new("", "");

    /// <summary>A step may be put first in it.</summary>
    public bool IsBranch => Owner.Length > 0;

    /// <summary>What it is called.</summary>
    public string Label => Member.Split('/') switch
    {
        ["on_true"] when Owner.StartsWith("while-condition", StringComparison.Ordinal) => ResponseTexts.Of("Branch.loop"),
        ["on_true"] => ResponseTexts.Of("Branch.true"),
        ["on_false"] => ResponseTexts.Of("Branch.false"),
        ["on_failure"] => ResponseTexts.Of("Branch.failure"),
        ["next_steps", var number] => ResponseTexts.Of("Branch.parallel", int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) + 1),
        ["cases", ..] => ResponseTexts.Of("Branch.case", Member["cases/".Length..]),
        ["workflow_exception"] => ResponseTexts.Of("Branch.exception"),
        [""] => ResponseTexts.Of("Branch.loose"),
        _ => "",
    };
}

/// <summary>The steps of a document as an indented list, each once, in the order in which they are taken.</summary>
internal static class Outline
{
    private const int MostDepth = 20;

    public static IReadOnlyList<OutlineRow> Of(JsonObject document)
    {
        var rows = new List<OutlineRow>();
        if (document["workflow"] is JsonObject workflow) Walk(workflow, Text(document["workflow_start"]), Slot.Start, 0, rows, []);
        return rows;
    }

    /// <summary>The same, and behind it what is taken when the run fails, and steps that nothing leads to yet.</summary>
    public static IReadOnlyList<OutlineRow> All(JsonObject document)
    {
        var rows = Of(document).ToList();
        if (document["workflow"] is not JsonObject workflow) return rows;
        var seen = rows.Select(r => r.Id).ToHashSet();
        Walk(workflow, Text(document["workflow_exception"]), Slot.Exception, 0, rows, seen);
        var led = workflow.Where(s => s.Value is JsonObject).SelectMany(s => Canvas.FlowWays.Of(document, s.Key, (JsonObject)s.Value!)).Select(w => w.To).OfType<string>().ToHashSet();
        foreach (var id in workflow.Select(s => s.Key).OrderBy(led.Contains).ToList()) Walk(workflow, id, Slot.Loose, 0, rows, seen);
        return rows;
    }

    /// <summary>Branches of a step, also empty ones that may be filled.</summary>
    public static IEnumerable<Slot> SlotsOf(string id, JsonObject step) => Text(step["type"]) switch
    {
        "if-condition" => [new Slot(id, "on_true"), new Slot(id, "on_false")],
        "while-condition" => [new Slot(id, "on_true")],
        "parallel" => (step["next_steps"] as JsonArray ?? []).Select((_, i) => new Slot(id, $"next_steps/{i}")),
        "switch-condition" => (step["cases"] as JsonObject ?? []).Select(c => new Slot(id, $"cases/{c.Key}")),
        "action" or "playbook-action" when Text(step["on_failure"]) is { } failure && failure != Next(step) => [new Slot(id, "on_failure")],
        _ => [],
    };

    /// <summary>Identity of the first step of a sequence, or null.</summary>
    public static string? First(JsonObject document, Slot slot)
    {
        if (slot.Owner.Length == 0) return Text(document["workflow_start"]);
        if (document["workflow"]?[slot.Owner] is not JsonObject owner) return null;
        var parts = slot.Member.Split('/', 2);
        return parts[0] switch
        {
            "next_steps" => Text((owner["next_steps"] as JsonArray)?[int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)]),
            "cases" => Text(owner["cases"]?[parts[1]]),
            _ => Text(owner[slot.Member]),
        };
    }

    /// <summary>Identity of the step after a step, or null.</summary>
    public static string? Next(JsonObject step) => Text(step["on_completion"]) ?? Text(step["on_success"]);

    private static void Walk(JsonObject workflow, string? id, Slot slot, int depth, List<OutlineRow> rows, HashSet<string> seen)
    {
        // The sequence first, so that a branch that leads back into it ends there.
        var sequence = new List<(string Id, JsonObject Step)>();
        for (; id is not null && workflow[id] is JsonObject step && seen.Add(id); id = Next(step)) sequence.Add((id, step));
        foreach (var (own, step) in sequence)
        {
            rows.Add(new OutlineRow(own, depth, slot, own == sequence[0].Id, step));
            if (depth >= MostDepth) continue;
            foreach (var branch in SlotsOf(own, step)) Walk(workflow, First((JsonObject)workflow.Parent!, branch), branch, depth + 1, rows, seen);
        }
    }

    /// <summary>The text of a member that may be anything; null where it is none.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;
}
