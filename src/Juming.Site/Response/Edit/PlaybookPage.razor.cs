using System.Text.Json.Nodes;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Playbooks;
using Microsoft.AspNetCore.Components;

namespace Juming.Site.Response.Edit;

/// <summary>One playbook as an outline: its steps indented under their branches, each with its form; the draft is saved with every change.</summary>
public sealed partial class PlaybookPage
{
    private const int MostBack = 50;

    private static readonly string[] Tabs = ["steps", "settings", "try", "publish"];
    private static readonly Dictionary<string, string> TabTitles = new() { ["steps"] = "Steps", ["settings"] = "Settings", ["try"] = "Try", ["publish"] = "Publish" };
    private static readonly string[] Kinds = ["if-condition", "switch-condition", "while-condition", "parallel", "playbook-action"];

    private readonly List<string> _before = [];
    private PlaybookView? _view;
    private JsonObject? _draft;
    private IReadOnlyList<OutlineRow> _rows = [];
    private IReadOnlyList<ActionView> _actions = [];
    private Func<Action<DraftEditor>, Task> _change = null!;
    private Place? _place;
    private string? _chosen, _said, _loaded;
    private bool _mayWrite, _mayApprove;

    /// <summary>Identity of the playbook.</summary>
    [Parameter] public string Number { get; set; } = "";

    /// <summary>steps, settings, try or publish.</summary>
    [SupplyParameterFromQuery(Name = "tab")] public string? TabParameter { get; set; }

    private string Tab => TabParameter is { } tab && Tabs.Contains(tab) ? tab : Tabs[0];

    /// <inheritdoc/>
    protected override void OnInitialized() => _change = Change;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == Number) return;
        _loaded = Number;
        var actor = await Actors.Current(Gone);
        (_mayWrite, _mayApprove) = (actor.Holds(ResponseWrite.Code), actor.Holds(ResponseApprove.Code));
        _before.Clear();
        await Load();
        if (_view is not null) _actions = await Ask(new ListActions()) ?? [];
    }

    private async Task Load()
    {
        if (await Ask(new GetPlaybook(Guid.TryParse(Number, out var id) ? id : Guid.Empty)) is not { } found) return;
        Show(found);
    }

    private void Show(PlaybookView view)
    {
        (_view, _draft) = (view, JsonNode.Parse(view.Draft) as JsonObject ?? []);
        _rows = Outline.Of(_draft);
        if (_place is { After: { } after } && _rows.All(r => r.Id != after)) _place = null;
    }

    /// <summary>Makes a change and saves the draft.</summary>
    private async Task Change(Action<DraftEditor> change)
    {
        var before = _view!.Draft;
        change(new DraftEditor(_draft!));
        _said = null;
        if (await Save(PlaybookReader.Write(_draft!))) Remember(before);
        StateHasChanged();
    }

    private void Remember(string before)
    {
        _before.Add(before);
        if (_before.Count > MostBack) _before.RemoveAt(0);
    }

    private async Task<bool> Save(string document)
    {
        var saved = await Ask(new SaveDraft(_view!.Id, _view.Revision, new Secret(document)));
        var problem = Problem;
        await Load();
        Problem = problem;
        return saved is not null;
    }

    private async Task TakeBack()
    {
        var before = _before[^1];
        if (await Save(before)) _before.RemoveAt(_before.Count - 1);
    }

    private async Task Add(Place place, string kind)
    {
        var made = "";
        await Change(editor => made = place.After is { } after ? editor.AddAfter(after, kind) : editor.AddFirst(place.Slot!, kind));
        (_place, _chosen) = (null, made);
    }

    private async Task RemoveStep(OutlineRow row)
    {
        var removed = false;
        var title = Title(row);
        await Change(editor => removed = editor.Remove(row.Id));
        if (removed) _said = ResponseTexts.Of("StepRemoved", title);
        if (_chosen == row.Id) _chosen = null;
    }

    /// <summary>Branches that are still empty, of the steps whose last row this is: they stand where their first step would.</summary>
    private IEnumerable<(int Depth, Slot Slot)> EmptyAfter(int index)
    {
        var next = index + 1 < _rows.Count ? _rows[index + 1].Depth : -1;
        var depth = int.MaxValue;
        for (var i = index; i >= 0 && depth > next; i--)
        {
            if (_rows[i].Depth >= depth) continue;
            depth = _rows[i].Depth;
            if (depth < next) yield break;
            foreach (var slot in Outline.SlotsOf(_rows[i].Id, _rows[i].Step).Where(s => Outline.First(_draft!, s) is null)) yield return (depth, slot);
        }
    }

    private void Choose(string id) => _chosen = _chosen == id ? null : id;

    private IEnumerable<ProblemView> ProblemsOf(string step) => _view!.Problems.Where(p => StepOf(p) == step);

    private string? StepOf(ProblemView problem) =>
        problem.Pointer.StartsWith("/workflow/", StringComparison.Ordinal) && problem.Pointer.Split('/')[2] is var id && _rows.Any(r => r.Id == id) ? id : null;

    private static string Title(OutlineRow row)
    {
        var what = row.Type == "action" && row.Step["commands"] is JsonArray { Count: > 0 } commands ? ResponseTexts.Action((string?)commands[0]?["capability"] ?? (string?)commands[0]?["type"] ?? "") : ResponseTexts.Of("Kind." + row.Type);
        return row.Name.Length == 0 || row.Name == what ? what : $"{row.Name} · {what}";
    }

    /// <summary>Where the next step goes: behind a step, or first in a branch.</summary>
    private sealed record Place(Slot? Slot, string? After);
}
