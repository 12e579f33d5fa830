using System.Text;
using System.Text.Json;
using Juming.Site.Events;

namespace Juming.Site.Detection.Alerts;

/// <summary>What made a rule hold for an event.</summary>
/// <param name="fields">Numbers of the fields; empty for all.</param>
/// <param name="keyword">What was found in the whole message, or null.</param>
internal readonly ref struct MatchedParts(ReadOnlySpan<ushort> fields, string? keyword)
{
    /// <summary>Numbers of the fields; empty for all.</summary>
    public ReadOnlySpan<ushort> Fields { get; } = fields;

    /// <summary>What was found in the whole message, or null.</summary>
    public string? Keyword { get; } = keyword;
}

/// <summary>Writes matched fields as they are stored with an alert.</summary>
internal static class MatchedText
{
    /// <summary>Under this name stands what a correlation counted.</summary>
    public const string Figure = "correlation.figure";

    /// <summary>Under this name stands what was found in the whole message.</summary>
    public const string Keyword = "matched.keyword";

    /// <summary>Under this name stand its surroundings.</summary>
    public const string Excerpt = "matched.excerpt";

    /// <summary>Longest value that is kept, bytes.</summary>
    public const int MostValue = 512;

    private const int MostFields = 24;
    private const int Before = 80;
    private const int MostExcerpt = 320;

    /// <summary>True for a name under which no field of an event stands.</summary>
    public static bool IsOwn(string name) => name is Figure or Keyword or Excerpt;

    /// <summary>The matched fields of an event, JSON.</summary>
    public static string Of(EventBatch batch, int index, in MatchedParts parts)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ref readonly var field in batch.FieldsOf(index))
        {
            if (values.Count >= MostFields) break;
            if (parts.Fields.Length > 0 ? !parts.Fields.Contains(field.Id) : field.Id == Field.Message || field.Id == Field.EventOriginal) continue;
            var value = batch.Value(field);
            values.TryAdd(FieldNames.Name(field.Id), Encoding.UTF8.GetString(value.Length > MostValue ? value[..MostValue] : value));
        }
        if (parts.Keyword is { } keyword)
        {
            values[Keyword] = keyword;
            values[Excerpt] = Around(batch.Raw(index), keyword);
        }
        return JsonSerializer.Serialize(values);
    }

    /// <summary>The part of a line around a keyword; its beginning where the keyword stands in it in other letters (wildcards, escapes).</summary>
    private static string Around(ReadOnlySpan<byte> line, string keyword)
    {
        var text = Encoding.UTF8.GetString(line.Length > MostExcerpt * 64 ? line[..(MostExcerpt * 64)] : line);
        var at = Math.Max(0, text.IndexOf(keyword, StringComparison.OrdinalIgnoreCase));
        var from = Math.Max(0, at - Before);
        if (from > 0 && char.IsLowSurrogate(text[from])) from--;
        var to = Math.Min(text.Length, from + MostExcerpt);
        if (to < text.Length && char.IsLowSurrogate(text[to])) to--;
        return (from > 0 ? "…" : "") + text[from..to] + (to < text.Length ? "…" : "");
    }
}
