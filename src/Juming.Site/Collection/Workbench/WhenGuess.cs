using Juming.Site.Collection.Packs;

namespace Juming.Site.Collection.Workbench;

/// <summary>What tells these lines from all others.</summary>
/// <param name="When">The condition.</param>
/// <param name="Weak">It may take other devices' lines: a person should look at it.</param>
internal sealed record WhenGuess(PackWhen When, bool Weak)
{
    private const int MostMarks = 3;
    private const int MostAny = 12;
    private const int MostCandidates = 60;

    /// <summary>The condition for lines of one structure.</summary>
    public static WhenGuess Of(IReadOnlyList<SampleLine> lines, StructureGuess guess)
    {
        var app = lines.GroupBy(l => Program(l.App), StringComparer.OrdinalIgnoreCase).OrderByDescending(g => g.Count()).First();
        var apps = app.Key.Length > 1 && app.Count() == lines.Count && !WorkbenchVocabulary.CommonPrograms.Contains(app.Key) ? new[] { app.Key } : [];
        var marks = guess.Marks.Where(m => m.Length > 1).Take(MostCandidates).ToList();
        var always = marks.Where(m => lines.All(l => l.Raw.Contains(m, StringComparison.Ordinal))).Take(MostMarks).ToList();
        if (Start(lines) is { } start && !always.Exists(m => m.Contains(start, StringComparison.Ordinal))) always.Insert(0, start);
        if (always.Count > 0) return new WhenGuess(new PackWhen { App = apps, Contains = [.. always.Take(MostMarks)] }, apps.Length == 0 && always.Sum(m => m.Length) < 8);
        var any = Cover(lines, marks.Where(m => m.Length > 3));
        if (any.Count > 0) return new WhenGuess(new PackWhen { App = apps, Any = any }, apps.Length == 0 && any.Min(m => m.Length) < 6);
        if (apps.Length > 0) return new WhenGuess(new PackWhen { App = apps }, false);
        return new WhenGuess(new PackWhen { Contains = [guess.Step.Separators.Count > 0 ? guess.Step.Separators[0] : guess.Marks.Count > 0 ? guess.Marks[0] : guess.Step.Assign] }, true);
    }

    /// <summary>Few texts of which nearly every line holds at least one; none when there are no such.</summary>
    private static List<string> Cover(IReadOnlyList<SampleLine> lines, IEnumerable<string> marks)
    {
        var candidates = marks.Select(m => (Mark: m, Lines: Enumerable.Range(0, lines.Count).Where(i => lines[i].Raw.Contains(m, StringComparison.Ordinal)).ToHashSet())).ToList();
        var open = Enumerable.Range(0, lines.Count).ToHashSet();
        var chosen = new List<string>();
        while (open.Count > 0 && chosen.Count < MostAny)
        {
            var best = candidates.Select(c => (c.Mark, Gain: c.Lines.Count(open.Contains))).OrderByDescending(c => c.Gain).ThenByDescending(c => c.Mark.Length).ThenBy(c => c.Mark, StringComparer.Ordinal).FirstOrDefault();
            if (best.Gain == 0) break;
            chosen.Add(best.Mark);
            open.ExceptWith(candidates.First(c => c.Mark == best.Mark).Lines);
        }
        return open.Count * 2 > lines.Count ? [] : chosen;
    }

    /// <summary>The text that all messages begin with, up to its last whole word.</summary>
    private static string? Start(IReadOnlyList<SampleLine> lines)
    {
        if (lines.Count < 3) return null;
        var first = lines[0].Message;
        var length = Math.Min(first.Length, 60);
        foreach (var line in lines)
        {
            var same = 0;
            while (same < length && same < line.Message.Length && line.Message[same] == first[same]) same++;
            length = same;
        }
        while (length > 0 && char.IsLetterOrDigit(first[length - 1]) && length < first.Length && char.IsLetterOrDigit(first[length])) length--;
        // A number at the end is a value that did not vary yet.
        while (length > 0 && (char.IsAsciiDigit(first[length - 1]) || first[length - 1] is '.' or '-' or '"' or ' ')) length--;
        var start = first[..length].Trim();
        return start.Length >= 4 && start.Any(char.IsLetter) && !start.Any(c => c is '{' or '}') ? start : null;
    }

    private static string Program(string app)
    {
        var end = app.IndexOf('[', StringComparison.Ordinal);
        return (end > 0 ? app[..end] : app).TrimEnd(':', ' ');
    }
}
