using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Juming.Testing.Farm;

/// <summary>
/// Pages, styles and scripts of the consoles, as files of this assembly. In them <c>[[first|second]]</c> is the word of version 1 and of
/// version 2, and <c>{{name}}</c> a value that the console gives.
/// </summary>
internal static partial class FarmPages
{
    private static readonly ConcurrentDictionary<string, string> Texts = [];

    public static string Fill(string file, int version, params IReadOnlyList<(string Name, string Value)> values)
    {
        var text = Words().Replace(Texts.GetOrAdd(file, Read), m => m.Groups[version].Value);
        return Values().Replace(text, m => values.First(v => v.Name == m.Groups[1].Value).Value);
    }

    private static string Read(string file)
    {
        using var stream = typeof(FarmPages).Assembly.GetManifestResourceStream("Farm.Pages." + file) ?? throw new FileNotFoundException($"The farm has no page '{file}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\[\[([^|\]]*)\|([^\]]*)\]\]")]
    private static partial Regex Words();

    [GeneratedRegex(@"\{\{([a-z]+)\}\}")]
    private static partial Regex Values();
}
