using System.Globalization;
using System.Text.Json.Nodes;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Canvas;

namespace Juming.Site.Response.Edit;

/// <content>Changes that are made on the canvas: links one by one, steps that nothing leads to yet, places.</content>
internal sealed partial class DraftEditor
{
    private const int StepHeight = 58;
    private const int RowHeight = 128;

    /// <summary>Why a way may not lead to a step, or null: what makes the playbook worse than it was is refused.</summary>
    public PlaybookProblem? Refusal(string from, string way, string to)
    {
        if (Workflow[from] is not JsonObject step || Workflow[to] is not JsonObject target || FlowWays.Of(document, from, step).All(w => w.Name != way)) return Wrong(from, "no-such-way");
        if (from == to) return Wrong(from, "leads-to-itself");
        if (Outline.Text(target["type"]) == "start") return Wrong(to, "leads-to-start");
        var tried = new DraftEditor((JsonObject)document.DeepClone());
        tried.Link(from, way, to);
        var known = Refused(document).Select(p => (p.Pointer, p.Code)).ToHashSet();
        return Refused(tried.Document).FirstOrDefault(p => !known.Contains((p.Pointer, p.Code)));
    }

    /// <summary>Makes a way out of a step lead to a step, or nowhere.</summary>
    public void Link(string from, string way, string? to)
    {
        var step = Step(from);
        var parts = way.Split('/', 2);
        if (way == FlowWays.Next) SetNext(step, to);
        else if (way == FlowWays.Failure) SetFailureWay(step, to);
        else if (way == FlowWays.OneMore) ((JsonArray)step["next_steps"]!).Add(to);
        else if (parts[0] == "next_steps" && to is null) ((JsonArray)step["next_steps"]!).RemoveAt(int.Parse(parts[1], CultureInfo.InvariantCulture));
        else Point(new Slot(from, way), to);
    }

    /// <summary>Takes a link away; nothing happens where there is none.</summary>
    public void Unlink(string from, string way)
    {
        if (Workflow[from] is JsonObject step && FlowWays.Of(document, from, step).Any(w => w.Name == way && w.To is not null)) Link(from, way, null);
    }

    /// <summary>Makes a new step; within a link where it is dropped on one, else nothing leads to it. Answers its identity.</summary>
    public string Drop(string kind, string? from, string way)
    {
        var on = from is not null && Workflow[from] is JsonObject step ? FlowWays.Of(document, from, step).FirstOrDefault(w => w.Name == way) : null;
        var id = Make(kind, on?.To);
        if (on is not null) Link(from!, way, id);
        return id;
    }

    /// <summary>Puts a step somewhere, and what stands there and below further down.</summary>
    public void MakeRoom(string id, StepPlace place)
    {
        foreach (var (other, step) in Workflow.Where(s => s.Key != id && s.Value is JsonObject).Select(s => (s.Key, (JsonObject)s.Value!)).ToList())
            if (StepPlace.Of(step) is { } at && at.Y > place.Y - StepHeight / 2) StepPlace.Put(step, at with { Y = at.Y + RowHeight });
        StepPlace.Put(Step(id), place);
    }

    /// <summary>Puts steps somewhere.</summary>
    public void Arrange(IReadOnlyDictionary<string, StepPlace> places)
    {
        foreach (var (id, place) in places)
            if (Workflow[id] is JsonObject step) StepPlace.Put(step, place);
        if (document["extension_definitions"] is not JsonObject definitions) document["extension_definitions"] = definitions = [];
        if (!definitions.ContainsKey(Vocabulary.Extension)) definitions[Vocabulary.Extension] = Own.ExtensionDefinition();
    }

    /// <summary>Takes a step away: what led to it leads to what came after it, what stood in its branches stays, but for their ends.</summary>
    public void TakeOut(string id)
    {
        if (Workflow[id] is not JsonObject step) return;
        var inside = InsideOf(id, step);
        var next = Outline.Next(step) is { } after && after != id && Workflow[after] is not null ? after : null;
        foreach (var (other, body) in Workflow.Where(s => s.Key != id && s.Value is JsonObject).Select(s => (s.Key, (JsonObject)s.Value!)).ToList())
            foreach (var way in FlowWays.Of(document, other, body).Where(w => w.To == id).Reverse().ToList()) Link(other, way.Name, inside.Contains(other) ? null : next);
        if (Outline.Text(document["workflow_start"]) == id) document["workflow_start"] = next;
        if (Outline.Text(document["workflow_exception"]) == id) SetText(document, "workflow_exception", next);
        var ends = FlowWays.Of(document, id, step).Select(w => w.To).OfType<string>().Where(to => Outline.Text(Workflow[to]?["type"]) == "end").ToList();
        Workflow.Remove(id);
        foreach (var end in ends.Where(end => !LeadsTo(end))) Workflow.Remove(end);
    }

    /// <summary>Copies of steps, with their places; starts are not copied.</summary>
    public JsonObject Copies(IEnumerable<string> ids)
    {
        var copies = new JsonObject();
        foreach (var id in ids.Distinct())
            if (Workflow[id] is JsonObject step && Outline.Text(step["type"]) != "start") copies[id] = step.DeepClone();
        return copies;
    }

    /// <summary>Puts copies in under new identities, linked as they were among themselves. Answers them.</summary>
    public IReadOnlyList<string> Paste(JsonObject copies, StepPlace place)
    {
        var known = copies.Where(c => c.Value is JsonObject && Vocabulary.StepTypes.ContainsKey(Vocabulary.KindOf(c.Key))).ToDictionary(c => c.Key, c => $"{Vocabulary.KindOf(c.Key)}--{Guid.NewGuid()}");
        var places = known.Keys.Select(id => StepPlace.Of((JsonObject)copies[id]!)).ToList();
        var (left, top) = (places.Min(p => p?.X) ?? 0, places.Min(p => p?.Y) ?? 0);
        foreach (var (old, id) in known)
        {
            var step = (JsonObject)copies[old]!.DeepClone();
            Workflow[id] = step;
            if (StepPlace.Of(step) is { } was) StepPlace.Put(step, new StepPlace(place.X + was.X - left, place.Y + was.Y - top));
            foreach (var member in Ways.Where(m => step[m] is not null)) Relabel(step, member);
            if (step["next_steps"] is JsonArray branches)
                for (var i = 0; i < branches.Count; i++) branches[i] = known.GetValueOrDefault(Outline.Text(branches[i]) ?? "") ?? Make("end", null);
            if (step["cases"] is JsonObject cases)
                foreach (var name in cases.Select(c => c.Key).ToList()) cases[name] = known.GetValueOrDefault(Outline.Text(cases[name]) ?? "") ?? Make("end", null);
        }
        if (document["agent_definitions"] is not JsonObject agents) document["agent_definitions"] = agents = [];
        if (known.Count > 0 && !agents.ContainsKey(Own.Agent)) agents[Own.Agent] = Own.AgentDefinition();
        return [.. known.Values];

        void Relabel(JsonObject step, string member)
        {
            var to = known.GetValueOrDefault(Outline.Text(step[member]) ?? "");
            // A branch that led out of what was copied ends where it begins.
            if (to is null && member is "on_true" or "on_false") to = Make("end", null);
            SetText(step, member, to);
        }
    }

    private void SetFailureWay(JsonObject step, string? to)
    {
        var next = Outline.Next(step);
        foreach (var member in new[] { "on_completion", "on_success", "on_failure" }) step.Remove(member);
        SetText(step, to is null ? "on_completion" : "on_success", next);
        SetText(step, "on_failure", to);
    }

    /// <summary>All that the branches of a step lead to.</summary>
    private HashSet<string> InsideOf(string id, JsonObject step)
    {
        var next = Outline.Next(step);
        var seen = new HashSet<string>();
        var open = new Stack<string>(Outline.SlotsOf(id, step).Select(s => Outline.First(document, s)).OfType<string>());
        while (open.TryPop(out var at))
        {
            if (at == id || at == next || Workflow[at] is not JsonObject found || !seen.Add(at)) continue;
            foreach (var way in FlowWays.Of(document, at, found))
                if (way.To is not null) open.Push(way.To);
        }
        return seen;
    }

    private bool LeadsTo(string id) => Workflow.Where(s => s.Value is JsonObject).Any(s => FlowWays.Of(document, s.Key, (JsonObject)s.Value!).Any(w => w.To == id)) || Outline.Text(document["workflow_exception"]) == id;

    private static IEnumerable<PlaybookProblem> Refused(JsonObject document) => PlaybookReader.Read(document).Problems.Where(p => p.Rank == ProblemRank.Refused);

    private static PlaybookProblem Wrong(string step, string code) => new("/workflow/" + step, code, ProblemRank.Refused, new Dictionary<string, string>());
}
