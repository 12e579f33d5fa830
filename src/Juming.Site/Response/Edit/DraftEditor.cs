using System.Text.Json.Nodes;
using Juming.Site.Response.Cacao;

namespace Juming.Site.Response.Edit;

/// <summary>Changes a document step by step, so that the sequences stay whole. What it does not know it leaves alone.</summary>
internal sealed partial class DraftEditor(JsonObject document)
{
    private static readonly string[] Ways = ["on_completion", "on_success", "on_failure", "on_true", "on_false"];

    public JsonObject Document => document;

    private JsonObject Workflow => document["workflow"] as JsonObject ?? throw new InvalidOperationException("The document has no workflow.");

    /// <summary>A new playbook: a start and an end.</summary>
    public static JsonObject Blank(string name, DateTimeOffset now)
    {
        var (start, end) = ($"start--{Guid.NewGuid()}", $"end--{Guid.NewGuid()}");
        var at = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["type"] = "playbook",
            ["spec_version"] = "cacao-2.0",
            ["id"] = $"playbook--{Guid.NewGuid()}",
            ["name"] = name,
            ["created_by"] = Own.Identity,
            ["created"] = at,
            ["modified"] = at,
            ["workflow_start"] = start,
            ["workflow"] = new JsonObject { [start] = new JsonObject { ["type"] = "start", ["on_completion"] = end }, [end] = new JsonObject { ["type"] = "end" } },
            ["agent_definitions"] = new JsonObject { [Own.Agent] = Own.AgentDefinition() },
        };
    }

    /// <summary>Puts a new step after a step; answers its identity.</summary>
    public string AddAfter(string after, string kind)
    {
        var step = Step(after);
        var id = Make(kind, Outline.Next(step));
        SetNext(step, id);
        return id;
    }

    /// <summary>Puts a new step at the beginning of a sequence.</summary>
    public string AddFirst(Slot slot, string kind)
    {
        var id = Make(kind, Outline.First(document, slot));
        Point(slot, id);
        return id;
    }

    /// <summary>Takes a step away with all that stands in its branches; false where something must stay there.</summary>
    public bool Remove(string id)
    {
        var row = Row(id);
        var next = Outline.Next(row.Step);
        var isNeeded = row.Slot.Member is "workflow_start" or "on_true" || row.Slot.Member.StartsWith("next_steps/", StringComparison.Ordinal);
        if (row.IsFirst && next is null && isNeeded) return false;
        var before = Outline.Of(document).Select(r => r.Id).ToHashSet();
        Relink(row, next);
        Workflow.Remove(id);
        var after = Outline.Of(document).Select(r => r.Id).ToHashSet();
        // What only the step's branches led to goes with it; what stood apart before stays.
        foreach (var lost in before.Except(after)) Workflow.Remove(lost);
        return true;
    }

    /// <summary>Puts a step before the one that it follows.</summary>
    public bool MoveUp(string id)
    {
        var row = Row(id);
        if (row.IsFirst || row.Type == "end") return false;
        var before = Outline.All(document).First(r => r.Slot == row.Slot && Outline.Next(r.Step) == id);
        if (before.Type == "start") return false;
        Relink(before, id);
        SetNext(before.Step, Outline.Next(row.Step));
        SetNext(row.Step, before.Id);
        return true;
    }

    /// <summary>Puts a step behind the one that follows it.</summary>
    public bool MoveDown(string id) => Outline.Next(Step(id)) is { } next && Workflow[next] is JsonObject && Row(id).Type != "start" && MoveUp(next);

    /// <summary>Adds a branch to a step that has several.</summary>
    public void AddBranch(string id, string label)
    {
        var end = Make("end", null);
        if (Step(id)["next_steps"] is JsonArray branches) branches.Add(end);
        else if (Step(id)["cases"] is JsonObject cases && label.Length > 0) cases[label] = end;
    }

    /// <summary>Says what happens when a step fails: the run fails, or it goes on with the next step.</summary>
    public void SetFailure(string id, bool goesOn)
    {
        var step = Step(id);
        var next = Outline.Next(step);
        foreach (var member in new[] { "on_completion", "on_success", "on_failure" }) step.Remove(member);
        if (next is null) return;
        if (goesOn) (step["on_success"], step["on_failure"]) = (next, next);
        else step["on_completion"] = next;
    }

    /// <summary>Sets a text, or takes it away where it is empty.</summary>
    public static void SetText(JsonObject holder, string member, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) holder.Remove(member);
        else holder[member] = text.Trim();
    }

    public JsonObject Step(string id) => Workflow[id] as JsonObject ?? throw new InvalidOperationException("There is no such step.");

    private OutlineRow Row(string id) => Outline.All(document).First(r => r.Id == id);

    /// <summary>Makes all that pointed to a step point elsewhere, but for what stands in its own branches: a loop's last step leads back to the loop.</summary>
    private void Relink(OutlineRow row, string? to)
    {
        var inside = Outline.Of(document).SkipWhile(r => r.Id != row.Id).Skip(1).TakeWhile(r => r.Depth > row.Depth).Select(r => r.Id).Append(row.Id).ToHashSet();
        if (Outline.Text(document["workflow_start"]) == row.Id) document["workflow_start"] = to;
        if (Outline.Text(document["workflow_exception"]) == row.Id) SetText(document, "workflow_exception", to);
        foreach (var step in Workflow.Where(s => !inside.Contains(s.Key)).Select(s => s.Value).OfType<JsonObject>())
        {
            foreach (var member in Ways.Where(m => Outline.Text(step[m]) == row.Id)) SetText(step, member, to);
            if (step["next_steps"] is JsonArray branches)
                for (var i = 0; i < branches.Count; i++)
                    if (Outline.Text(branches[i]) == row.Id) branches[i] = to;
            if (step["cases"] is JsonObject cases)
                foreach (var name in cases.Where(c => Outline.Text(c.Value) == row.Id).Select(c => c.Key).ToList()) SetText(cases, name, to);
        }
    }

    private static void SetNext(JsonObject step, string? next)
    {
        var member = step["on_success"] is not null || step["on_failure"] is not null ? "on_success" : "on_completion";
        // A step that goes on either way goes on to the same.
        if (step["on_failure"] is not null && Outline.Text(step["on_failure"]) == Outline.Next(step)) SetText(step, "on_failure", next);
        SetText(step, member, next);
    }

    private void Point(Slot slot, string? to)
    {
        if (slot.Owner.Length == 0)
        {
            document["workflow_start"] = to;
            return;
        }
        var owner = Step(slot.Owner);
        var parts = slot.Member.Split('/', 2);
        if (parts[0] == "next_steps") ((JsonArray)owner["next_steps"]!)[int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)] = to;
        else if (parts[0] == "cases") SetText((JsonObject)owner["cases"]!, parts[1], to);
        else SetText(owner, slot.Member, to);
    }

    private string Make(string kind, string? next)
    {
        var type = Vocabulary.StepTypes.ContainsKey(kind) ? kind : "action";
        var id = $"{type}--{Guid.NewGuid()}";
        var step = new JsonObject { ["type"] = type };
        if (type == "action")
        {
            step["name"] = ResponseTexts.Action(kind);
            step["agent"] = Own.Agent;
            step["commands"] = new JsonArray(new JsonObject { ["type"] = Vocabulary.CapabilityCommand, ["capability"] = kind, ["args"] = new JsonObject() });
            if (document["agent_definitions"] is not JsonObject agents) document["agent_definitions"] = agents = [];
            if (!agents.ContainsKey(Own.Agent)) agents[Own.Agent] = Own.AgentDefinition();
        }
        Workflow[id] = step;
        Fill(type, step);
        if (next is not null && type != "end") step["on_completion"] = next;
        return id;
    }

    /// <summary>What a kind of step can't do without; branches begin empty, with an end of their own.</summary>
    private void Fill(string type, JsonObject step)
    {
        switch (type)
        {
            case "if-condition" or "while-condition":
                (step["condition"], step["on_true"]) = ("__severity__:value >= 3", Make("end", null));
                break;
            case "switch-condition":
                (step["switch"], step["cases"]) = ("__severity__:value", new JsonObject { ["default"] = Make("end", null) });
                break;
            case "parallel":
                step["next_steps"] = new JsonArray(Make("end", null), Make("end", null));
                break;
            case "playbook-action":
                step["playbook_id"] = "";
                break;
        }
    }
}

/// <summary>Names under which playbooks that are drawn here speak of this platform.</summary>
internal static class Own
{
    public const string Identity = "identity--7e0f3f0a-93a5-4d5c-8b3e-2f1f6a0c5d10";
    public const string Agent = "organization--7e0f3f0a-93a5-4d5c-8b3e-2f1f6a0c5d11";

    public static JsonObject AgentDefinition() => new() { ["type"] = "organization", ["name"] = "Juming" };

    public static JsonObject ExtensionDefinition() => new()
    {
        ["type"] = "extension-definition",
        ["name"] = "Juming triggers",
        ["description"] = "Triggers of a playbook, what happens on failure, and where its steps stand.",
        ["created_by"] = Identity,
        ["schema"] = "https://juming.invalid/schemas/playbook-triggers",
        ["version"] = "1.0.0",
    };
}
