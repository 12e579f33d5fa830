using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Playbooks;

/// <summary>Takes a CACAO 2.0 document as a new playbook's draft. Secrets that stand in it are left out.</summary>
/// <param name="Document">The document; it may hold somebody's password, so no record repeats it.</param>
internal sealed record ImportPlaybook(Secret Document) : ICommand<DraftState>, INeeds<ResponseWrite>;

/// <summary>Tells what is wrong with a document, without keeping it.</summary>
internal sealed record CheckPlaybook(Secret Document) : IQuery<IReadOnlyList<ProblemView>>, INeeds<ResponseRead>;

file sealed class Validator : AbstractValidator<ImportPlaybook>
{
    public Validator() => RuleFor(c => c.Document.Value).NotEmpty().WithName("Document");
}

file sealed class CheckHandler(ActionBook book) : IQueryHandler<CheckPlaybook, IReadOnlyList<ProblemView>>
{
    public Task<Result<IReadOnlyList<ProblemView>>> Handle(CheckPlaybook request, CancellationToken cancellationToken) =>
        Task.FromResult(Result<IReadOnlyList<ProblemView>>.Of(Problems.Of(PlaybookReader.Read(request.Document.Value), book)));
}

file sealed class Handler(ResponseDb db, ActionBook book, CurrentActor current, TimeProvider clock) : ICommandHandler<ImportPlaybook, DraftState>
{
    public async Task<Result<DraftState>> Handle(ImportPlaybook request, CancellationToken cancellationToken)
    {
        var reading = PlaybookReader.Read(request.Document.Value);
        if (reading.Model is not { } model) return Problems.Refusal(ResponseErrors.NotAPlaybook, reading.Problems);
        if (await db.Playbooks.AnyAsync(p => p.CacaoId == model.Id, cancellationToken)) return ResponseErrors.ThereAlready;
        InlineSecrets.Drop(reading.Document!);
        var now = clock.GetUtcNow();
        var row = new PlaybookRow { CacaoId = model.Id, Name = model.Name, Draft = PlaybookReader.Write(reading.Document!), DraftBy = current.Actor.Name, DraftAt = now, CreatedAt = now };
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return new DraftState(row.Id, row.Revision, Problems.Of(reading, book));
    }
}

/// <summary>Problems of a document and of running it here.</summary>
internal static class Problems
{
    public static IReadOnlyList<ProblemView> Of(PlaybookReading reading, ActionBook book) =>
        [.. reading.Problems.Concat(reading.Model is { } model ? book.Check(model) : []).OrderByDescending(p => p.Rank).Select(ProblemView.Of)];

    /// <summary>The refusal that names the worst problem.</summary>
    public static Error Refusal(Error error, IReadOnlyList<PlaybookProblem> problems)
    {
        var worst = problems.MaxBy(p => p.Rank)!;
        return error.With("pointer", worst.Pointer.Length == 0 ? "/" : worst.Pointer).With("reason", ResponseTexts.Problem(worst)).With("count", problems.Count(p => p.Rank > ProblemRank.Warning).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
