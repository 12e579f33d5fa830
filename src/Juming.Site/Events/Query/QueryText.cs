using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Site.Events.Query;

/// <summary>Writes queries: terms for values of any kind, and queries with a term more or less.</summary>
internal static class QueryText
{
    // A longer value is named by its digest, so that query and address stay short enough to be passed on.
    private const int LongestQuoted = 400;

    /// <summary>The term that finds a value of a field, whatever is in it.</summary>
    public static string Is(string field, string value) =>
        (QueryWords.IsName(field) ? field : Quote(field)) + ":" + (value.Length > LongestQuoted ? "#" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value))) : Quote(value));

    /// <summary>A text in quotes; what can't be seen, or would turn what stands beside it around, is written as its number.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c != ' ' && (char.IsControl(c) || char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)c:x}}}");
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>The query with one more condition.</summary>
    public static string With(string query, string term)
    {
        if (string.IsNullOrWhiteSpace(query)) return term;
        return Shape(query) is { IsOr: true } or null ? $"({query}) and {term}" : $"{query} and {term}";
    }

    /// <summary>The query without its last condition; empty when there is only one, or it can't be understood.</summary>
    public static string WithoutLast(string query) => Shape(query) is { KeepTo: > 0 and var end } ? query[..end] : "";

    private static QueryParser.Shape? Shape(string query)
    {
        try
        {
            QueryParser.Parse(query, out var shape);
            return shape;
        }
        catch (QueryException)
        {
            return null;
        }
    }
}
