using System.Text.Json.Nodes;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Edit;

namespace Juming.Site.Response.Canvas;

/// <summary>A mark on a step: a problem of a draft, or how far a run is with it.</summary>
/// <param name="Sign">What stands on it.</param>
/// <param name="Tone">"good", "bad", "warn" or empty.</param>
/// <param name="Reason">Why; shown on failed steps, and where the pointer rests.</param>
internal sealed record FlowMark(string Sign, string Tone, string Reason);

/// <summary>A step as it is drawn; its texts come from people and files.</summary>
internal sealed record FlowStep
{
    public required string Step { get; init; }
    public required string Icon { get; init; }
    public required string Title { get; init; }

    /// <summary>Its kind and what matters most of its inputs.</summary>
    public required string Detail { get; init; }
    public FlowMark? Mark { get; init; }
    public StepPlace? Place { get; init; }

    /// <summary>Something may lead to it.</summary>
    public required bool Enters { get; init; }
    public required IReadOnlyList<FlowPort> Ports { get; init; }
}

/// <summary>A way out of a step as it is drawn.</summary>
internal sealed record FlowPort(string Way, string Label, string Tone, bool Taken);

/// <summary>A link between two steps.</summary>
internal sealed record FlowLink(string From, string Way, string To, string Label, string Tone);

/// <summary>A document as a canvas shows it: every step of it, also those that nothing leads to yet.</summary>
internal sealed record FlowPicture(IReadOnlyList<FlowStep> Steps, IReadOnlyList<FlowLink> Links)
{
    private const int MostText = 120;

    /// <summary>People have put its steps where they stand; the few that came since stand below what leads to them.</summary>
    public bool IsLaidOut => Steps.Count(s => s.Place is not null) * 2 > Steps.Count;

    /// <summary>Draws a document; null where it has more steps than a playbook may have.</summary>
    public static FlowPicture? Of(JsonObject document, IReadOnlyList<ActionView> actions, Func<string, FlowMark?> mark)
    {
        var workflow = document["workflow"] as JsonObject ?? [];
        if (workflow.Count > PlaybookReader.MostSteps) return null;
        var steps = new List<FlowStep>();
        var links = new List<FlowLink>();
        foreach (var (id, step) in workflow.Where(s => s.Value is JsonObject).Select(s => (s.Key, (JsonObject)s.Value!)))
        {
            var ways = FlowWays.Of(document, id, step).ToList();
            steps.Add(Drawn(id, step, actions, mark(id), [.. ways.Select(w => new FlowPort(w.Name, Cut(FlowWays.Label(id, step, w.Name)), FlowWays.Tone(w.Name), w.To is not null))]));
            // A single way on needs no name.
            var named = ways.Count(w => w.To is not null) > 1 || ways.Any(w => w.Name != FlowWays.Next && w.To is not null) || (step["on_failure"] is not null && Outline.Next(step) is not null);
            links.AddRange(ways.Where(w => w.To is not null && workflow[w.To] is JsonObject).Select(w => new FlowLink(id, w.Name, w.To!, named ? Cut(FlowWays.Label(id, step, w.Name)) : "", FlowWays.Tone(w.Name))));
        }
        return new FlowPicture(steps, links);
    }

    private static FlowStep Drawn(string id, JsonObject step, IReadOnlyList<ActionView> actions, FlowMark? mark, IReadOnlyList<FlowPort> ports)
    {
        var type = Outline.Text(step["type"]) ?? "";
        var command = (step["commands"] as JsonArray)?.FirstOrDefault() as JsonObject;
        var code = Outline.Text(command?["capability"]) ?? Outline.Text(command?["type"]) ?? "";
        var action = type == "action" ? actions.FirstOrDefault(a => a.Code == code) : null;
        var what = type == "action" ? ResponseTexts.Action(code) : ResponseTexts.Of("Kind." + type);
        var name = Outline.Text(step["name"]) ?? "";
        var matters = Outline.Text(step["condition"]) ?? Outline.Text(step["switch"]) ?? (command?["args"] is JsonObject args ? Foremost(action, args) : Outline.Text(command?["command"])) ?? "";
        return new FlowStep
        {
            Step = id,
            Icon = type switch { "action" => action?.Group ?? "other", "if-condition" => "if", "while-condition" => "while", "switch-condition" => "switch", "playbook-action" => "playbook", "start" or "end" or "parallel" => type, _ => "other" },
            Title = Cut(name.Length > 0 ? name : what),
            Detail = Cut(string.Join(" · ", new[] { name.Length > 0 && name != what ? what : "", matters }.Where(t => t.Length > 0))),
            Mark = mark,
            Place = StepPlace.Of(step),
            Enters = type != "start",
            Ports = ports,
        };
    }

    /// <summary>The value of the first input that has one, those that must be given first.</summary>
    private static string? Foremost(ActionView? action, JsonObject args) =>
        (action?.Inputs.OrderByDescending(i => i.Required).Select(i => i.Name) ?? args.Select(a => a.Key)).Select(name => Outline.Text(args[name])).FirstOrDefault(text => text is not null);

    private static string Cut(string text) => text.Length <= MostText ? text : text[..(MostText - 1)] + "…";
}
