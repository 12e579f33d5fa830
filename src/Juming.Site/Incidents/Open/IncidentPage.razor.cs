using System.Globalization;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Incidents.Change;
using Juming.Site.Incidents.Evidence;
using Juming.Site.Incidents.Move;
using MediatR;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Juming.Site.Incidents.Open;

/// <summary>One incident: what it is, why its alerts belong together, what was done, and everything a person can do with it.</summary>
public sealed partial class IncidentPage
{
    private const int AlertRows = 50;

    private readonly HashSet<Guid> _chosen = [];
    private IncidentDossier? _dossier;
    private Dialog _dialog;
    private IncidentState _wanted;
    private Verdict _verdict = Verdict.TruePositive;
    private string _reason = "", _assignee = "", _title = "", _comment = "", _note = "", _numbers = "";
    private string? _said, _conflict, _loaded;
    private int _alertSkip;
    private bool _fresh;
    private bool _mayWrite;

    private enum Dialog
    {
        None,
        Verdict,
        Reopen,
    }

    /// <summary>"INC-2026-0012" or an identity.</summary>
    [Parameter] public string Number { get; set; } = "";

    private bool MayWrite => _mayWrite;

    private bool IsOver => _dossier!.Brief.State is IncidentState.Closed or IncidentState.Merged;

    private IEnumerable<(string Name, DateTimeOffset? At)> Instants
    {
        get
        {
            var clocks = _dossier!.Clocks;
            return [("Occurred", clocks.Occurred), ("Detected", clocks.Detected), ("Acknowledged", clocks.Acknowledged), ("Judged", clocks.Judged), ("Contained", clocks.Contained), ("Resolved", clocks.Resolved), ("Closed", clocks.Closed)];
        }
    }

    private IEnumerable<(string Metric, TimeSpan? Span, bool Running)> Durations
    {
        get
        {
            var c = _dossier!.Clocks;
            var now = Clock.GetUtcNow();
            return
            [
                ("mttd", c.Detected - c.Occurred, false),
                ("mtta", (c.Acknowledged ?? now) - c.Detected, c.Acknowledged is null && !IsOver),
                ("mtti", c.Acknowledged is null ? null : c.Judged - c.Acknowledged, false),
                ("mttc", c.Contained - c.Detected, false),
                ("mttr", c.Resolved is null && IsOver ? null : (c.Resolved ?? now) - c.Detected, c.Resolved is null),
            ];
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == Number) return;
        (_loaded, _dossier, _said, _conflict, _alertSkip) = (Number, null, null, null, 0);
        _mayWrite = (await Actors.Current(Gone)).Holds(IncidentsWrite.Code);
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
        (_assignee, _title) = (found.Brief.Assignee, IncidentsTexts.Title(found.Brief.Title));
        _chosen.IntersectWith(found.Alerts.Select(a => a.Id));
    }

    private async Task Watch()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10), Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Gone))
            {
                if (_dossier is null || _fresh) continue;
                var found = await Sender.Poll(new GetIncident(Number), Gone);
                if (!found.Succeeded || (found.Value.Version == _dossier.Version && found.Value.Brief.UpdatedAt == _dossier.Brief.UpdatedAt)) continue;
                _fresh = true;
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
    }

    /// <summary>Sends a change on the version that is on screen; where someone was faster, both versions are told and the latest is loaded.</summary>
    private async Task<bool> Change(ChangeIncident change)
    {
        _conflict = null;
        var done = await Sender.Send(change with { Version = _dossier!.Version }, Gone);
        if (done.Error is { Code: "incidents.changed-meanwhile", Arguments: { } now } stale)
        {
            await Load();
            _conflict = IncidentsTexts.Of(stale) + " " + IncidentsTexts.Of("Conflict", IncidentsTexts.Of("State." + now["state"]), now["assignee"].Length == 0 ? IncidentsTexts.Of("Nobody") : now["assignee"], IncidentsTexts.Of("Severity." + now["severity"]));
            _dialog = Dialog.None;
            return false;
        }
        return await After(done.Error, "Saved");
    }

    private Task MoveTo(IncidentState state)
    {
        if (state >= IncidentState.Judged && _dossier!.Verdict is null)
        {
            Judge(state);
            return Task.CompletedTask;
        }
        return Change(new ChangeIncident { Id = _dossier!.Brief.Id, State = state });
    }

    private void Judge(IncidentState state) => (_dialog, _wanted, Problem, _verdict, _reason) = (Dialog.Verdict, state, null, _dossier!.Verdict ?? Verdict.TruePositive, _dossier.VerdictReason);

    private async Task Confirm()
    {
        var id = _dossier!.Brief.Id;
        var change = _dialog == Dialog.Reopen
            ? new ChangeIncident { Id = id, State = IncidentState.Acknowledged, Reason = _reason }
            : new ChangeIncident { Id = id, State = _wanted > _dossier.Brief.State ? _wanted : null, Verdict = _verdict, Reason = _reason };
        if (await Change(change)) (_dialog, _reason) = (Dialog.None, "");
    }

    private async Task AddComment()
    {
        if (await Act(new CommentIncident(_dossier!.Brief.Id, _comment), "Saved")) _comment = "";
    }

    private async Task AddNote()
    {
        if (await Act(new KeepEvidence(_dossier!.Brief.Id, EvidenceKind.Note) { Note = _note }, "Saved")) _note = "";
    }

    private async Task AddFile(InputFileChangeEventArgs chosen)
    {
        const int most = KeepEvidence.MostFileKiB * 1024;
        if (chosen.File.Size > most)
        {
            Problem = IncidentErrors.FileTooLarge.With("most", KeepEvidence.MostFileKiB.ToString(CultureInfo.InvariantCulture));
            return;
        }
        using var content = new MemoryStream();
        await using (var stream = chosen.File.OpenReadStream(most, Gone)) await stream.CopyToAsync(content, Gone);
        var name = new string([.. chosen.File.Name.Where(c => !char.IsControl(c)).Take(200)]);
        await Act(new KeepEvidence(_dossier!.Brief.Id, EvidenceKind.File) { Name = name, Content = content.ToArray() }, "Saved");
    }

    private Task Drop(Guid piece) => Act(new DropEvidence(_dossier!.Brief.Id, piece), "Saved");

    private void Choose(Guid alert, bool chosen)
    {
        if (chosen) _chosen.Add(alert);
        else _chosen.Remove(alert);
    }

    private async Task Split()
    {
        var split = await Sender.Send(new SplitIncident(_dossier!.Brief.Id, [.. _chosen]), Gone);
        if (await After(split.Error, "Saved")) _said = IncidentsTexts.Of("SplitNote", split.Value.Number);
    }

    private async Task Merge()
    {
        var from = new List<Guid>();
        foreach (var number in _numbers.Split([',', ' ', '\uFF0C', ';'], StringSplitOptions.RemoveEmptyEntries).Take(21))
        {
            if (await Ask(new GetIncident(number)) is not { } found) return;
            from.Add(found.Brief.Id);
        }
        if (await Act(new MergeIncidents(_dossier!.Brief.Id, from), "Saved")) _numbers = "";
    }

    private Task UndoMove(Guid move) => Act(new UndoMove(move), "UndoneNote");

    private async Task<bool> Act<T>(IRequest<Result<T>> command, string said) => await After((await Sender.Send(command, Gone)).Error, said);

    private async Task<bool> After(Error? error, string said)
    {
        if (error is null) await Load();
        (Problem, _said) = (error ?? Problem, error is null ? IncidentsTexts.Of(said) : null);
        return error is null;
    }

    /// <summary>The logs around an alert, or null where it names nobody.</summary>
    private static string? LogsHref(Member alert)
    {
        var query = alert.Attacker is { } attacker ? "source.ip:" + attacker : alert.Victim is { } victim ? "destination.ip:" + victim : alert.Host is { } host ? "host.name:\"" + host.Replace("\"", "", StringComparison.Ordinal) + "\"" : null;
        return query is null ? null : $"/logs?q={Uri.EscapeDataString(query)}&from={Instant(alert.FirstAt.AddMinutes(-5))}&to={Instant(alert.LastAt.AddMinutes(5))}";
    }

    private static string Instant(DateTimeOffset at) => Uri.EscapeDataString(at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
