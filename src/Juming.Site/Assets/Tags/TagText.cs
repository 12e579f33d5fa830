namespace Juming.Site.Assets.Tags;

/// <summary>What a tag may be.</summary>
internal static class TagText
{
    public const string Rule = "A tag is 1 to 40 letters, digits and the signs - _ . : /, and begins with a letter or digit; an asset has at most 20.";

    /// <summary>Tags of one asset.</summary>
    public const int Most = 20;

    private const int Longest = 40;

    /// <summary>A tag as it is stored; null when the text can't be one.</summary>
    public static string? Read(string? text)
    {
        var tag = text?.Trim().ToLowerInvariant() ?? "";
        return tag.Length is > 0 and <= Longest && char.IsLetterOrDigit(tag[0]) && tag.All(l => char.IsLetterOrDigit(l) || l is '-' or '_' or '.' or ':' or '/') ? tag : null;
    }

    /// <summary>Tags as people type them, separated by spaces or commas.</summary>
    public static IReadOnlyList<string> Split(string text) => [.. text.Split([' ', ',', '，', '、'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
