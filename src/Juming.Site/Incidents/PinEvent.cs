using FluentValidation;
using Juming.Platform.Handlers;

namespace Juming.Site.Incidents;

/// <summary>Keeps a log event as evidence of an incident: its raw line is copied with its SHA-256, so that it outlives the event's own retention.</summary>
/// <param name="Incident">Identity, or short number "INC-2026-0012".</param>
/// <param name="Event">Identity of the event.</param>
/// <param name="Note">What it shows; may be empty.</param>
public sealed record PinEvent(string Incident, Guid Event, string Note) : ICommand<PinnedEvent>, INeeds<IncidentsWrite>;

/// <summary>A log event that is evidence now.</summary>
/// <param name="Evidence">Identity of the piece.</param>
/// <param name="Number">The incident's short number.</param>
/// <param name="Hash">SHA-256 of the raw line, lower-case hexadecimal.</param>
public sealed record PinnedEvent(Guid Evidence, string Number, string Hash);

/// <summary>Open incidents that a log event may be pinned to, the most urgent first.</summary>
/// <param name="Text">Number, or text within title, attacker or target; empty for all.</param>
public sealed record FindOpenIncidents(string Text) : IQuery<IncidentShare>, INeeds<IncidentsRead>;

file sealed class Validator : AbstractValidator<PinEvent>
{
    public Validator()
    {
        RuleFor(c => c.Incident).NotEmpty().MaximumLength(40);
        RuleFor(c => c.Event).NotEmpty();
        RuleFor(c => c.Note).NotNull().MaximumLength(4000);
    }
}

file sealed class FindValidator : AbstractValidator<FindOpenIncidents>
{
    public FindValidator() => RuleFor(q => q.Text).NotNull().MaximumLength(200);
}
