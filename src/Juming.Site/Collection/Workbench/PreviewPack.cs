using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Packs;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>Reads lines as the site would if a draft were in force.</summary>
/// <param name="Yaml">The draft.</param>
/// <param name="Lines">At most 500 lines.</param>
/// <param name="SourceId">Their sender, for its time zone; null for none.</param>
internal sealed record PreviewPack(string Yaml, IReadOnlyList<string> Lines, int? SourceId = null) : IQuery<PackPreview>, INeeds<CollectionDraft>;

/// <summary>What a draft makes of lines.</summary>
/// <param name="Problems">Why the draft can't be used; none when it can.</param>
/// <param name="Pack">What the draft says, null when it can't be read.</param>
/// <param name="Lines">One outcome a line, none when the draft can't be used.</param>
internal sealed record PackPreview(IReadOnlyList<PackProblem> Problems, PackDefinition? Pack, IReadOnlyList<TrialLine> Lines);

file sealed class Validator : AbstractValidator<PreviewPack>
{
    public Validator() => RuleFor(q => q.Lines).Must(l => l.Count <= SampleLine.MostLines && l.All(x => x.Length <= 64 * 1024)).WithMessage("At most 500 lines of 65,536 characters.");
}

file sealed class Handler(SitePacks packs, ISourceDirectory sources, TimeProvider clock) : IQueryHandler<PreviewPack, PackPreview>
{
    public Task<Result<PackPreview>> Handle(PreviewPack request, CancellationToken cancellationToken) => Task.Run<Result<PackPreview>>(
        () =>
        {
            var (compiled, problems) = packs.Compile(request.Yaml, trial: true);
            if (problems.Count == 0 && compiled.Count > 1) problems = [new PackProblem(1, "more than one pack in it")];
            if (problems.Count > 0) return new PackPreview([.. problems.Take(50)], compiled.Count == 1 ? compiled[0].Definition : null, []);
            var trial = new PackTrial(compiled[0], packs.InForce, sources.MemoryOf(request.SourceId ?? 0).Zone);
            var lines = new List<TrialLine>(request.Lines.Count);
            foreach (var line in request.Lines)
            {
                cancellationToken.ThrowIfCancellationRequested();
                lines.Add(trial.Read(line, clock.GetUtcNow()));
            }
            return new PackPreview([], compiled[0].Definition, lines);
        },
        cancellationToken);
}
