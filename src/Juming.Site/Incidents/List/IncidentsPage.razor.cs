using System.Globalization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Incidents.Change;
using Juming.Site.Incidents.Move;
using Microsoft.AspNetCore.Components;

namespace Juming.Site.Incidents.List;

/// <summary>The list of incidents with a pane for one; everything that is chosen stands in the address.</summary>
public sealed partial class IncidentsPage
{
    private const int Rows = 50;
    private const string All = "all";
    private const string Urgency = "urgency";

    private static readonly string[] Views = ["open", "mine", "unassigned", "closed", "all"];
    private static readonly string[] Sorts = [Urgency, "last", "detected", "severity"];

    private readonly HashSet<Guid> _chosen = [];
    private IncidentRows? _page;
    private string _view = "open", _span = All, _sort = Urgency;
    private string? _text, _entity, _severity, _state, _shown, _said;
    private Func<Task<Error?>>? _undo;
    private (int Total, DateTimeOffset? Last) _seen;
    private int _skip, _fresh;
    private IReadOnlyList<string> _people = [], _columns = IncidentColumns.Usual;
    private string _person = "", _reason = "";
    private Verdict _verdict = Verdict.FalsePositive;
    private bool _mayWrite, _andClose = true;

    /// <summary>open, mine, unassigned, closed or all.</summary>
    [SupplyParameterFromQuery(Name = "view")] public string? ViewParameter { get; set; }

    /// <summary>Text that is looked for.</summary>
    [SupplyParameterFromQuery(Name = "text")] public string? TextParameter { get; set; }

    /// <summary>Address, host or account.</summary>
    [SupplyParameterFromQuery(Name = "entity")] public string? EntityParameter { get; set; }

    /// <summary>Least severity.</summary>
    [SupplyParameterFromQuery(Name = "severity")] public string? SeverityParameter { get; set; }

    /// <summary>One state.</summary>
    [SupplyParameterFromQuery(Name = "state")] public string? StateParameter { get; set; }

    /// <summary>How far back: 24h, 7d, 30d, all.</summary>
    [SupplyParameterFromQuery(Name = "span")] public string? SpanParameter { get; set; }

    /// <summary>urgency, last, detected or severity.</summary>
    [SupplyParameterFromQuery(Name = "sort")] public string? SortParameter { get; set; }

    /// <summary>Rows passed over.</summary>
    [SupplyParameterFromQuery(Name = "skip")] public int? SkipParameter { get; set; }

    /// <summary>Incident in the pane.</summary>
    [SupplyParameterFromQuery(Name = "open")] public Guid? OpenParameter { get; set; }

    private bool IsFiltered => !string.IsNullOrEmpty(_text) || !string.IsNullOrEmpty(_entity) || !string.IsNullOrEmpty(_severity) || !string.IsNullOrEmpty(_state) || _span != All || _view != "open";

    private ListIncidents Request => new()
    {
        View = _view,
        Text = Blank(_text),
        Entity = Blank(_entity),
        LeastSeverity = Enum.TryParse<Severity>(_severity, true, out var severity) ? severity : null,
        State = Enum.TryParse<IncidentState>(_state, true, out var state) ? state : null,
        From = ListAddress.Spans[_span] is { } span ? Clock.GetUtcNow() - span : null,
        Sort = _sort,
        Skip = _skip,
        Take = Rows,
    };

    private string ExportHref => Navigation.GetUriWithQueryParameters(Navigation.ToAbsoluteUri("/api/incidents/export").ToString(), new Dictionary<string, object?>
    {
        ["view"] = _view,
        ["text"] = Blank(_text),
        ["entity"] = Blank(_entity),
        ["severity"] = Blank(_severity),
        ["state"] = Blank(_state),
        ["from"] = Request.From?.ToString("O", CultureInfo.InvariantCulture),
        ["sort"] = _sort,
    });

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _columns = IncidentColumns.Read((await Ask(new GetMyPreference(IncidentColumns.Preference)))?.Value ?? "");
        _mayWrite = (await Actors.Current(Gone)).Holds(IncidentsWrite.Code);
        if (_mayWrite) _people = await Ask(new ListAssignees()) ?? [];
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        (_text, _entity, _severity, _state) = (TextParameter, EntityParameter, SeverityParameter, StateParameter);
        _view = ViewParameter is { } view && Views.Contains(view) ? view : "open";
        _span = SpanParameter is { } span && ListAddress.Spans.ContainsKey(span) ? span : All;
        _sort = SortParameter is { } sort && IncidentFilter.IsSort(sort) ? sort : Urgency;
        _skip = Math.Clamp(SkipParameter ?? 0, 0, 100_000);
        var key = string.Join('\n', _view, _text, _entity, _severity, _state, _span, _sort, _skip);
        if (key == _shown) return;
        _shown = key;
        _chosen.Clear();
        await Load();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = Watch();
    }

    private async Task Load()
    {
        // Rows that were read stay on screen when a later read is refused.
        if (await Ask(Request) is not { } found) return;
        (_page, _fresh) = (found, 0);
        _seen = await Newest() ?? _seen;
        _chosen.IntersectWith(found.Items.Select(i => i.Id));
    }

    /// <summary>Offers what is new; rows never move under the cursor by themselves.</summary>
    private Task Watch() => Every(TimeSpan.FromSeconds(10), async () =>
    {
        if (_page is null || await Newest() is not { } now || now == _seen) return;
        _fresh = Math.Max(1, now.Total - _seen.Total);
        StateHasChanged();
    });

    private async Task<(int Total, DateTimeOffset? Last)?> Newest()
    {
        var newest = await Sender.Poll(Request with { Sort = "last", Skip = 0, Take = 1 }, Gone);
        return newest.Succeeded ? (newest.Value.Total, newest.Value.Items.FirstOrDefault()?.LastAt) : null;
    }

    private void Choose(Guid id, bool chosen)
    {
        if (chosen) _chosen.Add(id);
        else _chosen.Remove(id);
    }

    private void ChooseAll(bool chosen)
    {
        _chosen.Clear();
        if (chosen) _chosen.UnionWith(_page!.Items.Select(i => i.Id));
    }

    private Task TakeChosen()
    {
        var before = _page!.Items.Where(i => _chosen.Contains(i.Id)).ToList();
        return Act("Taken", before.Select(i => new ChangeIncident { Id = i.Id, Assignee = "me" }), before.Select(i => new ChangeIncident { Id = i.Id, Assignee = i.Assignee }));
    }

    private Task AcknowledgeChosen() =>
        Act("AcknowledgedNote", _page!.Items.Where(i => _chosen.Contains(i.Id) && i.State == IncidentState.New).Select(i => new ChangeIncident { Id = i.Id, State = IncidentState.Acknowledged }), []);

    private Task AssignChosen()
    {
        var before = _page!.Items.Where(i => _chosen.Contains(i.Id)).ToList();
        return Act("AssignedNote", before.Select(i => new ChangeIncident { Id = i.Id, Assignee = _person }), before.Select(i => new ChangeIncident { Id = i.Id, Assignee = i.Assignee }));
    }

    private Task JudgeChosen() =>
        Act("JudgedNote", _page!.Items.Where(i => _chosen.Contains(i.Id)).Select(i => new ChangeIncident { Id = i.Id, Verdict = _verdict, Reason = _reason, State = _andClose ? IncidentState.Closed : null }), []);

    private async Task Act(string note, IEnumerable<ChangeIncident> changes, IEnumerable<ChangeIncident> back)
    {
        var undo = back.ToList();
        if (await Each(changes.ToList()) is { } error)
        {
            await Load();
            Problem = error;
            return;
        }
        await Done(IncidentsTexts.Of(note, _chosen.Count), undo.Count == 0 ? null : () => Each(undo));
    }

    private async Task<Error?> Each(List<ChangeIncident> changes)
    {
        foreach (var change in changes)
            if ((await Sender.Send(change, Gone)).Error is { } error) return error;
        return null;
    }

    private async Task MergeChosen()
    {
        // The most urgent one stands first in the usual order; where it does not, the highest priority takes the others in.
        var chosen = _page!.Items.Where(i => _chosen.Contains(i.Id)).OrderBy(i => i.Priority).ThenByDescending(i => i.Severity).ThenBy(i => i.DetectedAt).ToList();
        var merged = await Sender.Send(new MergeIncidents(chosen[0].Id, [.. chosen.Skip(1).Select(i => i.Id)]), Gone);
        Problem = merged.Error;
        if (merged.Succeeded) await Done(IncidentsTexts.Of("MergedNote", chosen[0].Number), () => TakeBack(merged.Value));
    }

    private async Task<Error?> TakeBack(IReadOnlyList<Guid> moves)
    {
        foreach (var move in moves.Reverse())
            if ((await Sender.Send(new UndoMove(move), Gone)).Error is { } error) return error;
        return null;
    }

    private async Task Done(string said, Func<Task<Error?>>? undo)
    {
        (_said, _undo) = (said, undo);
        _chosen.Clear();
        await Load();
    }

    private async Task Undo()
    {
        if (_undo is null) return;
        var error = await _undo();
        if (error is null) await Done(IncidentsTexts.Of("UndoneNote"), null);
        Problem = error;
    }

    private Task NoteTaken() => Done(IncidentsTexts.Of("Saved"), null);

    private void Go(Action? change = null)
    {
        change?.Invoke();
        Navigation.NavigateTo(Here(("text", Blank(_text)), ("entity", Blank(_entity)), ("severity", Blank(_severity)), ("state", Blank(_state)), ("span", _span == All ? null : _span), ("sort", _sort == Urgency ? null : _sort), ("skip", null)));
    }

    private Task ChooseColumns(IReadOnlyList<string> columns)
    {
        _columns = columns;
        return Do(new SetMyPreference(IncidentColumns.Preference, IncidentColumns.Write(columns)));
    }

    private void Turn(int pages) => Navigation.NavigateTo(Here(("skip", Math.Max(0, _skip + (pages * Rows)) is var skip and > 0 ? skip : null)));

    private void ClosePane() => Navigation.NavigateTo(Here(("open", null)));

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
