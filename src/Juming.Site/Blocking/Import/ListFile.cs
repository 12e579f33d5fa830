using Juming.Platform.Handlers;
using Juming.Platform.Web;

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
        var text = CsvReader.Decode(content).Text;
        var records = CsvReader.Read(text).Take(MostLines + 2).ToList();
        if (records.Count == 0) return BlockingErrors.NothingToImport;
        if (records.Count > MostLines + 1) return BlockingErrors.FileTooLarge;
        var titles = records[0].Cells?.Select(t => columns.GetValueOrDefault(Trim(t).ToLowerInvariant())).ToList();
        List<ListLine> read = titles is not null && titles.Contains(first) ? [.. records.Skip(1).Select(r => new ListLine(r.Line, Row(r, titles)))] : [.. Plain(text, first)];
        return read.Count > 0 ? read : BlockingErrors.NothingToImport;
    }

    private static IEnumerable<ListLine> Plain(string text, string first) =>
        text.Split('\n').Select((line, i) => (Number: i + 1, Text: Trim(line.TrimEnd('\r')))).Where(l => l.Text.Length > 0)
            .Select(l => new ListLine(l.Number, l.Text.Length > MostLine ? null : new Dictionary<string, string> { [first] = l.Text.Split('#')[0].Trim() })).Where(l => l.Cells is null || l.Cells[first].Length > 0);

    private static Dictionary<string, string>? Row(CsvRecord record, List<string?> titles)
    {
        if (record.Cells is not { } cells || cells.Count > titles.Count || cells.Sum(c => c.Length) > MostLine) return null;
        var row = new Dictionary<string, string>();
        for (var i = 0; i < cells.Count; i++)
            if (titles[i] is { } title && Bare(cells[i]) is { Length: > 0 } cell) row[title] = cell;
        return row;
    }

    // A pasted list often begins with a blank of no width.
    private static string Trim(string text) => text.Trim('\u200b', ' ');

    // What our export guarded against spreadsheets comes back without the guard.
    private static string Bare(string cell) => Trim(cell) is ['\'', '=' or '+' or '-' or '@', ..] guarded ? guarded[1..] : Trim(cell);
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
