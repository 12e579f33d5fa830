using System.Globalization;
using System.Text;
using Juming.Site.Collection.Packs;

namespace Juming.Site.Collection.Workbench;

/// <summary>Finds sentences with places in free text: words that stay are text, what varies is a place.</summary>
internal static class TemplateGuess
{
    private const int MostTemplates = 60;
    private const int MostSteps = 12;

    /// <summary>One sentence.</summary>
    private sealed class Template(List<TemplateToken> tokens)
    {
        public List<TemplateToken> Tokens { get; } = tokens;

        public bool[] Varies { get; } = [.. tokens.Select(t => t.IsValue)];

        public List<List<TemplateToken>> Lines { get; } = [tokens];

        public bool Takes(List<TemplateToken> line)
        {
            if (line.Count != Tokens.Count) return false;
            int words = 0, same = 0;
            for (var i = 0; i < line.Count; i++)
            {
                if (line[i].IsGlue != Tokens[i].IsGlue || (line[i].IsGlue && line[i].Text != Tokens[i].Text)) return false;
                if (line[i].IsGlue || (Tokens[i].IsValue && line[i].IsValue)) continue;
                words++;
                if (line[i].Text == Tokens[i].Text) same++;
            }
            return same * 10 >= words * 6 && (words == 0 || same > 0);
        }

        public void Add(List<TemplateToken> line)
        {
            for (var i = 0; i < line.Count; i++) Varies[i] |= line[i].Text != Tokens[i].Text;
            Lines.Add(line);
        }
    }

    /// <summary>The best sentences, most frequent first, or null when there are none with a place.</summary>
    public static StructureGuess? Of(IReadOnlyList<SampleLine> lines, CancellationToken ct)
    {
        var templates = new List<Template>();
        foreach (var line in lines)
        {
            ct.ThrowIfCancellationRequested();
            var tokens = TemplateWords.Cut(line.Message.TrimEnd());
            if (tokens.Count == 0) continue;
            if (templates.Find(t => t.Takes(tokens)) is { } known) known.Add(tokens);
            else if (templates.Count < MostTemplates) templates.Add(new Template(tokens));
        }
        var steps = new List<PackStep>();
        var keys = new Dictionary<string, SeenKey>(StringComparer.Ordinal);
        var marks = new List<string>();
        var covered = 0;
        foreach (var template in templates.OrderByDescending(t => t.Lines.Count).Where(t => t.Lines.Count > 1 || lines.Count <= 20).Take(MostSteps))
        {
            if (Write(template, keys) is not { } written) continue;
            covered += template.Lines.Count;
            if (steps.TrueForAll(s => s.Pattern != written.Pattern)) steps.Add(new PackStep { Kind = "dissect", Pattern = written.Pattern });
            if (written.Mark.Length >= 3) marks.Add(written.Mark);
        }
        return steps.Count == 0 ? null : new StructureGuess(steps[0], [.. keys.Values], 0.5 * covered / lines.Count) { Steps = steps, Marks = [.. marks.Distinct(StringComparer.Ordinal)] };
    }

    private static (string Pattern, string Mark)? Write(Template template, Dictionary<string, SeenKey> keys)
    {
        var names = new PlaceNames();
        var pattern = new StringBuilder();
        string mark = "", text = "";
        var open = false;
        var letters = 0;
        for (var i = 0; i < template.Tokens.Count; i++)
        {
            var token = template.Tokens[i];
            // A brace can't stand in the text of a pattern, so it becomes part of a place.
            var place = template.Varies[i] || token.Text.AsSpan().IndexOfAny('{', '}') >= 0;
            if (!place)
            {
                text += token.Text;
                pattern.Append(token.Text);
                if (text.Trim().Length > mark.Length) mark = text.Trim();
                if (!token.IsGlue) letters += token.Text.Length;
                open = false;
                continue;
            }
            // Two places need text between them; the second is taken by the first.
            if (open) continue;
            open = true;
            var values = template.Lines.ConvertAll(l => l[i].Text);
            var key = names.Of(text, values, token.Shape);
            if (!keys.TryGetValue(key, out var seen)) keys[key] = seen = new SeenKey(key, []);
            foreach (var value in values) seen.Add(value);
            pattern.Append('{').Append(key).Append('}');
            text = "";
        }
        // A pattern of glue alone would fit everything.
        return names.Count == 0 || letters < 3 || pattern.Length > 2000 ? null : (pattern.ToString(), mark.Length > 200 ? mark[..200] : mark);
    }

    /// <summary>Names the places of one sentence by their shape and the words before them.</summary>
    private sealed class PlaceNames
    {
        private readonly HashSet<string> _used = new(StringComparer.Ordinal);
        private string _side = "";

        public int Count => _used.Count;

        public string Of(string before, List<string> values, ValueShape shape)
        {
            var word = LastWord(before);
            shape = shape == ValueShape.Text ? ValueShapes.Of(values) is { Share: >= 0.9 } all ? all.Shape : shape : shape;
            var name = shape switch
            {
                ValueShape.Address => AddressName(word, before),
                ValueShape.Number when IsPort(word, before) => _side == "destination" ? "dport" : "sport",
                ValueShape.Time => "time",
                ValueShape.Mac => FieldGuess.Side(word) == "destination" || _used.Contains("smac") ? "dmac" : "smac",
                ValueShape.Url => "url",
                ValueShape.Action => "action",
                ValueShape.Severity => "severity",
                ValueShape.Protocol => "proto",
                ValueShape.Text or ValueShape.Host when IsUser(word) => "user",
                _ => Plain(word),
            };
            var unique = name;
            for (var n = 2; !_used.Add(unique); n++) unique = name + n.ToString(CultureInfo.InvariantCulture);
            return unique;
        }

        private string AddressName(string word, string before)
        {
            var side = word is "to" or "at" || before.Contains("->", StringComparison.Ordinal) ? "destination" : word is "by" ? "source" : FieldGuess.Side(word);
            side ??= _used.Contains("sip") && _side == "source" ? "destination" : "source";
            _side = side;
            return side == "source" ? "sip" : "dip";
        }

        private bool IsPort(string word, string before) => (_side.Length > 0 && before is ":" or "#" or "/") || WorkbenchVocabulary.PortWords.Any(w => word.EndsWith(w, StringComparison.Ordinal)) && SetSide(word);

        private bool SetSide(string word)
        {
            if (FieldGuess.Side(word) is { } side) _side = side;
            return true;
        }

        private static bool IsUser(string word) => WorkbenchVocabulary.UserWords.Any(w => WorkbenchVocabulary.IsHan(w[0]) ? word.EndsWith(w, StringComparison.Ordinal) : word == w);

        private static string LastWord(string before)
        {
            var end = before.Length;
            while (end > 0 && !char.IsLetterOrDigit(before[end - 1])) end--;
            var start = end;
            while (start > 0 && (char.IsLetterOrDigit(before[start - 1]) || before[start - 1] is '_' or '-')) start--;
            return before[start..end].ToLowerInvariant();
        }

        private static string Plain(string word) => word.Length is < 2 or > 32 ? "field" : Formats.KeyVocabulary.Knows(word) ? FieldGuess.OwnMark + word : word;
    }
}
