using Juming.Site.Collection.Packs;

namespace Juming.Site.Collection.Workbench;

/// <summary>A pack that is proposed, and how sure the proposal is.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Kind">json, pairs, columns or text.</param>
/// <param name="Score">How well the structure explains the lines, 0 to 1.</param>
/// <param name="WeakCondition">The condition may take other devices' lines.</param>
internal sealed record FormatDraft(PackDefinition Pack, string Kind, double Score, bool WeakCondition);

/// <summary>Proposes a pack for lines that nobody can read. The same lines give the same pack; at most 500 lines of 8,192 characters are looked at.</summary>
internal static class FormatGuess
{
    private const int MostFields = 200;
    private const int MostMarks = 40;
    private const int MostSteps = 12;

    // Behind the packs of known products: a weak condition must not hide them.
    private const int WeakOrder = 400;

    /// <summary>The proposal, or null when there is no line.</summary>
    /// <param name="lines">Raw lines.</param>
    /// <param name="name">Name of the pack.</param>
    /// <param name="ct">Cancels.</param>
    public static FormatDraft? Propose(IReadOnlyList<string> lines, string name, CancellationToken ct)
    {
        var samples = SampleLine.Of(lines);
        if (samples.Count == 0) return null;
        var (kind, guess) = Structure(samples, ct);
        guess = WithRest(samples, guess, ct);
        var condition = WhenGuess.Of(samples, guess);
        var pack = new PackDefinition
        {
            Name = name,
            Version = 1,
            Order = condition.Weak ? WeakOrder : 90,
            When = condition.When,
            Parse = guess.Steps,
            Fields = FieldGuess.Of(guess.Keys.Take(MostFields)),
        };
        return new FormatDraft(pack, kind, Math.Round(guess.Score, 3), condition.Weak);
    }

    /// <summary>A device writes several kinds of lines: what shows nothing of the structure is read as sentences.</summary>
    private static StructureGuess WithRest(IReadOnlyList<SampleLine> samples, StructureGuess guess, CancellationToken ct)
    {
        if (guess.Step.Kind is "dissect" or "positional") return guess;
        var marks = guess.Marks.Take(MostMarks).ToList();
        var rest = samples.Where(l => !marks.Exists(m => l.Raw.Contains(m, StringComparison.Ordinal))).ToList();
        if (rest.Count < 2 || rest.Count * 10 < samples.Count || TemplateGuess.Of(rest, ct) is not { } sentences) return guess;
        var keys = guess.Keys.ToList();
        foreach (var key in sentences.Keys)
            if (keys.Find(k => k.Key == key.Key) is { } known) key.Values.ForEach(known.Add);
            else keys.Add(key);
        return guess with { Keys = keys, Steps = [.. guess.Steps, .. sentences.Steps.Take(MostSteps - guess.Steps.Count)], Marks = [.. marks, .. sentences.Marks] };
    }

    private static (string Kind, StructureGuess Guess) Structure(IReadOnlyList<SampleLine> samples, CancellationToken ct)
    {
        if (JsonGuess.Of(samples, ct) is { Score: >= 0.6 } json) return ("json", json);
        var pairs = PairGuess.Of(samples, ct);
        var columns = ColumnGuess.Of(samples, ct);
        if (pairs is not null && pairs.Score >= 0.35 && pairs.Score >= (columns?.Score ?? 0) * 0.6) return ("pairs", pairs);
        if (columns is { Score: >= 0.5 }) return ("columns", columns);
        if (TemplateGuess.Of(samples, ct) is { } text && (pairs is null || text.Score >= pairs.Score)) return ("text", text);
        if (pairs is not null) return ("pairs", pairs);
        return columns is not null ? ("columns", columns) : ("text", new StructureGuess(new PackStep { Kind = "kv" }, [], 0));
    }
}
