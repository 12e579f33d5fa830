using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Rules.Draft;

/// <summary>Rules of a text, compiled beside those that their correlations name, and what is wrong with them.</summary>
internal sealed class RuleTrialSet
{
    /// <summary>Longest text of an editor.</summary>
    public const int MostCharacters = 200_000;

    /// <summary>The compiled set.</summary>
    public required RuleSet Set { get; init; }

    /// <summary>Rules that stand in the text itself.</summary>
    public required IReadOnlySet<string> Own { get; init; }

    /// <summary>Documents of the text that can be used.</summary>
    public required int Usable { get; init; }

    /// <summary>Correlations and filters of the text: they are not tried on stored events.</summary>
    public required int NotTried { get; init; }

    /// <summary>What is wrong, by line.</summary>
    public required IReadOnlyList<RuleProblem> Problems { get; init; }

    /// <summary>Reads and compiles a text.</summary>
    /// <param name="book">Rules that are there.</param>
    /// <param name="fileName">File in which the text lies or will lie.</param>
    /// <param name="yaml">The text.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<RuleTrialSet> Of(RuleBook book, string fileName, string yaml, CancellationToken ct)
    {
        var loader = new SigmaLoader(await book.AllLists(ct));
        loader.AddText(fileName, yaml);
        var own = loader.Loaded();
        var documents = own.Rules.Concat<SigmaDocument>(own.Correlations).Concat(own.Filters).ToList();
        var set = await Task.Run(() => RuleSet.Compile(own with { Rules = [.. own.Rules, .. Named(own, book.Loaded)] }), ct);
        var target = Path.Combine(book.Uploads, fileName);
        var taken = documents.Select(d => (Document: d, Other: book.Find(d.Id))).Where(d => d.Other is not null && d.Other.File != target)
            .Select(d => new RuleProblem(d.Document.Line, $"the id {d.Document.Id} is already that of '{d.Other!.Title}' in {Path.GetFileName(d.Other.File)}"));
        List<RuleProblem> problems = [.. set.Refused.Select(r => new RuleProblem(r.Line, r.Reason)).Concat(taken).OrderBy(p => p.Line)];
        return new RuleTrialSet
        {
            Set = set,
            Own = own.Rules.Select(r => r.Id).ToHashSet(StringComparer.OrdinalIgnoreCase),
            Usable = documents.Count - documents.Count(d => problems.Exists(p => p.Line == d.Line)),
            NotTried = own.Correlations.Count + own.Filters.Count,
            Problems = problems,
        };
    }

    /// <summary>Rules in force that correlations of the text count.</summary>
    private static IEnumerable<SigmaRule> Named(LoadedRules own, LoadedRules others)
    {
        var names = own.Correlations.SelectMany(c => c.Rules).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var ids = own.Rules.Select(r => r.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return names.Count == 0 ? [] : others.Rules.Where(r => (names.Contains(r.Id) || (r.Name is { } name && names.Contains(name))) && !ids.Contains(r.Id));
    }
}
