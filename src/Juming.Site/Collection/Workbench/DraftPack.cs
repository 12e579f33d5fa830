using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Packs;

namespace Juming.Site.Collection.Workbench;

/// <summary>Asks for leave to draft, before a form is shown that could lead to nothing.</summary>
internal sealed record BeginDraft : IQuery<Done>, INeeds<CollectionDraft>;

/// <summary>Proposes a pack for lines.</summary>
/// <param name="Lines">1 to 500 lines of at most 65,536 characters.</param>
/// <param name="Name">Name of the pack to be.</param>
internal sealed record DraftPack(IReadOnlyList<string> Lines, string Name) : IQuery<PackProposal>, INeeds<CollectionDraft>;

/// <summary>A pack as YAML, and what is known of the proposal.</summary>
/// <param name="Yaml">The pack.</param>
/// <param name="Kind">json, pairs, columns or text.</param>
/// <param name="Score">How well the structure explains the lines, 0 to 1.</param>
/// <param name="WeakCondition">The condition may take other devices' lines.</param>
internal sealed record PackProposal(string Yaml, string Kind, double Score, bool WeakCondition);

file sealed class BeginHandler : IQueryHandler<BeginDraft, Done>
{
    public Task<Result<Done>> Handle(BeginDraft request, CancellationToken cancellationToken) => Task.FromResult<Result<Done>>(Done.Value);
}

file sealed class Validator : AbstractValidator<DraftPack>
{
    public Validator()
    {
        RuleFor(q => q.Lines).Must(l => l.Count <= SampleLine.MostLines && l.All(x => x.Length <= 64 * 1024)).WithMessage("At most 500 lines of 65,536 characters.");
        RuleFor(q => q.Name).Matches("^[a-z0-9][a-z0-9._-]{0,79}$").WithMessage("A pack's name has 1 to 80 of a-z, 0-9, dot, dash and underscore.");
    }
}

file sealed class Handler(SitePacks packs, TimeProvider clock) : IQueryHandler<DraftPack, PackProposal>
{
    private const int MostTests = 2;
    private const int MostTestLine = 2000;

    private static readonly HashSet<string> Telling = new(StringComparer.Ordinal) { "source.ip", "destination.ip", "source.port", "destination.port", "user.name", "rule.name", "network.transport", "event.action" };

    public Task<Result<PackProposal>> Handle(DraftPack request, CancellationToken cancellationToken) => Task.Run(() => Propose(request, cancellationToken), cancellationToken);

    private Result<PackProposal> Propose(DraftPack request, CancellationToken ct)
    {
        if (FormatGuess.Propose(request.Lines, request.Name, ct) is not { } draft) return CollectionErrors.NoLinesToLearn;
        var pack = draft.Pack with { Version = packs.HighestVersion(request.Name) + 1 };
        return new PackProposal(PackYaml.Write(WithTests(pack, request.Lines)), draft.Kind, draft.Score, draft.WeakCondition);
    }

    /// <summary>A pack carries lines of its own, so that a change that breaks them is refused.</summary>
    private PackDefinition WithTests(PackDefinition definition, IReadOnlyList<string> lines)
    {
        var (compiled, _) = packs.Compile(PackYaml.Write(definition), trial: true);
        if (compiled.Count != 1) return definition;
        var trial = new PackTrial(compiled[0], PackSet.Empty, TimeZoneInfo.Utc);
        var tests = new List<PackTest>();
        foreach (var line in lines.Where(l => l.Length is > 0 and <= MostTestLine).Take(50))
        {
            var read = trial.Read(line, clock.GetUtcNow());
            var expect = read.Fields.Where(f => Telling.Contains(f.Name) && f.Value.Length is > 0 and < 100).GroupBy(f => f.Name).ToDictionary(g => g.Key, g => g.First().Value, StringComparer.Ordinal);
            if (read.Outcome != TrialOutcome.Matched || expect.Count == 0) continue;
            tests.Add(new PackTest(line, expect));
            if (tests.Count == MostTests) break;
        }
        var tested = definition with { Tests = tests };
        return packs.Compile(PackYaml.Write(tested), trial: true).Problems.Count == 0 ? tested : definition;
    }
}
