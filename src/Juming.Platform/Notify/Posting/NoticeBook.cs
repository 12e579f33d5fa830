using System.Globalization;
using System.Resources;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Platform.Notify.Data;

namespace Juming.Platform.Notify.Posting;

/// <summary>A notice in a language.</summary>
/// <param name="Title">One line.</param>
/// <param name="Text">Some lines, or empty.</param>
internal sealed record NoticeWords(string Title, string Text);

/// <summary>All codes that modules have named, and the words of their notices.</summary>
internal sealed partial class NoticeBook(IEnumerable<NoticeKind> kinds)
{
    private readonly Dictionary<string, NoticeKind> _kinds = kinds.ToDictionary(k => k.Code);
    private readonly Dictionary<Type, ResourceManager> _resources = kinds.Select(k => k.Resources).Distinct().ToDictionary(r => r, r => new ResourceManager(r.FullName!, r.Assembly));

    /// <summary>All of them, in order of their codes.</summary>
    public IEnumerable<NoticeKind> Kinds => _kinds.Values.OrderBy(k => k.Code, StringComparer.Ordinal);

    /// <summary>The kind of a code, or null when no module has named it.</summary>
    public NoticeKind? Find(string code) => _kinds.GetValueOrDefault(code);

    /// <summary>What a code is called in lists: its title with its places left open.</summary>
    public string NameOf(string code, CultureInfo culture) => Get(code, "Notice." + code, culture) is { } title ? Place().Replace(title, "…") : code;

    /// <summary>Writes a notice in a language.</summary>
    /// <param name="notice">The notice.</param>
    /// <param name="culture">The language.</param>
    /// <param name="reveals">True for names of private values that may be shown; others are masked.</param>
    public NoticeWords Write(NoticeRow notice, CultureInfo culture, Func<string, bool> reveals)
    {
        var values = Read(notice.Arguments);
        foreach (var (name, value) in Read(notice.Private)) values[name] = reveals(name) ? value : Masks.Of(value);
        var title = Get(notice.Code, "Notice." + notice.Code, culture);
        // A code that no module has named still reaches people, with all it carries.
        if (title is null) return new NoticeWords(notice.Code, string.Join('\n', values.Select(v => $"{PlainText.Harmless(v.Key)}: {PlainText.Harmless(v.Value)}")));
        return new NoticeWords(Fill(notice.Code, title, values, culture), Fill(notice.Code, Get(notice.Code, $"Notice.{notice.Code}.Text", culture) ?? "", values, culture));
    }

    /// <summary>What a message with buttons says instead of them, in a language: a few words.</summary>
    public string Said(string code, NoticeEnd end, CultureInfo culture, Func<string, bool> reveals)
    {
        var values = end.Private.ToDictionary(v => v.Key, v => reveals(v.Key) ? v.Value : Masks.Of(v.Value));
        var text = Get(code, "Card." + end.Key, culture) ?? NotifyTexts.In(culture, "Card." + end.Key);
        return Fill(code, text, values, culture);
    }

    /// <summary>Text of a button.</summary>
    public string Button(string code, string key, CultureInfo culture) => Get(code, "Answer." + key, culture) ?? key;

    /// <summary>Names and values as they were written down.</summary>
    public static Dictionary<string, string> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];

    // One pass: a value that itself looks like a place stays what it is. A line whose places are all empty is left out.
    private string Fill(string code, string text, Dictionary<string, string> values, CultureInfo culture) => string.Join('\n', text.Split('\n').Select(l => l.Trim()).Where(l => IsSaid(l, values)).Select(line => Place().Replace(line, place =>
    {
        var value = values.GetValueOrDefault(place.Groups["name"].Value, "");
        var known = place.Groups["prefix"] is { Success: true } prefix ? Get(code, prefix.Length == 0 ? value : $"{prefix.Value}.{value}", culture) : null;
        return known ?? PlainText.Harmless(value);
    })));

    private static bool IsSaid(string line, Dictionary<string, string> values)
    {
        var places = Place().Matches(line);
        return places.Count == 0 || places.Any(p => values.GetValueOrDefault(p.Groups["name"].Value, "").Length > 0);
    }

    private string? Get(string code, string key, CultureInfo culture) => _kinds.TryGetValue(code, out var kind) ? _resources[kind.Resources].GetString(key, culture) : null;

    [GeneratedRegex(@"\{(?<name>[A-Za-z0-9-]+)(?::(?<prefix>[A-Za-z]*))?\}")]
    private static partial Regex Place();
}
