using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Juming.Platform.Web;
using Juming.Site.Events.Query;
using Juming.Site.Events.Store;
using Microsoft.AspNetCore.Components;

namespace Juming.Site.Events.Find;

/// <summary>The log search. Query, time and what is shown stand in the address; rows arrive while the search runs and can be stopped.</summary>
public sealed partial class LogSearchPage : ConsolePage
{
    private const int PageRows = 100;
    private const int MostFields = 12;

    private static readonly string[] DefaultFacets = ["event.dataset", "source.ip", "destination.ip", "host.name", "user.name", "event.action"];
    private static readonly ImmutableDictionary<string, IReadOnlyList<FacetValue>> EmptyFacets = ImmutableDictionary<string, IReadOnlyList<FacetValue>>.Empty;
    private static readonly string[] FieldsWithColumns = [.. Columns.All.Select(c => c.Field).Order(StringComparer.Ordinal)];
    private static readonly string FieldNamesJson = JsonSerializer.Serialize(FieldsWithColumns.Concat(["jm.source_id", "jm.unparsed"]));

    private LiveSearch _live = null!;
    private string _query = "", _span = "now-24h", _time = TimeKinds.Event;
    private TimeZoneInfo _zone = SiteZone.Zone;
    private DateTimeOffset _from, _to;
    private IReadOnlyList<string> _columns = [], _facets = DefaultFacets, _offered = FieldsWithColumns;
    private EventView? _open;
    private EventSummary? _summary;
    private QueryMark? _mark;
    private IRuleDesk? _rules;
    private bool _loaded;
    private string? _asked, _panel;

    /// <summary>The store.</summary>
    [Inject] public ISearch Store { get; set; } = null!;

    /// <summary>The query.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? QueryParameter { get; set; }

    /// <summary>Beginning of the time range.</summary>
    [SupplyParameterFromQuery(Name = "from")] public string? FromParameter { get; set; }

    /// <summary>End of the time range.</summary>
    [SupplyParameterFromQuery(Name = "to")] public string? ToParameter { get; set; }

    /// <summary>"received" when the range is one of receipt.</summary>
    [SupplyParameterFromQuery(Name = "time")] public string? TimeParameter { get; set; }

    /// <summary>"utc", or nothing for the site's zone.</summary>
    [SupplyParameterFromQuery(Name = "zone")] public string? ZoneParameter { get; set; }

    /// <summary>Fields shown as columns.</summary>
    [SupplyParameterFromQuery(Name = "cols")] public string? ColumnsParameter { get; set; }

    /// <summary>Fields whose frequent values are shown.</summary>
    [SupplyParameterFromQuery(Name = "facets")] public string? FacetsParameter { get; set; }

    /// <summary>"severity" when the histogram tells severities apart.</summary>
    [SupplyParameterFromQuery(Name = "by")] public string? HistogramParameter { get; set; }

    /// <summary>The event in the pane; evidence links lead here.</summary>
    [SupplyParameterFromQuery(Name = "event")] public Guid? EventParameter { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized() => _live = new LiveSearch(Store);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var actor = await Actors.Current(Gone);
        _rules = RuleDesks.FirstOrDefault(d => actor.Holds(d.Permission));
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _zone = ZoneParameter == "utc" ? TimeZoneInfo.Utc : SiteZone.Zone;
        _columns = Names(ColumnsParameter) ?? [];
        _facets = Names(FacetsParameter) ?? DefaultFacets;
        // Opening an event or showing another column changes the address too; it is no new search.
        var asked = string.Join('\n', QueryParameter, FromParameter, ToParameter, TimeParameter, FacetsParameter);
        if (asked != _asked)
        {
            _asked = asked;
            await Begin();
        }
        await Open();
    }

    private static IReadOnlyList<string>? Names(string? list) => list is null ? null : [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(n => n.Length <= 200).Distinct().Take(MostFields)];

    private Task Begin()
    {
        _query = QueryParameter ?? "";
        _span = FromParameter ?? "now-24h";
        _time = TimeParameter == TimeKinds.Received ? TimeKinds.Received : TimeKinds.Event;
        _open = null;
        ReadTime();
        // The event behind an alert is what was asked for: it is shown before anything is searched.
        return EventParameter is not null && FromParameter is null ? Open() : Search(true);
    }

    private void ReadTime()
    {
        var now = Clock.GetUtcNow();
        _from = TimeSpanText.Read(FromParameter, now) ?? now.AddHours(-24);
        _to = TimeSpanText.Read(ToParameter, now) ?? now.AddMinutes(5);
    }

    private async Task Open()
    {
        if (EventParameter is not { } id) _open = null;
        else if (_open?.Id != id) _open = _live.Events.FirstOrDefault(e => e.Id == id) ?? await Ask(new GetEvent(id));
    }

    private async Task Search(bool anew)
    {
        using var turn = _live.Begin(anew, Gone);
        if (anew) (_summary, _loaded) = (null, false);
        var (query, from, to, received) = (_query, _from, _to, _time == TimeKinds.Received);
        try
        {
            // The guard decides and audits the look; the rows themselves are streamed beside it.
            var allowed = await Sender.Send(new BeginSearch(query, from, to), turn.Token);
            if (!turn.IsLatest) return;
            (Problem, _mark) = (allowed.Error, QueryMark.Of(allowed.Error, query));
            if (!allowed.Succeeded) return;
            await _live.Read(turn, new SearchRequest(query, from, to, PageRows, ByReceipt: received), StateHasChanged);
            if (_summary is not null || !turn.IsLatest) return;
            var counted = await Sender.Send(new SummariseEvents(query, from, to, _facets, Time: _time), turn.Token);
            if (!turn.IsLatest) return;
            (Problem, _summary) = (counted.Error, counted.Succeeded ? counted.Value : null);
        }
        catch (SearchQueryException e)
        {
            if (turn.IsLatest) (Problem, _mark) = (EventsErrors.Of(e), QueryMark.Of(EventsErrors.Of(e), query));
        }
        catch (OperationCanceledException) when (turn.Token.IsCancellationRequested)
        {
            // Stopped by its reader, or followed by another search: what was found stays.
        }
        finally
        {
            _loaded |= turn.IsLatest;
            _offered = [.. FieldsWithColumns.Concat(_live.Events.Take(PageRows).SelectMany(e => e.Fields.Keys)).Distinct().Order(StringComparer.Ordinal)];
        }
    }

    private string Permanent => Here(("q", _query.Length == 0 ? null : _query), ("from", TimeRangeText.Instant(_from)), ("to", TimeRangeText.Instant(_to)));

    private string ValuesAddress => $"/api/events/values?from={Uri.EscapeDataString(TimeRangeText.Instant(_from))}&to={Uri.EscapeDataString(TimeRangeText.Instant(_to))}";

    private (string From, string? To, string Text)? Wider => TimePicker.Wider(_span, _from, _to, Clock.GetUtcNow());

    private static bool IsAstray(EventView found) => (found.Flags & EventFlags.TimeSuspect) != 0;

    private string Expanded(string panel) => _panel == panel ? "true" : "false";

    private void Show(Guid? id) => Navigation.NavigateTo(Here(("event", id)));

    private void Around() => Navigation.NavigateTo(Here(("q", null), ("time", null), ("from", TimeRangeText.Instant(_open!.Time.AddMinutes(-5))), ("to", TimeRangeText.Instant(_open.Time.AddMinutes(5)))));

    private void Toggle(string panel) => _panel = _panel == panel ? null : panel;

    private void Choose((string Query, string Span, string? Until, string Time) chosen) =>
        Navigation.NavigateTo(Here(("q", chosen.Query.Length == 0 ? null : chosen.Query), ("from", chosen.Span), ("to", chosen.Until), ("time", chosen.Time == TimeKinds.Received ? chosen.Time : null), ("event", null)));

    private async Task Submit()
    {
        if (_query != (QueryParameter ?? ""))
        {
            Go(_query);
            return;
        }
        // The same question is asked again: logs have come in since.
        ReadTime();
        await Search(true);
    }

    private void Go(string query) => Navigation.NavigateTo(Here(("q", query.Length == 0 ? null : query), ("event", null)));

    private void GoTime((string From, string? To) range) => Navigation.NavigateTo(Here(("q", _query.Length == 0 ? null : _query), ("from", range.From), ("to", range.To), ("event", null)));

    private void Narrow(string field, string value, bool only) => Go(QueryText.With(_query, (only ? "" : "not ") + QueryText.Is(field, value)));

    private void AddColumn(string field) => ChooseFields("cols", [.. _columns.Append(field).Distinct()]);

    private void ChooseFields(string parameter, IReadOnlyList<string> names) => Navigation.NavigateTo(Here((parameter, names.Count == 0 && parameter == "cols" ? null : string.Join(',', names))));
}

/// <summary>The place of a query that can't be understood, and the sentence about it in the reader's language.</summary>
internal sealed record QueryMark(string Before, string Bad, string After, string Sentence)
{
    private const int Around = 40;

    /// <summary>The mark of a refusal, or null when it is about something else.</summary>
    public static QueryMark? Of(Platform.Handlers.Error? error, string query)
    {
        if (error?.Code != EventsErrors.BadQuery.Code || error.Arguments is not { } told || !told.TryGetValue("code", out var code) || !code.StartsWith("query.", StringComparison.Ordinal)) return null;
        var at = Math.Clamp(Number(told, "position"), 0, query.Length);
        var end = Math.Clamp(at + Number(told, "length"), at, query.Length);
        var bad = query[at..end];
        var sentence = EventsTexts.Of(code == "query.unexpected" && bad.Length == 0 ? "query.ends" : code, Cut(bad));
        return new QueryMark((at > Around ? "…" : "") + query[Math.Max(0, at - Around)..at], bad.Length == 0 ? "\u00a0" : Cut(bad), query[end..Math.Min(query.Length, end + Around)] + (end + Around < query.Length ? "…" : ""), sentence);
    }

    private static string Cut(string text) => text.Length > 2 * Around ? text[..(2 * Around)] + "…" : text;

    private static int Number(IReadOnlyDictionary<string, string> told, string name) => int.TryParse(told.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
