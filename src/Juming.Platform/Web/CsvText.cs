using System.Text;

namespace Juming.Platform.Web;

/// <summary>Cells of a CSV file (RFC 4180) that no spreadsheet runs as a formula.</summary>
public static class CsvText
{
    /// <summary>Adds one cell in quotation marks. A value that a spreadsheet would take for a formula gets an apostrophe in front.</summary>
    public static StringBuilder AppendCell(this StringBuilder line, string? value)
    {
        if (line.Length > 0) line.Append(',');
        line.Append('"');
        if (value is { Length: > 0 })
        {
            if (IsFormula(value)) line.Append('\'');
            line.Append(value.Replace("\"", "\"\"", StringComparison.Ordinal));
        }
        return line.Append('"');
    }

    // Spreadsheets skip blanks before the sign, and the full-width forms count alike in Chinese editions.
    private static bool IsFormula(string value)
    {
        if (value[0] is '\t' or '\r' or '\n') return true;
        var first = value.AsSpan().TrimStart();
        return first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20';
    }
}
