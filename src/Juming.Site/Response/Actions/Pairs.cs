namespace Juming.Site.Response.Actions;

/// <summary>Inputs of what an action runs, written one name=value a line.</summary>
internal static class Pairs
{
    public static Dictionary<string, string> Read(string text)
    {
        var pairs = new Dictionary<string, string>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (line.IndexOf('=', StringComparison.Ordinal) is var at and > 0) pairs[line[..at].Trim()] = line[(at + 1)..].Trim();
        return pairs;
    }

    public static string Write(IEnumerable<KeyValuePair<string, string>> pairs) => string.Join('\n', pairs.Where(p => p.Value.Length > 0).Select(p => $"{p.Key}={p.Value}"));
}
