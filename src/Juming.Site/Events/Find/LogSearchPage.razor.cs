using System.Collections.Immutable;
using Juming.Platform.Web;
using Microsoft.AspNetCore.Components;

namespace Juming.Site.Events.Find;

/// <summary>The log search. The query and the time stand in the address; rows arrive while the search runs and can be stopped.</summary>
public sealed partial class LogSearchPage : ConsolePage
{
    private const int PageRows = 100;

    private static readonly string[] Spans = ["now-15m", "now-1h", "now-24h", "now-7d", "now-30d", "now-180d"];
    private static readonly string[] FacetFields = ["event.dataset", "source.ip", "destination.ip", "host.name", "user.name", "event.action"];
    private static readonly ImmutableDictionary<string, IReadOnlyList<FacetValue>> EmptyFacets = ImmutableDictionary<string, IReadOnlyList<FacetValue>>.Empty;

    private readonly List<EventView> _events = [];
    private string _query = "";
    private string _span = "now-24h";
    private DateTimeOffset _from, _to;
    private EventView? _open;
    private EventSummary? _summary;
    private IReadOnlyList<Bars.Bar> _bars = [];
    private string? _cursor;
    private bool _searching, _loaded;
    private int _done, _segments;
    private string? _asked, _panel;
    private CancellationTokenSource? _stop;

    /// <summary>The query.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? QueryParameter { get; set; }

    /// <summary>Beginning of the time range.</summary>
    [SupplyParameterFromQuery(Name = "from")] public string? FromParameter { get; set; }

    /// <summary>End of the time range.</summary>
    [SupplyParameterFromQuery(Name = "to")] public string? ToParameter { get; set; }

    /// <summary>The event in the pane; evidence links lead here.</summary>
    [SupplyParameterFromQuery(Name = "event")] public Guid? EventParameter { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // Opening an event changes the address too; it is no new search.
        var asked = string.Join('\n', QueryParameter, FromParameter, ToParameter);
        if (asked != _asked)
        {
            _asked = asked;
            await Begin();
        }
        await Open();
    }

    private async Task Begin()
    {
        var now = Clock.GetUtcNow();
        _query = QueryParameter ?? "";
        _span = FromParameter ?? "now-24h";
        _from = TimeSpanText.Read(FromParameter, now) ?? now.AddHours(-24);
        _to = TimeSpanText.Read(ToParameter, now) ?? now.AddMinutes(5);
        _events.Clear();
        (_cursor, _open, _summary, _loaded) = (null, null, null, false);
        // The event behind an alert is what was asked for: it is shown before anything is searched.
        if (EventParameter is not null && FromParameter is null) await Open();
        else await Search();
    }

    private async Task Open()
    {
        if (EventParameter is not { } id) _open = null;
        else if (_open?.Id != id) _open = _events.FirstOrDefault(e => e.Id == id) ?? await Ask(new GetEvent(id));
    }

    private void Show(Guid? id) => Navigation.NavigateTo(Here(("event", id)));

    private void Around() => Navigation.NavigateTo(Here(("q", null), ("from", Instant(_open!.Time.AddMinutes(-5))), ("to", Instant(_open.Time.AddMinutes(5)))));

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private void Toggle(string panel) => _panel = _panel == panel ? null : panel;

    private void Choose((string Query, string Span) chosen) => Go(chosen.Query, chosen.Span);

    private void Submit() => Go(_query, _span);

    private void ChangeSpan(ChangeEventArgs change) => Go(_query, change.Value?.ToString() ?? "now-24h");

    private void Go(string query, string span) => Navigation.NavigateTo(Here(("q", query.Length == 0 ? null : query), ("from", span), ("to", Spans.Contains(span) ? null : ToParameter), ("event", null)));

    private void Narrow(string field, string value, bool only)
    {
        var quoted = $"{field}:\"{value.Split('\n')[0].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        var term = only ? quoted : "not " + quoted;
        Go(_query.Length == 0 ? term : $"({_query}) and {term}", _span);
    }

    private void Stop() => _stop?.Cancel();

    private async Task More() => await Search();

    private async Task Search()
    {
        if (_stop is not null) await _stop.CancelAsync();
        using var stop = _stop = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        (_searching, _done, _segments) = (true, 0, 0);
        try
        {
            // The guard decides and audits the look; the rows themselves are streamed beside it.
            var allowed = await Sender.Send(new BeginSearch(_query, _from, _to), stop.Token);
            Problem = allowed.Error;
            if (!allowed.Succeeded) return;
            await foreach (var chunk in Store.Search(new SearchRequest(_query, _from, _to, PageRows, _cursor), stop.Token))
            {
                _events.AddRange(chunk.Events);
                (_done, _segments, _cursor) = (chunk.SegmentsDone, chunk.SegmentsTotal, chunk.Cursor);
                StateHasChanged();
            }
            if (_summary is null && await Ask(new SummariseEvents(_query, _from, _to, FacetFields)) is { } summary)
            {
                _summary = summary;
                _bars = [.. summary.Steps.Select(s => new Bars.Bar(s.Count, $"{s.At:u}: {s.Count}"))];
            }
        }
        catch (SearchQueryException e)
        {
            Problem = EventsErrors.Of(e);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped by its reader: what was found stays.
            _cursor = null;
        }
        finally
        {
            (_searching, _loaded) = (false, true);
            if (ReferenceEquals(_stop, stop)) _stop = null;
        }
    }
}
