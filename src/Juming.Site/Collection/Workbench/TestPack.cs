using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Packs;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>Asks for leave to try a draft on all unknown lines of a sender; the page streams the outcome afterwards. A look at raw events, so it is audited.</summary>
internal sealed record TestPack([property: JsonIgnore] string Yaml, int SourceId) : IQuery<Done>, INeeds<EventsRead>, IAudited;

/// <summary>How far a test is.</summary>
/// <param name="Lines">Lines tried.</param>
/// <param name="Matched">Lines that the draft reads.</param>
/// <param name="Good">The first of those.</param>
/// <param name="Bad">The first of the others.</param>
/// <param name="Ended">The test is over.</param>
/// <param name="Cut">More lines were left than a test looks at.</param>
internal sealed record TestProgress(long Lines, long Matched, IReadOnlyList<TrialLine> Good, IReadOnlyList<TrialLine> Bad, bool Ended, bool Cut);

file sealed class Handler(SitePacks packs) : IQueryHandler<TestPack, Done>
{
    public Task<Result<Done>> Handle(TestPack request, CancellationToken cancellationToken)
    {
        var (compiled, problems) = packs.Compile(request.Yaml, trial: true);
        if (problems.Count > 0) return Task.FromResult<Result<Done>>(CollectionErrors.PackBroken.At(problems[0]));
        return Task.FromResult<Result<Done>>(compiled.Count == 1 ? Done.Value : CollectionErrors.PackBroken.At(new PackProblem(1, "more than one pack in it")));
    }
}

/// <summary>Tries a draft on stored lines, a page at a time.</summary>
internal sealed class PackTestRun(SitePacks packs, ISearch search, ISourceDirectory sources, TimeProvider clock)
{
    /// <summary>Most lines that a test looks at, the newest first.</summary>
    public const int MostLines = 100_000;

    private const int Page = 2000;
    private const int MostShown = 10;

    /// <summary>Runs; each step tells how far it is. Stops with its token.</summary>
    public async IAsyncEnumerable<TestProgress> Run(string yaml, int sourceId, [EnumeratorCancellation] CancellationToken ct)
    {
        var (compiled, problems) = packs.Compile(yaml, trial: true);
        if (problems.Count > 0 || compiled.Count != 1) yield break;
        var trial = new PackTrial(compiled[0], packs.InForce, sources.MemoryOf(sourceId).Zone);
        var (from, to) = UnknownLines.Span(clock);
        List<TrialLine> good = [], bad = [];
        long lines = 0, matched = 0;
        string? cursor = null;
        do
        {
            var page = new List<EventView>();
            var asked = cursor;
            cursor = null;
            await foreach (var chunk in search.Search(new SearchRequest(UnknownLines.QueryOf(sourceId), from, to, Page, asked), ct))
            {
                page.AddRange(chunk.Events);
                cursor = chunk.Cursor;
            }
            foreach (var stored in page)
            {
                ct.ThrowIfCancellationRequested();
                var read = trial.Read(stored.Raw, stored.Received);
                lines++;
                var fits = read.Outcome == TrialOutcome.Matched;
                if (fits) matched++;
                var shown = fits ? good : bad;
                if (shown.Count < MostShown) shown.Add(read);
            }
            yield return new TestProgress(lines, matched, [.. good], [.. bad], cursor is null || lines >= MostLines, cursor is not null && lines >= MostLines);
        }
        while (cursor is not null && lines < MostLines);
    }
}
