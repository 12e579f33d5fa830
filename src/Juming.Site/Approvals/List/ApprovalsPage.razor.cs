using Juming.Platform.Web;
using Microsoft.AspNetCore.Components;

namespace Juming.Site.Approvals.List;

/// <summary>What waits for a person's yes or no, and what became of it; everything that is chosen stands in the address.</summary>
public sealed partial class ApprovalsPage
{
    private const int Rows = 50;
    private static readonly string[] Views = ["waiting", "decided", "all"];

    private ApprovalRows? _page;
    private string _view = "waiting";
    private string? _text, _said, _shown;
    private int _skip, _fresh;
    private bool _mayAnswer;

    /// <summary>waiting, decided or all.</summary>
    [SupplyParameterFromQuery(Name = "view")] public string? ViewParameter { get; set; }

    /// <summary>Text that is looked for.</summary>
    [SupplyParameterFromQuery(Name = "text")] public string? TextParameter { get; set; }

    /// <summary>Rows passed over.</summary>
    [SupplyParameterFromQuery(Name = "skip")] public int? SkipParameter { get; set; }

    /// <summary>Approval in the pane.</summary>
    [SupplyParameterFromQuery(Name = "open")] public Guid? OpenParameter { get; set; }

    private ListApprovals Request => new() { View = _view, Text = string.IsNullOrWhiteSpace(_text) ? null : _text.Trim(), Skip = _skip, Take = Rows };

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _mayAnswer = (await Actors.Current(Gone)).Holds(ApprovalsAnswer.Code);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _text = TextParameter;
        _view = ViewParameter is { } view && Views.Contains(view) ? view : "waiting";
        _skip = Math.Clamp(SkipParameter ?? 0, 0, 100_000);
        var key = string.Join('\n', _view, _text, _skip);
        if (key == _shown) return;
        (_shown, _said) = (key, null);
        await Load();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = Watch();
    }

    private async Task Load()
    {
        if (await Ask(Request) is { } found) (_page, _fresh) = (found, 0);
    }

    /// <summary>Says that there is more; rows never move under the cursor by themselves.</summary>
    private Task Watch() => Every(TimeSpan.FromSeconds(5), async () =>
    {
        var now = await Sender.Poll(Request with { Skip = 0, Take = 1 }, Gone);
        if (_page is null || !now.Succeeded || now.Value.Waiting == _page.Waiting) return;
        _fresh = 1;
        StateHasChanged();
    });

    private async Task Answered(ApprovalState state)
    {
        _said = ApprovalsTexts.Of("Said." + state);
        await Load();
    }

    private void Search() => Navigation.NavigateTo(Here(("text", string.IsNullOrWhiteSpace(_text) ? null : _text.Trim()), ("skip", null)));

    private void Turn(int by) => Navigation.NavigateTo(Here(("skip", Math.Max(0, _skip + (by * Rows)))));

    private void ClosePane() => Navigation.NavigateTo(Here(("open", null)));
}
