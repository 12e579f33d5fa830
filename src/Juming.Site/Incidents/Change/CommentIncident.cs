using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.Grouping;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Change;

/// <summary>Adds a comment to an incident's time line. Plain text; shown as it was written, never as markup.</summary>
internal sealed record CommentIncident(Guid Id, string Text) : ICommand<Done>, INeeds<IncidentsWrite>
{
    /// <summary>Most characters of a comment.</summary>
    public const int MostText = 20_000;

    /// <summary>Identity that the entry is to have, so that the same one again adds nothing; null for a new one.</summary>
    public Guid? Entry { get; init; }
}

/// <summary>Corrects a comment of one's own; what it said before stays readable.</summary>
internal sealed record CorrectComment(Guid Id, Guid Comment, string Text) : ICommand<Done>, INeeds<IncidentsWrite>;

file sealed class Validator : AbstractValidator<CommentIncident>
{
    public Validator()
    {
        RuleFor(c => c.Text).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage("Write something first.");
        RuleFor(c => c.Text).MaximumLength(CommentIncident.MostText).WithErrorCode("incidents.comment-too-long").WithMessage($"A comment has at most {CommentIncident.MostText} characters; put longer text in a file.");
    }
}

file sealed class CorrectionValidator : AbstractValidator<CorrectComment>
{
    public CorrectionValidator()
    {
        RuleFor(c => c.Text).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage("Write something first.");
        RuleFor(c => c.Text).MaximumLength(CommentIncident.MostText).WithErrorCode("incidents.comment-too-long").WithMessage($"A comment has at most {CommentIncident.MostText} characters; put longer text in a file.");
    }
}

file sealed class CorrectHandler(IncidentDesk desk, IncidentsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<CorrectComment, Done>
{
    private const int MostCorrections = 50;

    public async Task<Result<Done>> Handle(CorrectComment request, CancellationToken cancellationToken)
    {
        using var turn = await desk.Enter(cancellationToken);
        var by = current.Actor.Name;
        if (await db.Entries.AsNoTracking().FirstOrDefaultAsync(e => e.Id == request.Comment && e.IncidentId == request.Id && e.Code == "comment" && e.By == by, cancellationToken) is not { } comment) return IncidentErrors.NoSuchComment;
        var mark = comment.Id.ToString();
        var earlier = await db.Entries.AsNoTracking().Where(e => e.IncidentId == request.Id && e.Code == Entries.Correction && e.By == by).OrderByDescending(e => e.At).ThenByDescending(e => e.Id).ToListAsync(cancellationToken);
        var own = earlier.Where(e => e.Arguments.Contains(mark, StringComparison.Ordinal)).ToList();
        var text = request.Text.Trim();
        if ((own.FirstOrDefault()?.Text ?? comment.Text) == text) return Done.Value;
        if (own.Count >= MostCorrections) return IncidentErrors.TooManyCorrections.With("most", "50");
        var now = clock.GetUtcNow();
        var entry = Entries.Of(request.Id, now, Entries.Correction, by, ("entry", comment.Id));
        entry.Text = text;
        db.Add(entry);
        (await db.Incidents.FirstAsync(i => i.Id == request.Id, cancellationToken)).UpdatedAt = now;
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }
}

file sealed class Handler(IncidentDesk desk, IncidentsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<CommentIncident, Done>
{
    public async Task<Result<Done>> Handle(CommentIncident request, CancellationToken cancellationToken)
    {
        using var turn = await desk.Enter(cancellationToken);
        if (await db.Incidents.FirstOrDefaultAsync(i => i.Id == request.Id, cancellationToken) is not { } incident) return IncidentErrors.NoSuchIncident;
        if (request.Entry is { } known && await db.Entries.AnyAsync(e => e.Id == known, cancellationToken)) return Done.Value;
        var now = clock.GetUtcNow();
        // A comment takes the incident but is no change of it: two people may comment at once.
        var version = incident.Version;
        db.Take(incident, current.Actor.Name, now);
        incident.Version = version;
        var entry = Entries.Of(incident.Id, now, "comment", current.Actor.Name, request.Text.Trim());
        if (request.Entry is { } identity) entry.Id = identity;
        db.Add(entry);
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }
}
