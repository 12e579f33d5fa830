using Juming.Site.Collection.Packs;

namespace Juming.Site.Collection.Workbench;

/// <summary>One way to take the lines apart, and how well it explains them.</summary>
/// <param name="Step">The first step.</param>
/// <param name="Keys">Keys found, most frequent first.</param>
/// <param name="Score">0 to 1.</param>
internal sealed record StructureGuess(PackStep Step, IReadOnlyList<SeenKey> Keys, double Score)
{
    /// <summary>All steps.</summary>
    public IReadOnlyList<PackStep> Steps { get; init; } = [Step];

    /// <summary>Texts that tell these lines from others; see <see cref="WhenGuess"/>.</summary>
    public IReadOnlyList<string> Marks { get; init; } = [];
}

/// <summary>Finds keys with values: which text separates pairs, and which stands between key and value.</summary>
internal static class PairGuess
{
    private const int MostLines = 120;
    private const int MostKeys = 200;

    private static readonly HashSet<string> Loosely = [", ", ",", ";", "\t", "  ", " "];

    /// <summary>The best reading as pairs, or null when lines hold fewer than three each.</summary>
    public static StructureGuess? Of(IReadOnlyList<SampleLine> lines, CancellationToken ct)
    {
        StructureGuess? best = null;
        foreach (var assign in WorkbenchVocabulary.Assigns)
            foreach (var separator in WorkbenchVocabulary.PairSeparators)
            {
                ct.ThrowIfCancellationRequested();
                if (Try(lines, assign, separator) is { } guess && (best is null || guess.Score > best.Score + 0.001)) best = guess;
            }
        return best;
    }

    private static StructureGuess? Try(IReadOnlyList<SampleLine> lines, string assign, string separator)
    {
        var seen = new Dictionary<string, SeenKey>(StringComparer.Ordinal);
        int parts = 0, pairs = 0, looked = 0, spaced = 0;
        var step = Math.Max(1, lines.Count / MostLines);
        for (var i = 0; i < lines.Count; i += step)
        {
            var message = lines[i].Message;
            if (!message.Contains(assign, StringComparison.Ordinal)) continue;
            looked++;
            foreach (var part in Split(message, separator, assign))
            {
                if (part.Trim().Length == 0) continue;
                parts++;
                if (KeyOf(part, assign) is not { } key) continue;
                pairs++;
                if (key.Contains(' ', StringComparison.Ordinal)) spaced++;
                if (!seen.TryGetValue(key, out var known))
                {
                    if (seen.Count >= MostKeys * 4) continue;
                    seen[key] = known = new SeenKey(key, []);
                }
                known.Add(Value(part, assign));
            }
        }
        var all = (lines.Count + step - 1) / step;
        if (looked == 0 || pairs < 3 * looked || looked < all * 0.5) return null;
        var often = Math.Max(looked > 2 ? 2 : 1, (int)(looked * 0.05));
        var keys = seen.Values.Where(k => k.Lines >= often).OrderByDescending(k => k.Lines).ThenBy(k => k.Key, StringComparer.Ordinal).Take(MostKeys).ToList();
        if (keys.Count < 3) return null;
        var recurring = (double)keys.Sum(k => k.Lines) / pairs;
        var coverage = (double)pairs / parts;
        var loose = assign == "=" && Loosely.Contains(separator) && spaced * 10 < pairs;
        // The tolerant reader takes blanks inside values and words between pairs in its stride.
        var score = (loose ? Math.Sqrt(coverage) : coverage) * recurring * (looked / (double)all) * (assign == "/" ? 0.8 : 1) * Math.Min(1, pairs / (4.0 * looked));
        return new StructureGuess(StepOf(assign, separator, loose, coverage, keys), keys, score) { Marks = [.. Marks(keys, assign)] };
    }

    private static PackStep StepOf(string assign, string separator, bool loose, double coverage, List<SeenKey> keys)
    {
        if (loose) return new PackStep { Kind = "kv" };
        // Values that hold the separator end where the next known key begins.
        var closed = coverage < 0.9 && keys.Count is >= 3 and <= 100;
        return new PackStep { Kind = "kv", Separators = [separator], Assign = assign, Keys = closed ? [.. keys.Select(k => k.Key)] : [] };
    }

    private static IEnumerable<string> Marks(List<SeenKey> keys, string assign) => keys
        .OrderBy(k => WorkbenchVocabulary.CommonKeys.Contains(k.Key)).ThenByDescending(k => k.Key.Length).ThenBy(k => k.Key, StringComparer.Ordinal).Select(k => k.Key + assign);

    /// <summary>The parts of a message; a quoted value behind the assignment hides separators, as the pack's reader has it.</summary>
    private static IEnumerable<string> Split(string text, string separator, string assign)
    {
        var at = 0;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            if (quote != '\0')
            {
                if (text[i] == quote) quote = '\0';
                continue;
            }
            if (text[i] == '"' && (i == at || (i >= assign.Length && string.CompareOrdinal(text, i - assign.Length, assign, 0, assign.Length) == 0))) quote = '"';
            else if (text[i] == separator[0] && string.CompareOrdinal(text, i, separator, 0, separator.Length) == 0)
            {
                yield return text[at..i];
                i += separator.Length - 1;
                at = i + 1;
            }
        }
        yield return text[at..];
    }

    private static string? KeyOf(string part, string assign)
    {
        var at = part.IndexOf(assign, StringComparison.Ordinal);
        if (at is <= 0 or > 48) return null;
        var key = part[..at].Trim();
        if (key.Length is 0 or > 40 || !(char.IsLetter(key[0]) || key[0] == '_') || key.Count(c => c == ' ') > 2) return null;
        foreach (var c in key)
            if (!char.IsLetterOrDigit(c) && c is not ('_' or '-' or '.' or ' ' or '(' or ')' or '/' or '#' or '@')) return null;
        return assign == "/" && key.Contains('.', StringComparison.Ordinal) ? null : key;
    }

    private static string Value(string part, string assign)
    {
        var value = part[(part.IndexOf(assign, StringComparison.Ordinal) + assign.Length)..].Trim();
        if (value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0]) value = value[1..^1];
        return value.Length > 200 ? value[..200] : value;
    }
}
