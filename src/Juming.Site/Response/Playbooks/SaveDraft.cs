using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Playbooks;

/// <summary>Puts another document in the place of a draft. What is in force stays as it is. A draft may have problems; a published version may not.</summary>
/// <param name="Id">The playbook.</param>
/// <param name="Revision">Revision that the change was made on.</param>
/// <param name="Document">The document; it may hold somebody's password, so no record repeats it.</param>
internal sealed record SaveDraft(Guid Id, long Revision, Secret Document) : ICommand<DraftState>, INeeds<ResponseWrite>;

file sealed class Validator : AbstractValidator<SaveDraft>
{
    public Validator() => RuleFor(c => c.Document.Value).NotEmpty().WithName("Document");
}

file sealed class Handler(ResponseDb db, ActionBook book, CurrentActor current, TimeProvider clock) : ICommandHandler<SaveDraft, DraftState>
{
    public async Task<Result<DraftState>> Handle(SaveDraft request, CancellationToken cancellationToken)
    {
        if (await db.Playbooks.FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return ResponseErrors.NoSuchPlaybook;
        if (row.Revision != request.Revision) return ResponseErrors.ChangedMeanwhile.With("by", row.DraftBy);
        var reading = PlaybookReader.Read(request.Document.Value);
        if (reading.Document is not { } document) return Problems.Refusal(ResponseErrors.NotAPlaybook, reading.Problems);
        InlineSecrets.Drop(document);
        // The identity is the playbook's own: others refer to it.
        document["id"] = row.CacaoId;
        (row.Draft, row.DraftBy, row.DraftAt, row.Revision) = (PlaybookReader.Write(document), current.Actor.Name, clock.GetUtcNow(), row.Revision + 1);
        if (document["name"] is JsonValue name && name.GetValueKind() == JsonValueKind.String && name.GetValue<string>() is { Length: > 0 and <= 200 } text) row.Name = text;
        await db.SaveChangesAsync(cancellationToken);
        return new DraftState(row.Id, row.Revision, Problems.Of(PlaybookReader.Read(document), book));
    }
}
