using System.Text.RegularExpressions;

namespace Juming.Site.Collection.Workbench;

/// <summary>A piece of free text.</summary>
/// <param name="Text">The piece.</param>
/// <param name="Shape">What it looks like; <see cref="ValueShape.None"/> for blanks and punctuation.</param>
internal readonly record struct TemplateToken(string Text, ValueShape Shape)
{
    /// <summary>Most pieces of a line that are looked at.</summary>
    public const int MostTokens = 160;

    /// <summary>Blanks and punctuation hold a template together; they never vary.</summary>
    public bool IsGlue => Shape == ValueShape.None;

    /// <summary>Its shape alone says that it varies.</summary>
    public bool IsValue => Shape is ValueShape.Address or ValueShape.Number or ValueShape.Mac or ValueShape.Time or ValueShape.Url or ValueShape.Hash;
}

/// <summary>Cuts free text into words, values and glue.</summary>
internal static partial class TemplateWords
{
    /// <summary>The pieces of a text, in order; what lies beyond <see cref="TemplateToken.MostTokens"/> is one last piece.</summary>
    public static List<TemplateToken> Cut(string text)
    {
        var tokens = new List<TemplateToken>();
        for (var at = 0; at < text.Length;)
        {
            if (tokens.Count == TemplateToken.MostTokens - 1)
            {
                tokens.Add(new TemplateToken(text[at..], ValueShape.Text));
                break;
            }
            var (length, shape) = Next(text, at);
            tokens.Add(new TemplateToken(text.Substring(at, length), shape));
            at += length;
        }
        return tokens;
    }

    private static (int Length, ValueShape Shape) Next(string text, int at)
    {
        if (Time().Match(text, at) is { Success: true } time) return (time.Length, ValueShape.Time);
        if (Url().Match(text, at) is { Success: true } url) return (url.Length, ValueShape.Url);
        if (V4().Match(text, at) is { Success: true } v4) return (v4.Length, ValueShape.Address);
        if (Mac().Match(text, at) is { Success: true } mac) return (mac.Length, ValueShape.Mac);
        if (V6().Match(text, at) is { Success: true } v6 && ValueShapes.IsAddress(v6.Value)) return (v6.Length, ValueShape.Address);
        var c = text[at];
        if (WorkbenchVocabulary.IsHan(c))
        {
            var end = at;
            while (end < text.Length && WorkbenchVocabulary.IsHan(text[end])) end++;
            return (end - at, ValueShape.Text);
        }
        if (!IsWordStart(c))
        {
            if (!char.IsWhiteSpace(c)) return (1, ValueShape.None);
            var blank = at;
            while (blank < text.Length && char.IsWhiteSpace(text[blank])) blank++;
            return (blank - at, ValueShape.None);
        }
        var stop = at + 1;
        while (stop < text.Length && IsWord(text[stop])) stop++;
        // A full stop at the end of a sentence is no part of its last word.
        while (stop > at + 1 && text[stop - 1] is '.' or '-' && stop > at + 1) stop--;
        var word = text[at..stop];
        return (stop - at, word.All(char.IsAsciiDigit) ? ValueShape.Number : ValueShapes.Of(word) is ValueShape.Hash ? ValueShape.Hash : ValueShape.Text);
    }

    private static bool IsWordStart(char c) => char.IsLetterOrDigit(c) || c is '_' or '/' or '\\';

    private static bool IsWord(char c) => (char.IsLetterOrDigit(c) && !WorkbenchVocabulary.IsHan(c)) || c is '_' or '-' or '.' or '/' or '\\' or '@' or '$' or '%';

    [GeneratedRegex(WorkbenchVocabulary.TimeInText)]
    private static partial Regex Time();

    [GeneratedRegex(@"\G[A-Za-z][A-Za-z0-9+.-]{1,10}://[^\s""'<>\]\)]+")]
    private static partial Regex Url();

    [GeneratedRegex(@"\G(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)")]
    private static partial Regex V4();

    [GeneratedRegex(@"\G(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?!\w)")]
    private static partial Regex Mac();

    [GeneratedRegex(@"\G[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}")]
    private static partial Regex V6();
}
