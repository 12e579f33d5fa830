using System.Text;
using Juming.Platform.Handlers;

namespace Juming.Site.Blocking.Import;

/// <summary>One line of a file: its number, and its cells by column; null when it can't be read.</summary>
internal sealed record ListLine(int Line, IReadOnlyDictionary<string, string>? Cells);

/// <summary>Reads a plain list, one target a line, or CSV with a line of titles. UTF-8 or GB18030; what follows # in a plain list is a remark.</summary>
internal static class ListFile
{
    public const int MostBytes = 1024 * 1024;
    private const int MostLines = 2000;
    private const int MostLine = 4000;

    /// <param name="content">The file.</param>
    /// <param name="columns">Columns by the titles that they go by, in lower case.</param>
    /// <param name="first">Column of a plain list's lines.</param>
    public static Result<IReadOnlyList<ListLine>> Read(byte[] content, IReadOnlyDictionary<string, string> columns, string first)
    {
        if (content.Length > MostBytes) return BlockingErrors.FileTooLarge;
        var lines = Decode(content).Split('\n').Select((text, i) => (Number: i + 1, Text: text.TrimEnd('\r').Trim('\u200b', ' '))).Where(l => l.Text.Length > 0).ToList();
        if (lines.Count == 0) return BlockingErrors.NothingToImport;
        if (lines.Count > MostLines + 1) return BlockingErrors.FileTooLarge;
        var separator = lines[0].Text.Contains('\t', StringComparison.Ordinal) ? '\t' : lines[0].Text.Contains(';', StringComparison.Ordinal) ? ';' : ',';
        var titles = Cells(lines[0].Text, separator)?.Select(t => columns.GetValueOrDefault(t.Trim().ToLowerInvariant())).ToList();
        var read = titles is not null && titles.Contains(first) ? lines.Skip(1).Select(l => new ListLine(l.Number, Row(l.Text, separator, titles))) : lines.Select(l => Plain(l.Number, l.Text, first)).Where(l => l.Cells is null || l.Cells[first].Length > 0);
        return read.ToList() is { Count: > 0 } some ? some : BlockingErrors.NothingToImport;
    }

    private static ListLine Plain(int number, string text, string first) =>
        new(number, text.Length > MostLine ? null : new Dictionary<string, string> { [first] = text.Split('#')[0].Trim() });

    private static Dictionary<string, string>? Row(string text, char separator, List<string?> titles)
    {
        if (text.Length > MostLine || Cells(text, separator) is not { } cells || cells.Count > titles.Count) return null;
        var row = new Dictionary<string, string>();
        for (var i = 0; i < cells.Count; i++)
            if (titles[i] is { } title && Bare(cells[i]) is { Length: > 0 } cell) row[title] = cell;
        return row;
    }

    // What our export guarded against spreadsheets comes back without the guard.
    private static string Bare(string cell) => cell.Trim() is ['\'', '=' or '+' or '-' or '@', ..] guarded ? guarded[1..] : cell.Trim();

    private static List<string>? Cells(string text, char separator)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[i++]);
            else if (c == '"' && (quoted || cell.ToString().Trim().Length == 0)) quoted = !quoted;
            else if (c == separator && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(c);
        }
        cells.Add(cell.ToString());
        return quoted ? null : cells;
    }

    private static string Decode(byte[] content)
    {
        var start = content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        if (System.Text.Unicode.Utf8.IsValid(content.AsSpan(start))) return Encoding.UTF8.GetString(content, start, content.Length - start);
        return CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!.GetString(content);
    }
}

/// <summary>What becomes of a line.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))]
internal enum LineFate
{
    /// <summary>New.</summary>
    Added,

    /// <summary>It is there already and changes.</summary>
    Changed,

    /// <summary>It can't be imported.</summary>
    Refused,
}

/// <summary>One line of a preview.</summary>
/// <param name="Line">Number of the line.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="Text">What stands there, in normal form where it can be read.</param>
/// <param name="Code">Code of the refusal.</param>
/// <param name="Reason">The refusal.</param>
internal sealed record PreviewedLine(int Line, LineFate Fate, string Text, string? Code, Error? Reason)
{
    public static PreviewedLine Refused(int line, string text, Error reason) => new(line, LineFate.Refused, text.Length <= 100 ? text : text[..100], reason.Code, reason);
}

/// <summary>What a file would do: the refused lines first, at most 500 of all.</summary>
internal sealed record FilePreview(int Added, int Changed, int Refused, IReadOnlyList<PreviewedLine> Lines)
{
    private const int MostLines = 500;

    public static FilePreview Of(IReadOnlyCollection<PreviewedLine> lines) => new(lines.Count(l => l.Fate == LineFate.Added), lines.Count(l => l.Fate == LineFate.Changed), lines.Count(l => l.Fate == LineFate.Refused),
        [.. lines.OrderByDescending(l => l.Fate == LineFate.Refused).ThenBy(l => l.Line).Take(MostLines)]);
}

/// <summary>What an import did; the refused lines with their reasons, at most 500.</summary>
internal sealed record ImportOutcome(int Added, int Changed, int Refused, IReadOnlyList<PreviewedLine> Lines);
