using Juming.Site.Collection.Packs;

namespace Juming.Site.Collection.Workbench;

/// <summary>Finds values that are told by their place.</summary>
internal static class ColumnGuess
{
    private const int MostColumns = 120;

    private static readonly string[] Separators = ["*|", "|!", "||", "|", "\t", ";", "^", "~", ","];

    /// <summary>The best reading as columns, or null.</summary>
    public static StructureGuess? Of(IReadOnlyList<SampleLine> lines, CancellationToken ct)
    {
        StructureGuess? best = null;
        foreach (var separator in Separators)
        {
            ct.ThrowIfCancellationRequested();
            if (Try(lines, separator) is { } guess && (best is null || guess.Score > best.Score + 0.05)) best = guess;
        }
        return best;
    }

    private static StructureGuess? Try(IReadOnlyList<SampleLine> lines, string separator)
    {
        var rows = lines.Select(l => Cells(l.Message, separator)).ToList();
        var width = rows.GroupBy(r => r.Count).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key).First();
        if (width.Key is < 4 or > MostColumns) return null;
        // The last column takes the rest, so that lines with more separators still fit.
        var fitting = rows.Where(r => r.Count >= width.Key).ToList();
        var share = (double)fitting.Count / rows.Count;
        if (share < 0.8) return null;
        var names = HeaderOf(rows);
        var keys = new List<SeenKey>();
        double typed = 0;
        for (var c = 0; c < width.Key; c++)
        {
            var key = new SeenKey(names is not null && c < names.Count ? names[c] : "c" + (c + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), []);
            foreach (var row in names is null ? fitting : fitting.Skip(1)) key.Add(row[c]);
            var (shape, part) = ValueShapes.Of(key.Values);
            if (part >= 0.7 && shape is not ValueShape.Text) typed++;
            keys.Add(key);
        }
        // Commas stand in prose too; columns of one kind do not.
        if (separator is "," or ";" && typed < Math.Max(2, width.Key * 0.25)) return null;
        var step = new PackStep { Kind = "positional", Separators = [separator], Columns = [.. keys.Select(k => k.Key)] };
        return new StructureGuess(step, keys, share * Math.Min(1, 0.55 + (typed / width.Key))) { Marks = [separator] };
    }

    private static List<string>? HeaderOf(List<List<string>> rows)
    {
        if (rows.Count < 2) return null;
        var first = rows[0].Select(c => c.Trim()).ToList();
        if (first.Distinct(StringComparer.Ordinal).Count() != first.Count || first.Any(c => c.Length is 0 or > 40 || !char.IsLetter(c[0]) || c.Any(x => !char.IsLetterOrDigit(x) && x is not ('_' or '-' or '.' or ' ')))) return null;
        return first.All(c => ValueShapes.Of(c) is ValueShape.Text or ValueShape.Host) && rows[1].Any(c => ValueShapes.Of(c) is ValueShape.Number or ValueShape.Address or ValueShape.Time) ? first : null;
    }

    private static List<string> Cells(string text, string separator)
    {
        var cells = new List<string>();
        var at = 0;
        var quoted = false;
        for (var i = 0; i < text.Length && cells.Count < MostColumns + 1; i++)
        {
            if (text[i] == '"' && (quoted || i == at)) quoted = !quoted;
            else if (!quoted && string.CompareOrdinal(text, i, separator, 0, separator.Length) == 0)
            {
                cells.Add(Cell(text[at..i]));
                i += separator.Length - 1;
                at = i + 1;
            }
        }
        cells.Add(Cell(text[at..]));
        return cells;
    }

    private static string Cell(string text)
    {
        var cell = text.Trim();
        if (cell.Length >= 2 && cell[0] == '"' && cell[^1] == '"') cell = cell[1..^1];
        return cell.Length > 200 ? cell[..200] : cell;
    }
}
