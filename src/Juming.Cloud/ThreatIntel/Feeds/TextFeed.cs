namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>Plain lists: one value a line, remarks behind # or ;, hosts files ("0.0.0.0 bad.example"), a score or number behind a blank.</summary>
internal static class TextFeed
{
    public static void Read(Stream content, FeedMapping mapping, FeedIntake into)
    {
        foreach (var line in FeedLines.Read(content))
            if (ValueOf(line) is { Length: > 0 } value) into.Add(new FeedItem(value, mapping.AllAre));
    }

    private static string? ValueOf(string line)
    {
        var text = line.AsSpan().Trim();
        if (text.IsEmpty || text[0] is '#' or ';' or '!' || text.StartsWith("//", StringComparison.Ordinal)) return null;
        // A range has a blank on both sides of its dash.
        if (char.IsAsciiDigit(text[0]) && text.IndexOf(" - ", StringComparison.Ordinal) is > 0 and var dash && text[(dash + 3)..] is { Length: > 0 } last && char.IsAsciiDigit(last[0]))
            return string.Concat(text[..dash], "-", last.IndexOfAny(" \t;#") is >= 0 and var end ? last[..end] : last);
        var word = Word(ref text);
        // A hosts file names the place to which a name is sent first.
        if (word is "0.0.0.0" or "127.0.0.1" or "::" or "::1" && Word(ref text) is { Length: > 0 } name) return name[0] == '#' ? null : name is "localhost" or "localhost.localdomain" or "local" or "0.0.0.0" ? null : name.ToString();
        // "||bad.example^" of filter lists.
        return word.StartsWith("||", StringComparison.Ordinal) && word.EndsWith("^", StringComparison.Ordinal) ? word[2..^1].ToString() : word.ToString();
    }

    private static ReadOnlySpan<char> Word(ref ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        var end = text.IndexOfAny(" \t;,");
        var word = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return word;
    }
}
