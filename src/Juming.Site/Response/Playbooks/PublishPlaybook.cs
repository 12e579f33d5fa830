using System.Text.Json.Nodes;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Playbooks;

/// <summary>Makes the draft the version in force. It no longer starts by itself until it was looked at and switched on again.</summary>
/// <param name="Id">The playbook.</param>
/// <param name="Revision">Revision of the draft that was looked at.</param>
/// <param name="Note">What changed and why.</param>
internal sealed record PublishPlaybook(Guid Id, long Revision, string Note) : ICommand<PublishedVersion>, INeeds<ResponseApprove>;

/// <summary>The version that is in force now.</summary>
internal sealed record PublishedVersion(Guid Id, int Version);

file sealed class Validator : AbstractValidator<PublishPlaybook>
{
    public Validator() => RuleFor(c => c.Note).Must(n => !string.IsNullOrWhiteSpace(n)).WithMessage("Say what changed.").MaximumLength(2000);
}

file sealed class Handler(ResponseDb db, ActionBook book, CurrentActor current, TimeProvider clock) : ICommandHandler<PublishPlaybook, PublishedVersion>
{
    public async Task<Result<PublishedVersion>> Handle(PublishPlaybook request, CancellationToken cancellationToken)
    {
        if (await db.Playbooks.FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return ResponseErrors.NoSuchPlaybook;
        if (row.Revision != request.Revision) return ResponseErrors.ChangedMeanwhile.With("by", row.DraftBy);
        var reading = PlaybookReader.Read(row.Draft);
        var problems = reading.Problems.Concat(reading.Model is { } model ? book.Check(model) : []).Where(p => p.Rank > ProblemRank.Warning).ToList();
        if (problems.Count > 0) return Problems.Refusal(ResponseErrors.HasProblems, problems);
        var last = await db.Versions.Where(v => v.PlaybookId == row.Id).OrderByDescending(v => v.Number).FirstOrDefaultAsync(cancellationToken);
        if (last is not null && last.Number == row.Published && JsonNode.DeepEquals(JsonNode.Parse(last.Document), JsonNode.Parse(row.Draft))) return ResponseErrors.NothingNew;
        var version = new VersionRow { PlaybookId = row.Id, Number = (last?.Number ?? 0) + 1, Document = row.Draft, Note = request.Note.Trim(), By = current.Actor.Name, At = clock.GetUtcNow() };
        db.Add(version);
        (row.Published, row.On, row.Revision) = (version.Number, false, row.Revision + 1);
        await db.SaveChangesAsync(cancellationToken);
        return new PublishedVersion(row.Id, version.Number);
    }
}
