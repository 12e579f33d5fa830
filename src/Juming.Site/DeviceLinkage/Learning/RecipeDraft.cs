using System.Globalization;
using System.Text;
using System.Text.Json;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Site.DeviceLinkage.SignIn;

namespace Juming.Site.DeviceLinkage.Learning;

/// <summary>Writes a recipe from what the explorer found on a console: how to add an address, to read it back and to take it away.</summary>
internal sealed class RecipeDraft(DeviceWindow window, Film film)
{
    private static readonly string[] LongestWords = ["永久", "永不", "长期", "permanent", "forever", "never"];
    private readonly StringBuilder _yaml = new();

    /// <summary>The recipe, or null with the reason. Opens the form and fills nothing in.</summary>
    public async Task<(string? Yaml, string? Failure)> Write(string id, string name, ConsoleExplorer explored, CancellationToken ct)
    {
        var page = explored.Page;
        var opens = page.GetProperty("inline").ValueKind != JsonValueKind.Object;
        var form = page.GetProperty("inline");
        JsonElement? add = null;
        if (opens)
        {
            foreach (var button in page.GetProperty("adds").EnumerateArray().Take(3))
            {
                form = await Opened(button, ct);
                if (form.ValueKind != JsonValueKind.Object) continue;
                add = button;
                break;
            }
            if (form.ValueKind != JsonValueKind.Object) return (null, "no-form");
        }
        await Show(form, ct);
        Head(id, name);
        var last = Way(explored.Way);
        var column = SignInSkill.Text(page, "column") is { Length: > 0 } named ? named : ConsoleWords.AnyColumn;
        Block(form, add, column);
        Verify(last, column);
        _yaml.Append(Inverse(last, column));
        return (_yaml.ToString(), null);
    }

    private async Task<JsonElement> Opened(JsonElement button, CancellationToken ct)
    {
        var step = film.Begin("explore", "add");
        var found = await window.Call("(e, a) => e.find(a.spec, a.o)", new { spec = button.GetProperty("spec"), o = new { kind = "click", need = RecipeRunner.EnoughToChange, margin = 0.0, wait = 250 } }, ct);
        if (!SignInSkill.Flag(found, "found")) { step.End("missing", SignInSkill.Text(button, "text")); return default; }
        await window.ClickAt(found.GetProperty("x").GetDouble(), found.GetProperty("y").GetDouble(), ct);
        for (var i = 0; i < 20; i++)
        {
            await window.Quiet(10_000, ct, 60);
            var form = await window.Call("e => e.explore.form()", null, ct);
            if (form.ValueKind == JsonValueKind.Object) { step.End("done", SignInSkill.Text(button, "text")); return form; }
            await Task.Delay(100, ct);
        }
        step.End("no-form", SignInSkill.Text(button, "text"));
        return default;
    }

    /// <summary>A picture of the fields it would fill and the button it would press.</summary>
    private async Task Show(JsonElement form, CancellationToken ct)
    {
        var step = film.Begin("explore", "form");
        await window.Call("(e, a) => e.highlight(a)", new[] { form.GetProperty("ip").GetProperty("point"), form.GetProperty("confirm").GetProperty("point") }, ct);
        await film.Shoot(step, "form", window, ct);
        await window.Call("e => e.highlight([])", null, ct);
        step.End("done", SignInSkill.Text(form.GetProperty("confirm"), "text"));
    }

    private void Head(string id, string name)
    {
        Line("apiVersion: juming/recipe.v1");
        Line($"id: {id}");
        Line($"name: {{zh: {Quote(name + " 封禁地址")}, en: {Quote(name + " block an address")}}}");
        Line("capability: block-ip");
        Line("kind: mutate");
        Line("inputs:");
        Line("  ip: {type: ip, required: true}");
        Line("  minutes: {type: int, default: '1440', validate: {min: 1, max: 525600}}");
        Line("  comment: {type: string, default: juming, validate: {maxLen: 60}}");
        Line("safety: {protected_check: ip, dry_run_stop: submit}");
    }

    private string? Way(List<JsonElement> way)
    {
        Line("steps:");
        string? last = null;
        for (var i = 0; i < way.Count; i++)
        {
            last = string.Create(CultureInfo.InvariantCulture, $"nav{i + 1}");
            Line($"  - {{id: {last}, click: {Spec(way[i].GetProperty("spec"))}}}");
        }
        return last;
    }

    private void Block(JsonElement form, JsonElement? add, string column)
    {
        Line($"  - {{id: exists, table.find: {Row(column)}, save: row}}");
        Line("  - {id: there, if: \"${row.found} && ${row.in_force}\", then: [{id: noop, return: {changed: 'false', reason: already-there}}]}");
        if (add is { } button) Line($"  - {{id: add, click: {Spec(button.GetProperty("spec"))}}}");
        Line($"  - {{id: address, fill: {Spec(form.GetProperty("ip").GetProperty("spec"), "value", "${ip}")}}}");
        var number = 0;
        foreach (var other in form.GetProperty("others").EnumerateArray())
            if (Other(other) is { } step) Line(string.Create(CultureInfo.InvariantCulture, $"  - {{id: field{++number}, {step}, optional: true}}"));
        Line($"  - {{id: send, submit: {{click: {Spec(form.GetProperty("confirm").GetProperty("spec"))}}}}}");
        Line($"  - {{id: sure, click: {{role: button, name: {List(ConsoleWords.Sure)}}}, optional: true}}");
        Line($"  - {{id: effect, commit: {{click: {{role: button, name: {List(ConsoleWords.Commits)}}}, optional: true}}}}");
        Line($"  - {{id: effect-sure, click: {{role: button, name: {List(ConsoleWords.Sure)}}}, optional: true}}");
    }

    /// <summary>What another field of the form gets; null when it is left as it is.</summary>
    private static string? Other(JsonElement field)
    {
        var spec = field.GetProperty("spec");
        var kind = SignInSkill.Text(field, "kind");
        if (kind == "select") return SignInSkill.Text(field, "means") is "term" or "minutes" && Longest(field) is { } option ? $"select: {Spec(spec, "option", option)}" : null;
        if (kind != "text" || spec.EnumerateObject().All(p => p.Name == "near")) return null;
        return SignInSkill.Text(field, "means") switch
        {
            "comment" => $"fill: {Spec(spec, "value", "${comment}")}",
            "minutes" or "term" => SignInSkill.Text(field, "value").Length > 0 && !SignInSkill.Flag(field, "required") ? null : $"fill: {Spec(spec, "value", "${minutes}")}",
            "endip" => $"fill: {Spec(spec, "value", "${ip}")}",
            "mask" => SignInSkill.Text(field, "value").Length > 0 ? null : $"fill: {Spec(spec, "value", "255.255.255.255")}",
            "label" => $"fill: {Spec(spec, "value", "jm-${ip}")}",
            _ => null,
        };
    }

    // The block list keeps the time and takes the block away; a device that ends it earlier would look like drift.
    private static string? Longest(JsonElement field)
    {
        var options = field.GetProperty("options").EnumerateArray().Select(o => o.GetString() ?? "").ToList();
        return options.Find(IsLongest);
    }

    /// <summary>True for a choice that never ends by itself.</summary>
    internal static bool IsLongest(string option) => LongestWords.Any(w => option.Contains(w, StringComparison.OrdinalIgnoreCase));

    private void Verify(string? last, string column)
    {
        Line("verify:");
        Line(last is null ? "  - {id: again, open: {}}" : $"  - {{id: again, open: {{ref: {last}}}}}");
        Line($"  - {{id: read-back, table.find: {Row(column)}, save: v}}");
        Line("  - {id: proof, assert: {expr: \"${v.found} && ${v.in_force}\"}}");
        Line("  - {id: picture, screenshot: {name: verified}}");
    }

    /// <summary>The inverse of any block: its row is looked for and taken away by its own control, or chosen and taken away by the list's.</summary>
    internal static string Inverse(string? last, string column)
    {
        var text = new StringBuilder();
        void Line(string line) => text.Append(line).Append('\n');
        Line("rollback:");
        Line("  steps:");
        Line(last is null ? "    - {id: back, open: {}}" : $"    - {{id: back, open: {{ref: {last}}}}}");
        Line($"    - {{id: where, table.find: {Row(column)}, save: r}}");
        Line("    - id: remove");
        Line("      if: \"${r.found}\"");
        Line("      then:");
        Line("        - {id: agree, dialog: {accept: 'true', expect: [确认, 确定, 是否, 删除, 解封, 移除, sure, remove, delete, unblock, confirm, release]}}");
        Line("        - {id: choose, if: \"${r.selectable}\", then: [{id: choose-row, check: {in: \"${r.row}\", role: checkbox}, optional: true}]}");
        Line("        - id: how");
        Line("          if: \"${r.deletable}\"");
        Line($"          then: [{{id: remove-row, click: {{in: \"${{r.row}}\", role: button, name: {List(ConsoleWords.Removes)}}}}}]");
        Line("          else:");
        Line($"            - {{id: remove-chosen, submit: {{click: {{role: button, name: {List(ConsoleWords.Removes)}}}}}}}");
        Line($"        - {{id: remove-sure, click: {{role: button, name: {List(ConsoleWords.Sure)}}}, optional: true}}");
        Line($"        - {{id: remove-effect, commit: {{click: {{role: button, name: {List(ConsoleWords.Commits)}}}, optional: true}}}}");
        Line($"        - {{id: remove-effect-sure, click: {{role: button, name: {List(ConsoleWords.Sure)}}}, optional: true}}");
        return text.ToString();
    }

    internal static string Row(string column) => $"{{row: {{{Quote(column)}: \"${{ip}}\"}}, search: {{value: \"${{ip}}\"}}, paging: {{max: 50}}}}";

    private static string Spec(JsonElement spec, string? key = null, string? value = null)
    {
        var parts = spec.EnumerateObject().Select(p => p.Value.ValueKind == JsonValueKind.Array ? $"{p.Name}: {List(p.Value.EnumerateArray().Select(v => v.GetString() ?? ""))}" : $"{p.Name}: {Quote(p.Value.GetString() ?? "")}").ToList();
        if (key is not null) parts.Add($"{key}: {Quote(value!)}");
        return "{" + string.Join(", ", parts) + "}";
    }

    private static string List(IEnumerable<string> values) => "[" + string.Join(", ", values.Select(Quote)) + "]";

    /// <summary>Words of the page stand in the recipe as quoted text and can be nothing else. A place in them is taken apart.</summary>
    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private void Line(string line) => _yaml.Append(line).Append('\n');
}
