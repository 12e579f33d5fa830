using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Events;
using Juming.Site.Incidents.Change;
using Juming.Site.Incidents.List;
using Microsoft.AspNetCore.Components;

namespace Juming.Site.Incidents.Open;

/// <summary>One incident: what it is, why its alerts belong together, what was done, and everything a person can do with it.</summary>
public sealed partial class IncidentPage
{
    private const string Line = "timeline";

    // By its code: blocking may be left out of a site, and then nobody holds it.
    private const string MayBlock = "blocking.write";

    private Func<ChangeIncident, Task<Error?>> _send = null!;
    private IncidentDossier? _dossier;
    private Neighbours? _near;
    private EditKind? _edit;
    private IncidentState? _wanted;
    private string? _said, _conflict, _loaded;
    private string _list = "", _me = "";
    private bool _fresh, _mayWrite, _mayReadLogs, _mayBlock, _mayRun, _mayTicket, _mayRelease, _releasing;

    /// <summary>"INC-2026-0012" or an identity.</summary>
    [Parameter] public string Number { get; set; } = "";

    /// <summary>timeline, alerts, logs, evidence or moves.</summary>
    [SupplyParameterFromQuery(Name = "tab")] public string? TabParameter { get; set; }

    /// <summary>What the time line shows: all, alerts or people.</summary>
    [SupplyParameterFromQuery(Name = "show")] public string? ShowParameter { get; set; }

    private bool MayWrite => _mayWrite;

    private bool MayEdit => _mayWrite && _dossier!.Brief.State is not (IncidentState.Closed or IncidentState.Merged);

    private string Tab => TabParameter is { } tab && Tabs.Any(t => t.Tab == tab) ? tab : Line;

    private string Shown => ShowParameter is "alerts" or "people" ? ShowParameter : "all";

    private IEnumerable<(string Tab, int? Count)> Tabs
    {
        get
        {
            var d = _dossier!;
            yield return (Line, null);
            yield return ("alerts", d.Alerts.Count);
            if (_mayReadLogs) yield return ("logs", null);
            yield return ("evidence", d.Evidence.Count);
            yield return ("moves", d.Moves.Count);
        }
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => _send = Change;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var list = ListAddress.QueryOf(Navigation.Uri);
        if (_loaded == Number && _list == list) return;
        if (_loaded != Number) (_dossier, _said, _conflict, _edit, _releasing) = (null, null, null, null, false);
        (_loaded, _list) = (Number, list);
        var actor = await Actors.Current(Gone);
        // Nobody holds the right to block or to run playbooks where that module is left out.
        (_me, _mayWrite, _mayReadLogs, _mayBlock, _mayRun, _mayTicket) = (actor.Name, actor.Holds(IncidentsWrite.Code), actor.Holds(EventsRead.Code), actor.Holds(MayBlock), actor.Holds("response.write"), actor.Holds("tickets.write"));
        _mayRelease = actor.Kind == ActorKind.Person && actor.Holds(IncidentsRelease.Code);
        await Load();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = Watch();
    }

    private async Task Load()
    {
        if (await Ask(new GetIncident(Number)) is not { } found) return;
        (_dossier, _fresh) = (found, false);
        var near = await Sender.Send(new FindNeighbours(ListAddress.Of(Navigation.Uri, Clock.GetUtcNow()), found.Brief.Id), Gone);
        _near = near.Succeeded ? near.Value : null;
    }

    /// <summary>Offers what is new; nothing moves under the reader by itself.</summary>
    private Task Watch() => Every(TimeSpan.FromSeconds(10), async () =>
    {
        if (_dossier is null || _fresh) return;
        var found = await Sender.Poll(new GetIncident(Number), Gone);
        if (!found.Succeeded || (found.Value.Version == _dossier.Version && found.Value.Brief.UpdatedAt == _dossier.Brief.UpdatedAt)) return;
        _fresh = true;
        StateHasChanged();
    });

    /// <summary>Sends a change on the version that is on screen. Where someone was faster the latest is shown, and what was typed stays in its dialog.</summary>
    private async Task<Error?> Change(ChangeIncident change)
    {
        (_conflict, _said) = (null, null);
        var error = (await Sender.Send(change with { Version = _dossier!.Version }, Gone)).Error;
        if (error is null || error.Code == IncidentErrors.ChangedMeanwhile.Code) await Load();
        if (error is null) _said = IncidentsTexts.Of("Saved");
        StateHasChanged();
        return error;
    }

    /// <summary>A change that needs no words.</summary>
    private async Task ChangeAtOnce(ChangeIncident change)
    {
        if (await Change(change) is not { } error) return;
        if (error.Code != IncidentErrors.ChangedMeanwhile.Code)
        {
            Problem = error;
            return;
        }
        var now = _dossier!.Brief;
        _conflict = IncidentsTexts.Of(error) + " " + IncidentsTexts.Of("Conflict", IncidentsTexts.Of("State." + now.State), now.Assignee.Length == 0 ? IncidentsTexts.Of("Nobody") : now.Assignee, IncidentsTexts.Of("Severity." + now.Severity));
    }

    private Task Take() => ChangeAtOnce(new ChangeIncident { Id = _dossier!.Brief.Id, Assignee = "me" });

    private Task MoveTo(IncidentState state)
    {
        var d = _dossier!;
        // A step that claims to know what it was asks for that first, and the last one for the instants that nobody noted.
        var open = d.Verdict is null || (state == IncidentState.Closed && d.Verdict == Detection.Verdict.TruePositive && (d.Clocks.Contained is null || d.Clocks.Resolved is null));
        if (!open) return ChangeAtOnce(new ChangeIncident { Id = d.Brief.Id, State = state });
        (_edit, _wanted) = (EditKind.Verdict, state);
        return Task.CompletedTask;
    }

    private void Edit(EditKind kind) => (_edit, _wanted, _said, _conflict) = (kind, null, null, null);

    /// <summary>Marks the step that comes next: take, contain, resolve, close; what was no attack has only to be closed.</summary>
    private string? Primary(IncidentState state)
    {
        var d = _dossier!;
        var harmless = d.Verdict is Detection.Verdict.FalsePositive or Detection.Verdict.BenignTruePositive or Detection.Verdict.Duplicate;
        var next = d.Brief.State switch
        {
            IncidentState.New => IncidentState.Acknowledged,
            _ when harmless => IncidentState.Closed,
            IncidentState.Acknowledged or IncidentState.Judged => IncidentState.Contained,
            IncidentState.Contained => IncidentState.Resolved,
            _ => IncidentState.Closed,
        };
        return state == next ? "primary" : null;
    }

    private async Task NoteSaved()
    {
        await Load();
        _said = IncidentsTexts.Of("Saved");
    }

    private async Task NoteReleased()
    {
        _releasing = false;
        await Load();
        _said = IncidentsTexts.Of("Release.Done");
    }

    private async Task NoteSplit(string number)
    {
        await Load();
        _said = IncidentsTexts.Of("SplitNote", number);
    }
}
