using System.Globalization;
using System.Text;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>CSV with a mapping of columns. The header is the first line, or the last remark before the data that names the value's column, as abuse.ch writes it.</summary>
internal static class CsvFeed
{
    private const int MostCells = 200;

    public static void Read(Stream content, FeedMapping mapping, FeedIntake into)
    {
        var separator = mapping.Separator.Length == 1 ? mapping.Separator[0] : mapping.Separator is "tab" or "\\t" ? '\t' : ',';
        if (mapping.Value.Length == 0) throw new FeedFailedException("mapping", "the column of the value is not named");
        Dictionary<string, int>? columns = IsNumber(mapping.Value) ? [] : null;
        foreach (var line in FeedLines.Read(content))
        {
            var text = line.TrimStart('\uFEFF', ' ');
            if (text.StartsWith('#'))
            {
                if (columns is null or { Count: > 0 } && Header(Cells(text.TrimStart('#', ' '), separator), mapping.Value) is { } named) columns = named;
                continue;
            }
            var cells = Cells(text, separator);
            if (columns is null)
            {
                columns = Header(cells, mapping.Value) ?? throw new FeedFailedException("mapping", $"there is no column '{mapping.Value}'");
                continue;
            }
            into.Add(mapping.Item(name => (IsNumber(name) ? int.Parse(name, CultureInfo.InvariantCulture) - 1 : columns.GetValueOrDefault(name, -1)) is >= 0 and var at && at < cells.Count ? cells[at] : null));
        }
    }

    private static bool IsNumber(string name) => name.Length is > 0 and < 4 && name.All(char.IsAsciiDigit);

    private static Dictionary<string, int>? Header(List<string> cells, string value)
    {
        var named = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < cells.Count; i++) named.TryAdd(cells[i], i);
        return named.ContainsKey(value) ? named : null;
    }

    /// <summary>Cells of a line; a quotation may begin behind blanks, and one that never ends takes the rest.</summary>
    internal static List<string> Cells(string line, char separator)
    {
        var (cells, cell) = (new List<string>(), new StringBuilder());
        for (var at = 0; at <= line.Length && cells.Count < MostCells;)
        {
            cell.Clear();
            while (at < line.Length && line[at] == ' ') at++;
            if (at < line.Length && line[at] == '"')
            {
                for (at++; at < line.Length; at++)
                {
                    if (line[at] != '"') cell.Append(line[at]);
                    else if (at + 1 < line.Length && line[at + 1] == '"') cell.Append(line[at++]);
                    else break;
                }
                at++;
                while (at < line.Length && line[at] != separator) at++;
            }
            else
            {
                while (at < line.Length && line[at] != separator) cell.Append(line[at++]);
            }
            cells.Add(cell.ToString().Trim());
            at++;
        }
        return cells;
    }
}
