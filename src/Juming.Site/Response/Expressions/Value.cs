using System.Globalization;
using System.Text.Json;

namespace Juming.Site.Response.Expressions;

/// <summary>A value: text, number, truth or list. Variables are text; what they are compared with decides how they are read.</summary>
internal readonly record struct Value(string? Text, decimal? Number, bool? Truth, IReadOnlyList<string>? List)
{
    private const int MostItems = 10_000;

    public static Value Of(string text) => new(text, null, null, null);

    public static Value Of(decimal number) => new(null, number, null, null);

    public static Value Of(bool truth) => new(null, null, truth, null);

    public static Value Of(IReadOnlyList<string> list) => new(null, null, null, list);

    public bool IsTrue => Truth ?? (Number is { } number ? number != 0 : List is { } list ? list.Count > 0 : Text is not (null or "" or "false" or "0"));

    /// <summary>As a text.</summary>
    public string AsText => Text ?? (Number is { } number ? number.ToString(CultureInfo.InvariantCulture) : Truth is { } truth ? (truth ? "true" : "false") : string.Join(",", List ?? []));

    /// <summary>As a number, or null.</summary>
    public decimal? AsNumber => Number ?? (Text is { } text && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null);

    /// <summary>As a list: a JSON array, or what commas and line ends separate.</summary>
    public IReadOnlyList<string> Items => List ?? Split(AsText);

    public bool Same(Value other)
    {
        if (Number is not null || other.Number is not null) return AsNumber is { } mine && other.AsNumber is { } theirs && mine == theirs;
        return string.Equals(AsText, other.AsText, StringComparison.OrdinalIgnoreCase);
    }

    public static IReadOnlyList<string> Split(string text)
    {
        if (text.Length == 0) return [];
        if (text[0] == '[' && FromJson(text) is { } list) return list;
        var parts = text.Split([',', '\n'], MostItems, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts;
    }

    private static List<string>? FromJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 3 });
            return document.RootElement.ValueKind != JsonValueKind.Array ? null
                : [.. document.RootElement.EnumerateArray().Take(MostItems).Select(i => i.ValueKind == JsonValueKind.String ? i.GetString()! : i.GetRawText())];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
