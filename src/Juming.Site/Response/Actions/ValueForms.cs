using System.Text;
using System.Text.Json;

namespace Juming.Site.Response.Actions;

/// <summary>How the value of a variable is written into an input that has a grammar. Values come from logs: none may end the place it stands in.</summary>
internal static class ValueForms
{
    /// <summary>The form of a kind of input; null where text is text.</summary>
    public static Func<string, string>? Of(string? kind) => kind switch
    {
        "url" => InUrl,
        "json" => InJson,
        "headers" => InHeader,
        "pairs" => InPair,
        _ => null,
    };

    // A segment of dots would climb in the path, also as %2E.
    private static string InUrl(string value) => value is "." or ".." ? value.Replace(".", "%252E", StringComparison.Ordinal) : Uri.EscapeDataString(value);

    // What is named like a secret stays text, and must not be refused like one: else a log line could keep a step from its work.
    private static string InJson(string value) => JsonEncodedText.Encode(value).ToString().Replace("{", "\\u007B", StringComparison.Ordinal);

    /// <summary>Braces go too: a value must not name a secret.</summary>
    private static string InHeader(string value)
    {
        var written = new StringBuilder(value.Length);
        foreach (var letter in value) written.Append(letter is < ' ' or > '~' or '{' or '}' ? '_' : letter);
        return written.ToString();
    }

    // A value that ended its line could add a pair. What takes the break's place is in no name, address or path, so that such a value is refused and not shortened.
    private static string InPair(string value) => string.Concat(value.Select(l => char.IsControl(l) || l is '\u2028' or '\u2029' ? '\uFFFD' : l));
}
