using System.Globalization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Resources;
using Juming.Site.Detection.Rules.Change;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Localization;

namespace Juming.Site.Detection.Rules.List;

/// <summary>All documents of the last load, by what became of them; lists and site filters beside.</summary>
public sealed partial class RulesPage
{
    private const int Rows = 50;
    private const long MostBytes = 64 * 1024 * 1024;

    private static readonly string[] Tabs = [.. Enum.GetNames<RuleStanding>(), "Lists", "Filters", "Uploads"];

    private RulePage? _page;
    private string? _error, _said, _text, _level, _sort = "level", _shown;
    private string _tab = nameof(RuleStanding.Active), _instead = nameof(RuleStanding.Active);
    private int _skip;
    private bool _mayWrite;
    private bool _busy;

    [Inject] internal Sender Sender { get; set; } = null!;
    [Inject] internal IActorSource Actors { get; set; } = null!;
    [Inject] internal NavigationManager Navigation { get; set; } = null!;
    [Inject] internal IStringLocalizer<DetectionTexts> Texts { get; set; } = null!;

    /// <summary>Which tab.</summary>
    [SupplyParameterFromQuery(Name = "tab")] public string? TabParameter { get; set; }

    /// <summary>Text that is looked for.</summary>
    [SupplyParameterFromQuery(Name = "text")] public string? TextParameter { get; set; }

    /// <summary>A level.</summary>
    [SupplyParameterFromQuery(Name = "level")] public string? LevelParameter { get; set; }

    /// <summary>A technique.</summary>
    [SupplyParameterFromQuery(Name = "technique")] public string? TechniqueParameter { get; set; }

    /// <summary>level, title, hits or cost.</summary>
    [SupplyParameterFromQuery(Name = "sort")] public string? SortParameter { get; set; }

    /// <summary>Rows passed over.</summary>
    [SupplyParameterFromQuery(Name = "skip")] public int? SkipParameter { get; set; }

    /// <summary>Rule in the pane.</summary>
    [SupplyParameterFromQuery(Name = "open")] public string? Open { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _mayWrite = (await Actors.Current(CancellationToken.None)).Holds(DetectionWrite.Code);

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _tab = Tabs.FirstOrDefault(t => t.Equals(TabParameter, StringComparison.OrdinalIgnoreCase)) ?? _instead;
        (_text, _level) = (TextParameter, LevelParameter);
        _sort = SortParameter is "title" or "hits" or "cost" ? SortParameter : "level";
        _skip = Math.Max(0, SkipParameter ?? 0);
        var key = string.Join('\n', _tab, _text, _level, _sort, _skip, TechniqueParameter);
        if (key == _shown) return;
        _shown = key;
        await Load();
    }

    private async Task Load()
    {
        var found = await Sender.Send(new ListRules
        {
            Standing = Enum.TryParse<RuleStanding>(_tab, out var standing) ? standing : null,
            Text = _text,
            Levels = Enum.TryParse<Severity>(_level, true, out var level) ? [level] : [],
            Technique = TechniqueParameter,
            Sort = _sort ?? "level",
            Skip = _skip,
            Take = Rows,
        });
        _error = found.Error is { } error ? Texts.Of(error) : null;
        if (found.Succeeded) _page = found.Value;
        // On a new site no source has fed a rule yet: what was not asked for by name gives way to what there is.
        if (TabParameter is not null || !found.Succeeded || _tab != nameof(RuleStanding.Active) || CountOf(RuleStanding.Active) > 0 || CountOf(RuleStanding.Idle) == 0) return;
        _tab = _instead = nameof(RuleStanding.Idle);
        await Load();
    }

    private int CountOf(RuleStanding standing) => _page!.Counts.GetValueOrDefault(standing);

    private string Why(RuleItem rule) => rule.Code.Length == 0 ? "" : string.Format(CultureInfo.CurrentCulture, Texts["Idle." + rule.Code], rule.Argument);

    private async Task Reload()
    {
        _busy = true;
        var done = await Sender.Send(new ReloadRules());
        _busy = false;
        _said = done.Error is { } error ? Texts.Of(error) : Texts["Reloaded"];
        await Load();
    }

    private async Task Upload(InputFileChangeEventArgs e)
    {
        if (e.File.Size > MostBytes)
        {
            _said = Texts["TooLarge"];
            return;
        }
        using var content = new MemoryStream();
        await e.File.OpenReadStream(MostBytes).CopyToAsync(content);
        var done = await Sender.Send(new UploadRules(e.File.Name, content.ToArray()));
        _said = done.Error is { } error ? Texts.Of(error) : string.Format(CultureInfo.CurrentCulture, Texts["Uploaded"], done.Value.Usable, done.Value.RefusedCount);
        await Load();
    }

    private void Go(Action? change = null)
    {
        change?.Invoke();
        _skip = 0;
        Navigate();
    }

    private void Turn(int pages)
    {
        _skip = Math.Max(0, _skip + (pages * Rows));
        Navigate();
    }

    private void ClosePane()
    {
        if (Open is not null) Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("open", (string?)null));
    }

    private void Navigate() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["text"] = string.IsNullOrWhiteSpace(_text) ? null : _text.Trim(),
        ["level"] = string.IsNullOrEmpty(_level) ? null : _level,
        ["sort"] = _sort == "level" ? null : _sort,
        ["skip"] = _skip == 0 ? null : _skip,
    }));
}
