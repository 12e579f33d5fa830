using System.Text;

namespace Juming.Platform.Web;

/// <summary>One record of a CSV file: the line that it starts at, and its cells; null cells when its quotation is broken.</summary>
public readonly record struct CsvRecord(int Line, IReadOnlyList<string>? Cells);

/// <summary>Reads CSV (RFC 4180) as spreadsheets write it: UTF-8, UTF-16 with mark or GB18030; comma, semicolon or tab.</summary>
public static class CsvReader
{
    private const int MostCells = 64;

    /// <summary>The text of a file; UTF-8 where every byte fits it, GB18030 otherwise.</summary>
    public static (string Text, string Charset) Decode(byte[] content)
    {
        if (content.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return (Encoding.Unicode.GetString(content, 2, content.Length - 2), "utf-16");
        if (content.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return (Encoding.BigEndianUnicode.GetString(content, 2, content.Length - 2), "utf-16");
        var start = content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        if (System.Text.Unicode.Utf8.IsValid(content.AsSpan(start))) return (Encoding.UTF8.GetString(content, start, content.Length - start), "utf-8");
        return (CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!.GetString(content), "gb18030");
    }

    /// <summary>The records, empty lines left out; a quotation that is never closed ends with its line, so that one bad line stays one.</summary>
    public static IEnumerable<CsvRecord> Read(string text)
    {
        var separator = Separator(text);
        int at = 0, line = 1;
        while (at < text.Length)
        {
            var start = line;
            var (cells, next) = Record(text, at, separator);
            for (var i = at; i < next; i++)
                if (text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.Length || text[i + 1] != '\n'))) line++;
            at = next;
            if (cells is null || cells.Exists(c => c.Length > 0)) yield return new CsvRecord(start, cells);
        }
    }

    private static (List<string>? Cells, int Next) Record(string text, int at, char separator)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var from = at;
        while (true)
        {
            cell.Clear();
            if (at < text.Length && text[at] == '"')
            {
                if (Quoted(text, at, cell) is not { } after || (after < text.Length && text[after] != separator && text[after] is not ('\r' or '\n'))) return (null, EndOfLine(text, from));
                at = after;
            }
            else
            {
                while (at < text.Length && text[at] != separator && text[at] is not ('\r' or '\n')) cell.Append(text[at++]);
            }
            if (cells.Count < MostCells) cells.Add(cell.ToString().Trim());
            if (at >= text.Length || text[at] != separator) return (cells, EndOfLine(text, at));
            at++;
        }
    }

    private static int? Quoted(string text, int at, StringBuilder cell)
    {
        // A cell of more than 8,000 characters is an open quotation that would swallow the rest of the file, line after line.
        for (at++; at < text.Length && cell.Length <= 8000; at++)
        {
            if (text[at] != '"') cell.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == '"') cell.Append(text[at++]);
            else return at + 1;
        }
        return null;
    }

    private static int EndOfLine(string text, int at)
    {
        while (at < text.Length && text[at] is not ('\r' or '\n')) at++;
        if (at < text.Length && text[at] == '\r') at++;
        if (at < text.Length && text[at] == '\n' && at > 0) at++;
        return at;
    }

    private static char Separator(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var first = end < 0 ? text.AsSpan() : text.AsSpan(0, end);
        var (best, most) = (',', first.Count(','));
        foreach (var other in (ReadOnlySpan<char>)[';', '\t'])
            if (first.Count(other) > most) (best, most) = (other, first.Count(other));
        return best;
    }
}
