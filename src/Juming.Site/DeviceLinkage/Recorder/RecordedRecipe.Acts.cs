using System.Globalization;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Recipes;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>Recipes for other things than blocks: one act on one target, its inverse as a recipe of its own, and figures that are only read.</summary>
internal sealed partial class RecordedRecipe
{
    // A heading that no list has: the value alone decides.
    private const string NoColumn = "·";

    private RecordedSubject Subject => _recording.Subject;

    private string TargetColumn => _proof.Column.Length > 0 ? _proof.Column : NoColumn;

    /// <summary>The act, or with <paramref name="undo"/> what takes it back, as a recipe; or why it can't be written yet.</summary>
    public static Result<string> WriteAct(Recording recording, string name, bool undo)
    {
        if (recording.Proof is not { } proof) return LinkageErrors.NoProof;
        var (act, back) = (Of(recording, RecorderPhase.Block), Of(recording, RecorderPhase.Undo));
        if (act.Count == 0 || (undo && back.Count == 0)) return LinkageErrors.NothingRecorded;
        return new RecordedRecipe(recording, proof) { _alone = true }.Act(name, act, undo ? back : null);
    }

    /// <summary>A recipe that reads what the person marked.</summary>
    public static Result<string> WriteRead(Recording recording, string name)
    {
        if (recording.Figures.Count == 0) return LinkageErrors.NoProof;
        var way = Of(recording, RecorderPhase.Block).Concat(Of(recording, RecorderPhase.Proof)).Where(s => s.Op is "click").ToList();
        foreach (var step in way)
            if (Unclear(step, false) is { } unclear) return unclear;
        return new RecordedRecipe(recording, new RecordedProof("", [], "", "")) { _alone = true }.Figures(name, way);
    }

    private Result<string> Act(string name, List<RecordedStep> act, List<RecordedStep>? back)
    {
        var proof = Of(_recording, RecorderPhase.Proof);
        var list = act.FindIndex(s => ShowsList(s) || IsOnTarget(s));
        if (list < 0 && proof.Count == 0) return LinkageErrors.NoWayToList;
        var way = list < 0 ? [] : act[..list];
        var acts = back is null ? act[Math.Max(0, list)..] : back[Math.Max(0, back.FindIndex(s => ShowsList(s) || IsOnTarget(s)))..];
        var inRow = acts.Exists(IsOnTarget);
        // What is pressed in the row was there before the act: that it stands there proves nothing.
        if (back is null && inRow && _proof.State is null) return LinkageErrors.NoState;
        if (inRow && list < 0) return LinkageErrors.NoWayToList;
        var send = Sends(acts, inRow);
        if (send < 0) return LinkageErrors.NoPointOfNoReturn;
        foreach (var step in way.Concat(proof))
            if (Unclear(step, false) is { } unclear) return unclear;
        foreach (var (step, at) in acts.Select((s, i) => (s, i)))
            if (Unclear(step, at >= send) is { } unclear) return unclear;
        Title(name, back is null ? Subject.Capability : Subject.Inverse!, back is null ? (Subject.NameZh, Subject.NameEn) : Subject.InverseName, "mutate");
        Inputs(acts);
        Line("steps:");
        var last = Ways(way);
        if (list >= 0) Before(back is not null, inRow);
        Acts(acts, send);
        Proves(back is not null, last, proof);
        return Checked();
    }

    /// <summary>The step that sends it: the person's word, the first press after the last field, or the press in the target's row.</summary>
    private int Sends(List<RecordedStep> acts, bool inRow)
    {
        var said = acts.FindIndex(s => s.Meaning == StepMeaning.Submit);
        if (said >= 0) return said;
        var fields = acts.FindLastIndex(s => s.Op is "fill" or "select" or "check");
        if (fields >= 0) return acts.FindIndex(fields + 1, s => s.Op == "click" && s.Meaning == StepMeaning.Auto);
        return inRow ? acts.FindIndex(s => s.Op == "click" && IsOnTarget(s)) : -1;
    }

    private bool IsOnTarget(RecordedStep step) => step.Row is { } row && row == _recording.Target;

    private void Title(string name, string capability, (string Zh, string En) what, string kind)
    {
        var device = _recording.Device;
        var title = $"{device.Vendor} {device.Model}".Trim() is { Length: > 0 } model ? model : device.Name;
        Line("apiVersion: juming/recipe.v1");
        Line($"id: {name}");
        Line($"name: {{zh: {Quote(title + " " + what.Zh)}, en: {Quote(title + " " + what.En)}}}");
        Line($"vendor: {Quote(device.Vendor)}");
        Line($"product: {Quote(device.Model)}");
        Line($"capability: {capability}");
        Line($"kind: {kind}");
    }

    // A host of one's own is no address to be kept from blocks: whether it may be isolated is decided where the order comes from.
    private void Inputs(List<RecordedStep> acts)
    {
        Line("inputs:");
        Line($"  {Subject.Input}: {{type: string, required: true, validate: {{maxLen: 256}}}}");
        foreach (var step in acts.Where(s => s.Varies.Length > 0 && s.Varies != Subject.Input).DistinctBy(s => s.Varies)) Line($"  {step.Varies}: {{type: string, default: {Quote(step.Value)}, validate: {{maxLen: 200}}}}");
    }

    private string? Ways(List<RecordedStep> way)
    {
        string? last = null;
        foreach (var step in way.Where(s => s.Op == "click")) Line($"  - {{id: {Quote(last = Id(step, "nav"))}, {Body(step, StepMeaning.Way)}}}");
        return last;
    }

    /// <summary>Where the target stands before the act: what is as it is wanted already is left alone.</summary>
    private void Before(bool undo, bool inRow)
    {
        Line($"  - {{id: exists, table.find: {Row()}, save: row}}");
        if (!Subject.IsRepeated) Line($"  - {{id: there, if: {Holds("row", undo)}, then: [{{id: noop, return: {{changed: 'false', reason: already-there}}}}]}}");
        if (inRow) Line("  - {id: found, assert: {expr: \"${row.found}\"}}");
    }

    private void Acts(List<RecordedStep> acts, int send)
    {
        for (var at = 0; at < acts.Count; at++)
        {
            if (at + 1 < acts.Count && acts[at + 1] is { Op: "dialog" } question) Dialog("  ", question);
            if (acts[at].Op == "dialog") continue;
            Line($"  - {{id: {Quote(Id(acts[at], "step"))}, {Body(acts[at], Meant(acts[at], at, send))}}}");
        }
        if (_recording.Texts.Count > 0) Line($"  - {{id: said, assert: {{text: {List(_recording.Texts)}, within: 10s}}}}");
    }

    private void Proves(bool undo, string? last, List<RecordedStep> proof)
    {
        Line("verify:");
        Way("  ", "again", last, proof);
        Line($"  - {{id: read-back, table.find: {Row()}, save: v}}");
        Line($"  - {{id: proof, assert: {{expr: {Holds("v", undo)}}}}}");
        Line("  - {id: picture, screenshot: {name: verified}}");
    }

    /// <summary>What holds once it is done, or taken back: the cell that the person marked says so, or the row is there, or no longer.</summary>
    private string Holds(string row, bool undo)
    {
        if (_proof.State is not { } state) return $"\"{(undo ? "!" : "")}${{{row}.found}}\"";
        // Its words were looked at when they were marked: neither quotes nor braces are among them.
        return $"\"${{{row}.found}} && ${{{row}.row.{state.Column}}} {(undo ? "!=" : "==")} '{state.Text}'\"";
    }

    private string Row()
    {
        var target = $"\"${{{Subject.Input}}}\"";
        return $"{{row: {{{Quote(TargetColumn)}: {target}}}, search: {{value: {target}}}, paging: {{max: 50}}}}";
    }

    private Result<string> Figures(string name, List<RecordedStep> way)
    {
        Title(name, Subject.Capability, (Subject.NameZh, Subject.NameEn), "read");
        Line($"outputs: {{{string.Join(", ", _recording.Figures.Select(f => $"{Quote(f.Label)}: {{type: string}}"))}}}");
        Line("steps:");
        Ways(way);
        foreach (var (figure, at) in _recording.Figures.Select((f, i) => (f, i + 1)))
            Line(string.Create(CultureInfo.InvariantCulture, $"  - {{id: read{at}, read: {{near: {{text: [{Quote(figure.Label)}]}}{(figure.Pattern.Length > 0 ? ", regex: " + Quote(figure.Pattern) : "")}, as: {Quote(figure.Label)}}}}}"));
        Line("  - {id: picture, screenshot: {name: read}}");
        return Checked();
    }

    private Result<string> Checked()
    {
        var yaml = _yaml.ToString();
        var (recipe, faults) = RecipeReader.Read(yaml);
        return recipe is null ? LinkageErrors.RecipeFaulty.With("line", faults[0].Line.ToString(CultureInfo.InvariantCulture)).With("reason", faults[0].Reason).With("count", faults.Count.ToString(CultureInfo.InvariantCulture)) : yaml;
    }
}
