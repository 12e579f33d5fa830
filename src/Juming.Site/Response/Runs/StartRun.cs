using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Incidents;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Juming.Site.Response.Engine;
using Juming.Site.Response.Playbooks;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Runs;

/// <summary>Starts the version in force by hand.</summary>
/// <param name="Playbook">The playbook.</param>
/// <param name="Incident">Incident that it is about, by identity or short number; empty for none.</param>
/// <param name="Inputs">Values of variables that are given from outside, "__attacker__".</param>
/// <param name="Key">Chosen by the caller: the same key starts one run. Empty for none.</param>
internal sealed record StartRun(Guid Playbook, string? Incident, IReadOnlyDictionary<string, string>? Inputs = null, string? Key = null) : ICommand<StartedRun>, INeeds<ResponseWrite>;

/// <summary>The run that was started.</summary>
internal sealed record StartedRun(Guid Id, string Number);

file sealed class Validator : AbstractValidator<StartRun>
{
    public Validator()
    {
        RuleFor(c => c.Incident).MaximumLength(40);
        RuleFor(c => c.Key).MaximumLength(100);
        RuleFor(c => c.Inputs).Must(i => i is null || (i.Count <= 100 && i.All(v => Vocabulary.VariableName().IsMatch(v.Key) && v.Value is not null && v.Value.Length <= 20_000))).WithMessage("At most 100 inputs, named like __attacker__.");
    }
}

file sealed class Handler(ResponseDb db, ActionBook book, PlaybookShelf shelf, RunStarter starter, CurrentActor current, IIncidentWork? incidents = null) : ICommandHandler<StartRun, StartedRun>
{
    public async Task<Result<StartedRun>> Handle(StartRun request, CancellationToken cancellationToken)
    {
        if (await db.Playbooks.AsNoTracking().FirstOrDefaultAsync(p => p.Id == request.Playbook, cancellationToken) is not { } row) return ResponseErrors.NoSuchPlaybook;
        if (row.Published == 0 || await shelf.Of(db, row.Id, row.Published, cancellationToken) is not { } model) return ResponseErrors.NotPublished;
        if (Rights.Missing(model, book, current.Actor) is { } missing) return missing;
        IncidentFacts? facts = null;
        if (!string.IsNullOrWhiteSpace(request.Incident))
        {
            facts = incidents is null ? null : await incidents.Facts(request.Incident.Trim(), cancellationToken);
            if (facts is null) return ResponseErrors.NoSuchIncident;
        }
        var actor = current.Actor;
        var run = await starter.Start(new StartOrder
        {
            Playbook = row.Id,
            Version = row.Published,
            Cause = "manual",
            CauseKey = string.IsNullOrWhiteSpace(request.Key) ? $"manual:{Guid.CreateVersion7():N}" : $"manual:{actor.Id}:{request.Key.Trim()}",
            By = actor.Name,
            ById = actor.PersonId?.ToString() ?? "",
            Incident = facts,
            Inputs = request.Inputs ?? new Dictionary<string, string>(),
        }, cancellationToken);
        return run is null ? ResponseErrors.NotPublished : new StartedRun(run.Id, run.ShortNumber);
    }
}
