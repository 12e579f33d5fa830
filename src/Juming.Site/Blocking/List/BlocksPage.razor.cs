using Juming.Site.Blocking.Limits;
using Microsoft.AspNetCore.Components;

namespace Juming.Site.Blocking.List;

/// <summary>The block list over all devices.</summary>
public sealed partial class BlocksPage
{
    private const int Rows = 50;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);

    private BlockPage? _page;
    private IReadOnlyList<Wide.WideWish> _wide = [];
    private Automation? _automation;
    private string? _text, _shown;
    private DateTimeOffset _now;
    private bool _mayWrite, _mayProtect, _fresh;

    /// <summary>Text that is looked for.</summary>
    [SupplyParameterFromQuery(Name = "text")] public string? TextParameter { get; set; }

    /// <summary>active, trouble, over or all.</summary>
    [SupplyParameterFromQuery(Name = "view")] public string? ViewParameter { get; set; }

    /// <summary>One state.</summary>
    [SupplyParameterFromQuery(Name = "state")] public string? StateParameter { get; set; }

    /// <summary>Order.</summary>
    [SupplyParameterFromQuery(Name = "sort")] public string? SortParameter { get; set; }

    /// <summary>Rows passed over.</summary>
    [SupplyParameterFromQuery(Name = "skip")] public int? SkipParameter { get; set; }

    /// <summary>Block in the pane.</summary>
    [SupplyParameterFromQuery(Name = "open")] public Guid? Open { get; set; }

    /// <summary>The form is open.</summary>
    [SupplyParameterFromQuery(Name = "new")] public string? NewParameter { get; set; }

    /// <summary>Address that the form begins with.</summary>
    [SupplyParameterFromQuery(Name = "target")] public string? TargetParameter { get; set; }

    /// <summary>Incident that the form's block belongs to.</summary>
    [SupplyParameterFromQuery(Name = "incident")] public Guid? IncidentParameter { get; set; }

    /// <summary>The import is open.</summary>
    [SupplyParameterFromQuery(Name = "import")] public string? ImportParameter { get; set; }

    private int Skip => Math.Max(0, SkipParameter ?? 0);

    private string View => ViewParameter is "trouble" or "over" or "all" ? ViewParameter : "active";

    private string Sort => SortParameter is "until" or "target" ? SortParameter : "since";

    private bool IsFiltered => !string.IsNullOrEmpty(TextParameter) || !string.IsNullOrEmpty(StateParameter) || View != "active";

    private string ExportHref => "/api/blocking/export" + new Uri(Here(("open", null), ("import", null), ("new", null), ("target", null), ("incident", null), ("skip", null))).Query;

    private ListBlocks Request => new()
    {
        Text = TextParameter is { Length: > 200 } ? TextParameter[..200] : TextParameter,
        State = Enum.TryParse<BlockState>(StateParameter, out var state) && Enum.IsDefined(state) ? state : null,
        View = View,
        Sort = Sort,
        Skip = Skip,
        Take = Rows,
    };

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var actor = await Actors.Current(Gone);
        (_mayWrite, _mayProtect, _text) = (actor.Holds(BlockingWrite.Code), actor.Holds(BlockingProtect.Code), TextParameter);
        var key = string.Join('\n', TextParameter, View, StateParameter, Sort, Skip);
        if (key == _shown) return;
        _shown = key;
        await Load();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = Watch();
    }

    private async Task Load()
    {
        (_page, _now, _fresh) = (await Ask(Request) ?? _page, Clock.GetUtcNow(), false);
        if (Problem is not null) return;
        var automation = await Sender.Send(new GetAutomation(), Gone);
        if (automation.Succeeded) _automation = automation.Value;
        var wide = await Sender.Send(new Wide.ListWide(), Gone);
        if (wide.Succeeded) _wide = wide.Value;
    }

    /// <summary>Shows how the rows on screen stand now; other rows are offered, and none moves by itself.</summary>
    private Task Watch() => Every(LookAgain, async () =>
    {
        if (_page is null) return;
        var (found, automation) = (await Sender.Poll(Request, Gone), await Sender.Poll(new GetAutomation(), Gone));
        var wide = await Sender.Poll(new Wide.ListWide(), Gone);
        if (!found.Succeeded || !automation.Succeeded || !wide.Succeeded) return;
        _wide = wide.Value;
        (_automation, _now) = (automation.Value, Clock.GetUtcNow());
        var latest = found.Value.Items.ToDictionary(i => i.Id);
        _fresh = latest.Count != _page.Items.Count || _page.Items.Any(i => !latest.ContainsKey(i.Id));
        _page = _page with { Items = [.. _page.Items.Select(i => latest.GetValueOrDefault(i.Id) ?? i)] };
        StateHasChanged();
    });

    private async Task NoteBlocked(Guid entry)
    {
        await Load();
        Navigation.NavigateTo(Here(("new", null), ("target", null), ("incident", null), ("open", entry)));
    }

    private async Task NoteAsked()
    {
        await Load();
        Navigation.NavigateTo(Here(("new", null), ("target", null), ("incident", null)));
    }

    private async Task Pause()
    {
        if (await Do(new PauseAutomation())) await Load();
    }

    private async Task Resume()
    {
        if (await Do(new ResumeAutomation())) await Load();
    }

    private void Go() => Navigation.NavigateTo(Here(("text", string.IsNullOrWhiteSpace(_text) ? null : _text.Trim()), ("skip", null)));

    private void Turn(int rows) => Navigation.NavigateTo(Here(("skip", Math.Max(0, Skip + rows))));

    private static string? Value(ChangeEventArgs e) => e.Value is string { Length: > 0 } text ? text : null;
}
