using System.Globalization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Alerts.Judge;
using Juming.Site.Detection.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace Juming.Site.Detection.Alerts.List;

/// <summary>The list of alerts with a pane for one; everything that is chosen stands in the address.</summary>
public sealed partial class AlertsPage
{
    private const int Rows = 50;

    private static readonly Dictionary<string, TimeSpan?> Spans = new()
    {
        ["1h"] = TimeSpan.FromHours(1),
        ["24h"] = TimeSpan.FromHours(24),
        ["7d"] = TimeSpan.FromDays(7),
        ["30d"] = TimeSpan.FromDays(30),
        ["all"] = null,
    };

    private readonly CancellationTokenSource _gone = new();
    private AlertPage? _page;
    private DateTimeOffset _loadedAt;
    private string? _error;
    private string? _text, _entity, _severity, _state, _span = "7d", _sort = "last", _shown;
    private int _skip;
    private int _fresh;
    private bool _loading;
    private readonly HashSet<Guid> _chosen = [];
    private IReadOnlyList<Guid> _judged = [];
    private Verdict _verdict = Verdict.FalsePositive;
    private string _reason = "";
    private string? _said;
    private bool _mayJudge;
    private IReadOnlyList<string> _columns = AlertColumns.Usual;

    [Inject] internal Sender Sender { get; set; } = null!;
    [Inject] internal IActorSource Actors { get; set; } = null!;
    [Inject] internal NavigationManager Navigation { get; set; } = null!;
    [Inject] internal TimeProvider Clock { get; set; } = null!;
    [Inject] internal IStringLocalizer<DetectionTexts> Texts { get; set; } = null!;

    /// <summary>Text that is looked for.</summary>
    [SupplyParameterFromQuery(Name = "text")] public string? TextParameter { get; set; }

    /// <summary>Address, host or account.</summary>
    [SupplyParameterFromQuery(Name = "entity")] public string? EntityParameter { get; set; }

    /// <summary>Least severity.</summary>
    [SupplyParameterFromQuery(Name = "severity")] public string? SeverityParameter { get; set; }

    /// <summary>new, judged or nothing.</summary>
    [SupplyParameterFromQuery(Name = "state")] public string? StateParameter { get; set; }

    /// <summary>How far back: 1h, 24h, 7d, 30d, all.</summary>
    [SupplyParameterFromQuery(Name = "span")] public string? SpanParameter { get; set; }

    /// <summary>last, severity or count.</summary>
    [SupplyParameterFromQuery(Name = "sort")] public string? SortParameter { get; set; }

    /// <summary>One rule.</summary>
    [SupplyParameterFromQuery(Name = "rule")] public string? RuleParameter { get; set; }

    /// <summary>One technique.</summary>
    [SupplyParameterFromQuery(Name = "technique")] public string? TechniqueParameter { get; set; }

    /// <summary>Rows passed over.</summary>
    [SupplyParameterFromQuery(Name = "skip")] public int? SkipParameter { get; set; }

    /// <summary>Alert in the pane.</summary>
    [SupplyParameterFromQuery(Name = "open")] public Guid? Open { get; set; }

    private bool IsFiltered => !string.IsNullOrEmpty(_text) || !string.IsNullOrEmpty(_entity) || !string.IsNullOrEmpty(_severity) || !string.IsNullOrEmpty(_state) || RuleParameter is not null || TechniqueParameter is not null;

    private ListAlerts Request => new()
    {
        Text = _text,
        Entity = _entity,
        LeastSeverity = Enum.TryParse<Severity>(_severity, true, out var severity) ? severity : null,
        IsNew = _state switch { "new" => true, "judged" => false, _ => null },
        From = Spans.GetValueOrDefault(_span ?? "") is { } span ? Clock.GetUtcNow() - span : null,
        RuleId = RuleParameter,
        Technique = TechniqueParameter,
        Sort = _sort ?? "last",
        Skip = _skip,
        Take = Rows,
    };

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var chosen = await Sender.Send(new GetMyPreference(AlertColumns.Preference), _gone.Token);
        if (chosen.Succeeded) _columns = AlertColumns.Read(chosen.Value.Value);
        _mayJudge = (await Actors.Current(CancellationToken.None)).Holds(DetectionJudge.Code);
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        (_text, _entity, _severity, _state) = (TextParameter, EntityParameter, SeverityParameter, StateParameter);
        _span = SpanParameter is { } span && Spans.ContainsKey(span) ? span : "7d";
        _sort = SortParameter is "severity" or "count" ? SortParameter : "last";
        _skip = Math.Max(0, SkipParameter ?? 0);
        var key = string.Join('\n', _text, _entity, _severity, _state, _span, _sort, _skip, RuleParameter, TechniqueParameter);
        if (key == _shown) return;
        _shown = key;
        await Load();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = Watch();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        _gone.Dispose();
    }

    private async Task Load()
    {
        _loading = true;
        var now = Clock.GetUtcNow();
        var found = await Sender.Send(Request, _gone.Token);
        _loading = false;
        _error = found.Error is { } error ? Texts.Of(error) : null;
        // Rows that were read stay on screen when a later read is refused.
        if (!found.Succeeded) return;
        (_page, _loadedAt, _fresh) = (found.Value, now, 0);
        // Only what is on screen is judged: nobody remembers what was chosen three pages ago.
        _chosen.IntersectWith(_page.Items.Select(i => i.Alert.Id));
    }

    private void Choose(Guid id, bool isChosen)
    {
        if (isChosen) _chosen.Add(id);
        else _chosen.Remove(id);
    }

    private void ChooseAll(bool isChosen)
    {
        _chosen.Clear();
        if (isChosen) _chosen.UnionWith(_page!.Items.Select(i => i.Alert.Id));
    }

    private Task JudgeChosen() => Judge([.. _chosen], _verdict, "JudgedMany");

    private Task TakeBack() => Judge(_judged, null, null);

    private async Task Judge(IReadOnlyList<Guid> alerts, Verdict? verdict, string? text)
    {
        var done = await Sender.Send(new JudgeAlerts(alerts, verdict, _reason), _gone.Token);
        _error = done.Error is { } error ? Texts.Of(error) : null;
        if (!done.Succeeded) return;
        _said = text is null ? null : string.Format(CultureInfo.CurrentCulture, Texts[text], done.Value);
        _judged = verdict is null ? [] : alerts;
        _chosen.Clear();
        await Load();
    }

    /// <summary>Offers what is new; rows never move under the cursor by themselves.</summary>
    private async Task Watch()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(15), Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_gone.Token))
            {
                if (_page is null) continue;
                var found = await Sender.Poll(Request with { From = _loadedAt, Skip = 0, Take = 1 }, _gone.Token);
                if (!found.Succeeded || found.Value.Total is not { } fresh || fresh == _fresh) continue;
                _fresh = fresh;
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
    }

    private void Go(Action? change = null)
    {
        change?.Invoke();
        _skip = 0;
        Navigate();
    }

    private async Task ChooseColumns(IReadOnlyList<string> columns)
    {
        _columns = columns;
        var kept = await Sender.Send(new SetMyPreference(AlertColumns.Preference, AlertColumns.Write(columns)), _gone.Token);
        if (kept.Error is { } error) _error = Texts.Of(error);
    }

    private void Turn(int pages)
    {
        _skip = Math.Max(0, _skip + (pages * Rows));
        Navigate();
    }

    private void Clear() => Navigation.NavigateTo("/alerts");

    private void ClosePane()
    {
        if (Open is not null) Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("open", (Guid?)null));
    }

    private string PaneHref(Guid id) => Navigation.GetUriWithQueryParameter("open", id);

    private string TitleOf(AlertItem item) => Texts.Title(item.Alert.Title, item.Titles, item.Code, item.Alert.Matched);

    private void Navigate() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["text"] = Blank(_text),
        ["entity"] = Blank(_entity),
        ["severity"] = Blank(_severity),
        ["state"] = Blank(_state),
        ["span"] = _span == "7d" ? null : _span,
        ["sort"] = _sort == "last" ? null : _sort,
        ["skip"] = _skip == 0 ? null : _skip,
    }));

    private string ExportHref(string format)
    {
        var from = Request.From?.ToString("O", CultureInfo.InvariantCulture);
        var query = new Dictionary<string, object?>
        {
            ["format"] = format,
            ["text"] = Blank(_text),
            ["entity"] = Blank(_entity),
            ["severity"] = Blank(_severity),
            ["from"] = from,
            ["rule"] = RuleParameter,
            ["technique"] = TechniqueParameter,
            ["new"] = _state switch { "new" => true, "judged" => false, _ => (bool?)null },
        };
        return Navigation.GetUriWithQueryParameters(Navigation.ToAbsoluteUri("/api/detection/alerts/export").ToString(), query);
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
