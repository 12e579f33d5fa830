using System.Text.Json.Nodes;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Canvas;
using Juming.Site.Response.Playbooks;
using Microsoft.AspNetCore.Components;

namespace Juming.Site.Response.Edit;

/// <summary>One playbook, on a canvas and as an outline: two views of one draft, which is saved with every change.</summary>
public sealed partial class PlaybookPage
{
    private const int MostBack = 50;

    private static readonly string[] Tabs = ["canvas", "steps", "settings", "try", "publish"];
    private static readonly Dictionary<string, string> TabTitles = new() { ["canvas"] = "Canvas", ["steps"] = "Outline", ["settings"] = "Settings", ["try"] = "Try", ["publish"] = "Publish" };

    private readonly List<string> _before = [], _after = [];
    private readonly SemaphoreSlim _turn = new(1);
    private PlaybookView? _view;
    private JsonObject? _draft;
    private IReadOnlyList<OutlineRow> _rows = [];
    private IReadOnlyList<ActionView> _actions = [];
    private Func<Action<DraftEditor>, Task> _change = null!;
    private Func<FlowAct, Task> _act = null!;
    private FlowPicture? _picture;
    private JsonObject _copied = [];
    private Place? _place;
    private string? _chosen, _said, _refused, _loaded;
    private bool _mayWrite, _mayApprove;

    /// <summary>Identity of the playbook.</summary>
    [Parameter] public string Number { get; set; } = "";

    /// <summary>canvas, steps, settings, try or publish.</summary>
    [SupplyParameterFromQuery(Name = "tab")] public string? TabParameter { get; set; }

    private string Tab => TabParameter is { } tab && Tabs.Contains(tab) ? tab : Tabs[0];

    /// <inheritdoc/>
    protected override void OnInitialized() => (_change, _act) = (Change, Act);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == Number) return;
        _loaded = Number;
        var actor = await Actors.Current(Gone);
        (_mayWrite, _mayApprove) = (actor.Holds(ResponseWrite.Code), actor.Holds(ResponseApprove.Code));
        _before.Clear();
        _after.Clear();
        _actions = await Ask(new ListActions()) ?? [];
        await Load();
    }

    private async Task Load()
    {
        if (await Ask(new GetPlaybook(Guid.TryParse(Number, out var id) ? id : Guid.Empty)) is not { } found) return;
        Show(found);
    }

    private void Show(PlaybookView view)
    {
        (_view, _draft) = (view, JsonNode.Parse(view.Draft) as JsonObject ?? []);
        _rows = Outline.All(_draft);
        _picture = FlowPicture.Of(_draft, _actions, MarkOf);
        if (_chosen is not null && _rows.All(r => r.Id != _chosen)) _chosen = null;
        if (_place is { After: { } after } && _rows.All(r => r.Id != after)) _place = null;
    }

    /// <summary>Makes a change and saves the draft.</summary>
    private async Task Change(Action<DraftEditor> change)
    {
        // Two changes at once would each be made on the same revision, and the second refused.
        await _turn.WaitAsync(Gone);
        try
        {
            var before = _view!.Draft;
            change(new DraftEditor(_draft!));
            (_said, _refused) = (null, null);
            if (await Save(PlaybookReader.Write(_draft!))) Remember(_before, before);
            _after.Clear();
        }
        finally
        {
            _turn.Release();
        }
        StateHasChanged();
    }

    private static void Remember(List<string> drafts, string draft)
    {
        drafts.Add(draft);
        if (drafts.Count > MostBack) drafts.RemoveAt(0);
    }

    private async Task<bool> Save(string document)
    {
        var saved = await Ask(new SaveDraft(_view!.Id, _view.Revision, new Secret(document)));
        var problem = Problem;
        await Load();
        Problem = problem;
        return saved is not null;
    }

    private Task TakeBack() => Turn(_before, _after);

    private Task DoAgain() => Turn(_after, _before);

    /// <summary>Puts the last of some drafts in force, and the one that stood among the others.</summary>
    private async Task Turn(List<string> from, List<string> to)
    {
        await _turn.WaitAsync(Gone);
        try
        {
            if (from.Count == 0) return;
            var (draft, stood) = (from[^1], _view!.Draft);
            (_said, _refused) = (null, null);
            if (!await Save(draft)) return;
            from.RemoveAt(from.Count - 1);
            Remember(to, stood);
        }
        finally
        {
            _turn.Release();
        }
        StateHasChanged();
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
        else _refused = ResponseTexts.Of("BranchNeeded");
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
