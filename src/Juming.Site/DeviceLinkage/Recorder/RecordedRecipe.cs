using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Learning;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Runs;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>
/// Writes a recipe from what a person did: what is done when the address is there already, the point of no return, the proof by the list, and the inverse.
/// Before it changes anything a step must be told apart as clearly as a run will demand.
/// </summary>
internal sealed partial class RecordedRecipe
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Recording _recording;
    private readonly RecordedProof _proof;
    private readonly StringBuilder _yaml = new();
    private readonly HashSet<string> _ids = [];

    /// <summary>One act alone, without its inverse.</summary>
    private bool _alone;

    private RecordedRecipe(Recording recording, RecordedProof proof) => (_recording, _proof) = (recording, proof);

    private string Column => _proof.Column.Length > 0 ? _proof.Column : ConsoleWords.AnyColumn;

    /// <summary>The recipe, or why it can't be written yet.</summary>
    public static Result<string> Write(Recording recording, string name)
    {
        var act = Of(recording, RecorderPhase.Block);
        if (!act.Any(s => s is { Op: "fill", Varies: "ip" })) return LinkageErrors.NothingRecorded;
        if (recording.Proof is not { } proof) return LinkageErrors.NoProof;
        return new RecordedRecipe(recording, proof).Whole(name, act);
    }

    /// <summary>A recipe that reads the list; null where the list has no headings to read it by.</summary>
    public static string? WriteList(Recording recording, string name, string block)
    {
        if (recording.Proof is not { Columns.Count: > 0 } proof || RecipeReader.Read(block).Recipe is not { } recipe) return null;
        var way = block[block.IndexOf("steps:\n", StringComparison.Ordinal)..block.IndexOf("  - {id: exists,", StringComparison.Ordinal)];
        var headings = proof.Columns.Where(c => c.Length > 0).Distinct().ToList();
        if (headings.Count == 0) return null;
        return $"apiVersion: juming/recipe.v1\nid: {name}\nname: {{zh: {Quote(recording.Device.Name + " 读取封禁列表")}, en: {Quote(recording.Device.Name + " read the block list")}}}\nvendor: {Quote(recipe.Vendor)}\nproduct: {Quote(recipe.Product)}\ncapability: list-blocks\nkind: read\noutputs: {{rows: {{type: list}}}}\n{way}  - {{id: read, table.read: {{header: {List(headings)}, as: rows, paging: {{max: 50}}}}}}\n";
    }

    private Result<string> Whole(string name, List<RecordedStep> act)
    {
        var undo = Of(_recording, RecorderPhase.Undo);
        var proof = Of(_recording, RecorderPhase.Proof);
        var list = act.FindIndex(ShowsList);
        if (list < 0 && proof.Count == 0) return LinkageErrors.NoWayToList;
        if (list < 0) list = 0;
        var send = Sending(act, list);
        if (send < 0) return LinkageErrors.NoPointOfNoReturn;
        foreach (var (step, at) in act.Select((s, i) => (s, i)))
            if (Unclear(step, at >= send) is { } unclear) return unclear;
        foreach (var step in proof)
            if (Unclear(step, false) is { } unclear) return unclear;
        Head(name, act);
        var back = Steps(act, list, send, proof);
        Verify(back, proof);
        if (Inverse(undo, back, proof) is { } refusal) return refusal;
        var yaml = _yaml.ToString();
        var (recipe, faults) = RecipeReader.Read(yaml);
        return recipe is null ? LinkageErrors.RecipeFaulty.With("line", faults[0].Line.ToString(CultureInfo.InvariantCulture)).With("reason", faults[0].Reason).With("count", faults.Count.ToString(CultureInfo.InvariantCulture)) : yaml;
    }

    /// <summary>What the person did, without the list's own search: a recipe searches and turns pages by itself.</summary>
    private static List<RecordedStep> Of(Recording recording, RecorderPhase phase) => [.. recording.Steps.Where(s => s.Phase == phase && !s.Searches && s.Means != "next")];

    private bool ShowsList(RecordedStep step) => _proof.List.Length > 0 ? step.Lists.Contains(_proof.List) : step.OnList;

    /// <summary>The step that sends it: the person's word, or the first press after the last field.</summary>
    private static int Sending(List<RecordedStep> act, int from)
    {
        var said = act.FindIndex(s => s.Meaning == StepMeaning.Submit);
        if (said >= 0) return said;
        var last = act.FindLastIndex(s => s.Op is "fill" or "select" or "check");
        return act.FindIndex(Math.Max(from, last + 1), s => s.Op == "click" && s.Meaning == StepMeaning.Auto);
    }

    private static Error? Unclear(RecordedStep step, bool changes)
    {
        if (step.Op is "dialog" or "press") return null;
        var need = changes ? RecipeRunner.EnoughToChange : RecipeRunner.EnoughToRead;
        if (step.Candidate is { } c && (changes ? c.IsClear : c.IsUsable)) return null;
        var score = step.Candidate is { } weak ? Math.Min(weak.Score, weak.Margin < 0.15 ? need - 0.01 : weak.Score) : 0;
        return LinkageErrors.StepUnclear.With("step", step.Name.Length > 0 ? step.Name : $"{step.Number} {step.Words}").With("score", Points(score)).With("need", Points(need));
    }

    private static string Points(double score) => ((int)Math.Round(score * 100)).ToString(CultureInfo.InvariantCulture);

    private void Head(string name, List<RecordedStep> act)
    {
        var device = _recording.Device;
        Line("apiVersion: juming/recipe.v1");
        Line($"id: {name}");
        var title = $"{device.Vendor} {device.Model}".Trim() is { Length: > 0 } model ? model : device.Name;
        Line($"name: {{zh: {Quote(title + " 封禁地址")}, en: {Quote(title + " block an address")}}}");
        Line($"vendor: {Quote(device.Vendor)}");
        Line($"product: {Quote(device.Model)}");
        Line("capability: block-ip");
        Line("kind: mutate");
        Line("inputs:");
        Line("  ip: {type: ip, required: true}");
        foreach (var (input, step) in act.Where(s => s.Varies is not ("" or "ip")).Select(s => (s.Varies, s)).DistinctBy(p => p.Varies))
            Line(input switch
            {
                "minutes" => $"  minutes: {{type: int, default: {Quote(int.TryParse(step.Value, CultureInfo.InvariantCulture, out var minutes) && minutes > 0 ? step.Value : "1440")}, validate: {{min: 1, max: 525600}}}}",
                "comment" => "  comment: {type: string, default: juming, validate: {maxLen: 60}}",
                _ => $"  {input}: {{type: string, default: {Quote(step.Value)}, validate: {{maxLen: 200}}}}",
            });
        Line("safety: {protected_check: ip, dry_run_stop: submit}");
    }

    /// <summary>Writes the block; answers with the step that leads to the list, or null where the list is where the console begins or is proved by a way of its own.</summary>
    private string? Steps(List<RecordedStep> act, int list, int send, List<RecordedStep> proof)
    {
        Line("steps:");
        string? back = null;
        for (var at = 0; at < act.Count; at++)
        {
            if (at == list && ShowsList(act[at])) Exists();
            // A question of the browser is agreed to before the press that brings it up.
            if (at + 1 < act.Count && act[at + 1] is { Op: "dialog" } question) Dialog("  ", question);
            if (act[at].Op == "dialog") continue;
            var id = Id(act[at], at < list ? "nav" : "step");
            if (at < list) back = id;
            Line($"  - {{id: {Quote(id)}, {Body(act[at], Meant(act[at], at, send))}}}");
        }
        if (_recording.Texts.Count > 0) Line($"  - {{id: said, assert: {{text: {List(_recording.Texts)}, within: 10s}}}}");
        return act.Exists(ShowsList) ? back : null;
    }

    private void Exists()
    {
        Line($"  - {{id: exists, table.find: {RecipeDraft.Row(Column)}, save: row}}");
        Line("  - {id: there, if: \"${row.found} && ${row.in_force}\", then: [{id: noop, return: {changed: 'false', reason: already-there}}]}");
    }

    private static StepMeaning Meant(RecordedStep step, int at, int send) => step.Op != "click" ? StepMeaning.Way : at == send ? StepMeaning.Submit
        : step.Meaning != StepMeaning.Auto ? step.Meaning : at > send && step.Means == "commit" ? StepMeaning.Commit : StepMeaning.Way;

    private void Verify(string? back, List<RecordedStep> proof)
    {
        Line("verify:");
        Way("  ", "again", back, proof);
        Line($"  - {{id: read-back, table.find: {RecipeDraft.Row(Column)}, save: v}}");
        Line("  - {id: proof, assert: {expr: \"${v.found} && ${v.in_force}\"}}");
        Line("  - {id: picture, screenshot: {name: verified}}");
    }

    /// <summary>To the list: by the page that the block's own way leads to, or from the start by what was shown as the proof's way.</summary>
    private void Way(string indent, string id, string? back, List<RecordedStep> proof)
    {
        if (back is not null || proof.Count == 0)
        {
            Line(back is null ? $"{indent}- {{id: {id}, open: {{}}}}" : $"{indent}- {{id: {id}, open: {{ref: {Quote(back)}}}}}");
            return;
        }
        Line($"{indent}- {{id: {id}, open: {{}}}}");
        foreach (var step in proof.Where(s => s.Op is "click")) Line($"{indent}- {{id: {Quote(Id(step, id))}, {Body(step, StepMeaning.Way)}}}");
    }

    private Error? Inverse(List<RecordedStep> undo, string? back, List<RecordedStep> proof)
    {
        // On some consoles what is blocked is taken away on another page than the one it was blocked on.
        var row = undo.FindIndex(s => s.Row == _recording.Target);
        List<RecordedStep> elsewhere = row > 0 && _proof.List.Length > 0 && !undo[row].Lists.Contains(_proof.List) ? [.. undo[..row].Where(s => s.Op == "click")] : [];
        var first = elsewhere.Count > 0 ? row : undo.FindIndex(s => s.Row == _recording.Target || ShowsList(s));
        var acts = first < 0 ? [] : undo[first..];
        if (undo.Count == 0)
        {
            _yaml.Append(RecipeDraft.Inverse(back, Column));
            return null;
        }
        var send = acts.FindIndex(s => s.Meaning == StepMeaning.Submit);
        if (send < 0) send = acts.FindIndex(s => s.Op == "click" && (s.Row == _recording.Target && s.Means == "remove" || s.Row is null && acts.Exists(r => r.Row == _recording.Target)));
        if (send < 0) send = acts.FindIndex(s => s.Op == "click" && s.Row == _recording.Target);
        if (send < 0 || !acts.Exists(s => s.Row == _recording.Target)) return LinkageErrors.InverseUnclear;
        foreach (var (step, at) in acts.Select((s, i) => (s, i)))
            if (Unclear(step, at >= send || (step.Row is not null && step.Op == "click")) is { } unclear) return unclear;
        foreach (var step in elsewhere)
            if (Unclear(step, false) is { } unclear) return unclear;
        Line("rollback:");
        Line("  steps:");
        Way("    ", "back", elsewhere.Count > 0 ? null : back, elsewhere.Count > 0 ? elsewhere : proof);
        Line($"    - {{id: where, table.find: {RecipeDraft.Row(elsewhere.Count > 0 ? ConsoleWords.AnyColumn : Column)}, save: r}}");
        Line("    - id: remove");
        Line("      if: \"${r.found}\"");
        Line("      then:");
        for (var at = 0; at < acts.Count; at++)
        {
            if (at + 1 < acts.Count && acts[at + 1] is { Op: "dialog" } question) Dialog("        ", question);
            if (acts[at].Op == "dialog") continue;
            Line($"        - {{id: {Quote(Id(acts[at], "undo"))}, {Body(acts[at], Meant(acts[at], at, send))}}}");
        }
        return null;
    }

    private void Dialog(string indent, RecordedStep question)
    {
        var words = ConsoleWords.SureAsked.Where(w => question.Words.Contains(w, StringComparison.OrdinalIgnoreCase)).ToList();
        if (words.Count == 0) words.Add(question.Words.Length > 6 ? question.Words[..6] : question.Words);
        Line($"{indent}- {{id: {Quote(Id(question, "agree"))}, dialog: {{accept: 'true', expect: {List(words)}}}}}");
    }

    private string Body(RecordedStep step, StepMeaning meaning)
    {
        var spec = Spec(step);
        return step.Op switch
        {
            "fill" => $"fill: {{{spec}, value: {Value(step)}}}",
            "select" => $"select: {{{spec}, option: {List([step.Value])}}}",
            "check" => $"check: {{{spec}, value: {Quote(step.Value == "false" ? "false" : "true")}}}",
            "press" => "press: {key: Enter}",
            // In its own row a press changes the device whatever it is called, and a run demands the better score for it.
            _ when step.Row == _recording.Target && !(_alone && meaning == StepMeaning.Submit) => $"click: {{{spec}}}",
            _ => meaning switch { StepMeaning.Submit => $"submit: {{click: {{{spec}}}}}", StepMeaning.Commit => $"commit: {{click: {{{spec}}}}}", _ => $"click: {{{spec}}}" },
        };
    }

    private string Spec(RecordedStep step)
    {
        if (step.Candidate is not { } candidate) return "";
        var parts = candidate.Spec.EnumerateObject().Select(p => p.Value.ValueKind == JsonValueKind.Array ? $"{p.Name}: {List(p.Value.EnumerateArray().Select(v => v.GetString() ?? ""))}" : $"{p.Name}: {Quote(p.Value.GetString() ?? "")}");
        if (step.Row == _recording.Target) parts = parts.Prepend($"in: \"${{{(step.Phase == RecorderPhase.Undo && !_alone ? "r" : "row")}.row}}\"");
        return string.Join(", ", parts);
    }

    private static string Value(RecordedStep step) => step.Varies.Length > 0 ? $"\"${{{step.Varies}}}\"" : Quote(step.Value);

    private string Id(RecordedStep step, string kind)
    {
        var name = step.Name.Length > 0 ? step.Name : $"{kind}{step.Number}";
        for (var again = 2; !_ids.Add(name); again++) name = $"{(step.Name.Length > 0 ? step.Name : kind + step.Number)} {again}";
        return name;
    }

    private static string List(IEnumerable<string> values) => "[" + string.Join(", ", values.Select(Quote)) + "]";

    /// <summary>Words of the page stand in the recipe as quoted text and can be nothing else: a place in them is taken apart.</summary>
    private static string Quote(string text) => JsonSerializer.Serialize(Place().Replace(text, "$ {"), Plain);

    private void Line(string line) => _yaml.Append(line).Append('\n');

    [GeneratedRegex("\\$\\{")]
    private static partial Regex Place();
}
