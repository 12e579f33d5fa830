using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.Grouping;
using Microsoft.EntityFrameworkCore;
using Severity = Juming.Site.Detection.Severity;

namespace Juming.Site.Incidents.Change;

/// <summary>Changes what a person decides about an incident; what is null stays as it is. Answers the new version.</summary>
internal sealed record ChangeIncident : ICommand<IncidentVersion>, INeeds<IncidentsWrite>
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Short number "INC-2026-0012", in place of the identity; null to go by that.</summary>
    public string? Number { get; init; }

    /// <summary>Version that the change was made on; an older one is refused. Null takes whatever there is.</summary>
    public long? Version { get; init; }

    /// <summary>New state.</summary>
    public IncidentState? State { get; init; }

    /// <summary>Who works on it: a name; "me" for the caller; empty for nobody.</summary>
    public string? Assignee { get; init; }

    /// <summary>Severity that a person sets; alerts no longer change it.</summary>
    public Severity? Severity { get; init; }

    /// <summary>Title in a person's words; empty goes back to the title that is made of the alerts.</summary>
    public string? Title { get; init; }

    /// <summary>What it was found to be.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Why: of the verdict, or of opening it again.</summary>
    public string? Reason { get; init; }

    /// <summary>When the attack was stopped, where nobody said so while it happened; only with closing.</summary>
    public DateTimeOffset? Contained { get; init; }

    /// <summary>When its cause was gone, likewise.</summary>
    public DateTimeOffset? Resolved { get; init; }

    /// <summary>Why a real attack needed neither, likewise: it then counts for no response time.</summary>
    public string? NotApplicable { get; init; }
}

/// <summary>Version of an incident after a change.</summary>
internal sealed record IncidentVersion(Guid Id, long Version, IncidentState State, string Assignee);

file sealed class Validator : AbstractValidator<ChangeIncident>
{
    public Validator()
    {
        RuleFor(c => c.Assignee).MaximumLength(100).Must(NoControls).WithMessage("A name has no control characters.");
        RuleFor(c => c.Title).MaximumLength(300).Must(NoControls).WithMessage("A title is one line.");
        RuleFor(c => c.Reason).MaximumLength(4000);
        RuleFor(c => c.NotApplicable).MaximumLength(4000);
        RuleFor(c => c.State).Equal(IncidentState.Closed).When(c => c.Contained is not null || c.Resolved is not null || c.NotApplicable is not null).WithMessage("Instants are made up for when an incident is closed; before that, move it.");
        RuleFor(c => c.State).IsInEnum().NotEqual(IncidentState.Merged).WithMessage("Use merge to merge.");
        RuleFor(c => c.Severity).IsInEnum();
        RuleFor(c => c.Verdict).IsInEnum();
        RuleFor(c => c).Must(c => c.State is not null || c.Assignee is not null || c.Severity is not null || c.Title is not null || c.Verdict is not null).WithMessage("Say what to change.");
    }

    private static bool NoControls(string? text) => text is null || !text.Any(char.IsControl);
}

file sealed class Handler(IncidentDesk desk, IncidentsDb db, IPeople people, CurrentActor current, TimeProvider clock) : ICommandHandler<ChangeIncident, IncidentVersion>
{
    public async Task<Result<IncidentVersion>> Handle(ChangeIncident request, CancellationToken cancellationToken)
    {
        using var turn = await desk.Enter(cancellationToken);
        if (await db.Incidents.Named(request.Number ?? request.Id.ToString(), cancellationToken) is not { } incident) return IncidentErrors.NoSuchIncident;
        if (request.Version is { } version && version != incident.Version) return Stale(incident);
        if (await Refusal(request, incident, cancellationToken) is { } refusal) return refusal;
        var by = current.Actor.Name;
        var now = clock.GetUtcNow();
        db.Take(incident, by, now);
        ApplyPeople(request, incident, by, now);
        ApplyVerdict(request, incident, by, now);
        if (request.State == IncidentState.Closed) ApplyInstants(request, incident, by, now);
        ApplyState(request, incident, by, now);
        await db.SaveChangesAsync(cancellationToken);
        desk.Changed(incident.Id);
        return new IncidentVersion(incident.Id, incident.Version, incident.State, incident.Assignee);
    }

    private static Error Stale(Incident incident) =>
        IncidentErrors.ChangedMeanwhile.With("by", incident.ChangedBy).With("at", Told(incident.UpdatedAt))
            .With("version", incident.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)).With("state", incident.State.ToString()).With("assignee", incident.Assignee)
            .With("severity", ((Severity)incident.Severity).ToString()).With("verdict", incident.Verdict?.ToString() ?? "");

    private async Task<Error?> Refusal(ChangeIncident request, Incident incident, CancellationToken ct)
    {
        if (incident.MergedInto is { } into)
            return IncidentErrors.AlreadyMerged.With("number", (await db.Incidents.FirstAsync(i => i.Id == into, ct)).ShortNumber);
        if (request.Verdict is not null && string.IsNullOrWhiteSpace(request.Reason)) return IncidentErrors.ReasonNeeded;
        // To close once more is no way to change what is closed.
        if (incident.State == IncidentState.Closed && (request.State ?? IncidentState.Closed) == IncidentState.Closed) return IncidentErrors.ClosedIncident;
        if (await Stranger(request, incident, ct) is { } stranger) return stranger;
        if (request.State is not { } to || to == incident.State) return null;
        if (to == IncidentState.New) return IncidentErrors.StateNotReachable.With("from", incident.State.ToString()).With("to", to.ToString());
        // Judged, contained, resolved and closed all claim to know what it was.
        if (to >= IncidentState.Judged && incident.Verdict is null && request.Verdict is null) return IncidentErrors.VerdictNeeded;
        if (incident.State == IncidentState.Closed) return string.IsNullOrWhiteSpace(request.Reason) ? IncidentErrors.ReopenNeedsReason : null;
        return to == IncidentState.Closed ? Instants(request, incident, clock.GetUtcNow()) : null;
    }

    /// <summary>Work goes to people who may do it; the caller, a token too, may take it.</summary>
    private async Task<Error?> Stranger(ChangeIncident request, Incident incident, CancellationToken ct)
    {
        var name = request.Assignee?.Trim();
        if (string.IsNullOrEmpty(name) || name == "me" || name == incident.Assignee || name == current.Actor.Name) return null;
        return (await people.Holding(IncidentsWrite.Code, ct)).Any(p => p.Name == name) ? null : IncidentErrors.NoSuchPerson.With("name", name);
    }

    /// <summary>A real attack ends contained and resolved, or with a word why not; else the response times would only tell of the easy ones.</summary>
    private static Error? Instants(ChangeIncident request, Incident incident, DateTimeOffset now)
    {
        if ((request.Verdict ?? incident.Verdict) != Verdict.TruePositive || !string.IsNullOrWhiteSpace(request.NotApplicable)) return null;
        if ((request.Contained ?? incident.ContainedAt) is not { } contained || (request.Resolved ?? incident.ResolvedAt) is not { } resolved) return IncidentErrors.InstantsNeeded;
        return contained < (incident.OccurredAt < incident.DetectedAt ? incident.OccurredAt : incident.DetectedAt) || resolved < contained || resolved > now ? IncidentErrors.InstantOutOfOrder : null;
    }

    private void ApplyPeople(ChangeIncident request, Incident incident, string by, DateTimeOffset now)
    {
        if (request.Assignee is { } assignee)
        {
            var name = assignee.Trim() == "me" ? by : assignee.Trim();
            if (name != incident.Assignee)
            {
                db.Add(name.Length == 0 ? Entries.Of(incident.Id, now, "released", by, ("name", incident.Assignee)) : Entries.Of(incident.Id, now, "assigned", by, ("name", name)));
                incident.Assignee = name;
            }
        }
        if (request.Title is { } title)
        {
            incident.OwnTitle = title.Trim() is { Length: > 0 } own ? own : null;
            db.Add(Entries.Of(incident.Id, now, "title", by, ("title", title.Trim())));
        }
        if (request.Severity is not { } severity || (int)severity == incident.Severity) return;
        db.Add(Entries.Of(incident.Id, now, "severity", by, ("was", (Severity)incident.Severity), ("severity", severity)));
        (incident.Severity, incident.SeveritySet) = ((int)severity, true);
        if (incident.Prioritise() is { } change) db.Publish(new IncidentEscalated(incident.Id, change.From, change.To, now));
    }

    private void ApplyVerdict(ChangeIncident request, Incident incident, string by, DateTimeOffset now)
    {
        if (request.Verdict is not { } verdict) return;
        (incident.Verdict, incident.VerdictReason) = (verdict, request.Reason!.Trim());
        incident.JudgedAt ??= now;
        if (incident.State < IncidentState.Judged && request.State is null) ChangeState(incident, IncidentState.Judged, now);
        var entry = Entries.Of(incident.Id, now, "verdict", by, ("verdict", verdict));
        entry.Text = incident.VerdictReason;
        db.Add(entry);
    }

    private void ApplyInstants(ChangeIncident request, Incident incident, string by, DateTimeOffset now)
    {
        if (!string.IsNullOrWhiteSpace(request.NotApplicable))
        {
            var entry = Entries.Of(incident.Id, now, "not-applicable", by);
            entry.Text = request.NotApplicable.Trim();
            db.Add(entry);
            return;
        }
        if (request.Contained is { } contained) (incident.ContainedAt, _) = (contained, db.Add(Entries.Of(incident.Id, now, "contained-at", by, ("at", Told(contained)))));
        if (request.Resolved is { } resolved) (incident.ResolvedAt, _) = (resolved, db.Add(Entries.Of(incident.Id, now, "resolved-at", by, ("at", Told(resolved)))));
    }

    private static string Told(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);

    private void ApplyState(ChangeIncident request, Incident incident, string by, DateTimeOffset now)
    {
        if (request.State is not { } to || to == incident.State) return;
        var from = incident.State;
        ChangeState(incident, to, now);
        var entry = Entries.Of(incident.Id, now, "state", by, ("from", from), ("to", to));
        if (request.Verdict is null) entry.Text = request.Reason?.Trim() ?? "";
        db.Add(entry);
    }

    private void ChangeState(Incident incident, IncidentState to, DateTimeOffset now)
    {
        var from = incident.State;
        var kept = (incident.Verdict, incident.VerdictReason, incident.JudgedAt);
        incident.MoveTo(to, now);
        // A verdict that comes with the change outlives going back.
        if (to == IncidentState.Judged) (incident.Verdict, incident.VerdictReason, incident.JudgedAt) = kept with { JudgedAt = kept.JudgedAt ?? now };
        db.Publish(new IncidentStateChanged(incident.Id, from, to, incident.Verdict, now));
    }
}
