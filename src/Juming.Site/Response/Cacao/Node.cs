using System.Text.Json;
using System.Text.Json.Nodes;

namespace Juming.Site.Response.Cacao;

/// <summary>A JSON object under examination: reads members by their type and notes what is wrong, with pointer and reason.</summary>
internal sealed class Node(JsonObject json, string pointer, List<PlaybookProblem> problems)
{
    private const int MostText = 20_000;

    public JsonObject Json { get; } = json;

    public string Pointer { get; } = pointer;

    public bool Has(string name) => Json[name] is not null;

    public string At(string name) => Pointer + "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public void Wrong(string name, string code, params ReadOnlySpan<(string Name, string Value)> arguments) => Note(ProblemRank.Refused, name, code, arguments);

    public void Warn(string name, string code, params ReadOnlySpan<(string Name, string Value)> arguments) => Note(ProblemRank.Warning, name, code, arguments);

    public string? Text(string name, bool required = false)
    {
        if (!Find(name, required, out var value)) return null;
        if (value is not JsonValue leaf || leaf.GetValueKind() != JsonValueKind.String) return Mistyped<string>(name, "string");
        var text = leaf.GetValue<string>();
        if (text.Length <= MostText) return text;
        Wrong(name, "too-long", ("most", "20000"));
        return null;
    }

    public string? Id(string name, bool required = false)
    {
        if (Text(name, required) is not { } text) return null;
        if (Vocabulary.Identifier().IsMatch(text)) return text;
        Wrong(name, "bad-identifier", ("value", Cut(text)));
        return null;
    }

    public void Instant(string name, bool required = false)
    {
        if (Text(name, required) is { } text && !Vocabulary.Instant().IsMatch(text)) Wrong(name, "bad-instant", ("value", Cut(text)));
    }

    public long? Number(string name, long least, long most)
    {
        if (!Find(name, false, out var value)) return null;
        if (value is not JsonValue leaf || leaf.GetValueKind() != JsonValueKind.Number || !leaf.TryGetValue<long>(out var number)) return Mistyped<long?>(name, "integer");
        if (number >= least && number <= most) return number;
        Wrong(name, "out-of-range", ("least", least.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("most", most.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return null;
    }

    public bool Flag(string name)
    {
        if (!Find(name, false, out var value)) return false;
        if (value is JsonValue leaf && leaf.GetValueKind() is JsonValueKind.True or JsonValueKind.False) return value.GetValue<bool>();
        return Mistyped<bool>(name, "boolean");
    }

    public IReadOnlyList<string> Texts(string name, int least = 1, bool required = false)
    {
        var texts = new List<string>();
        if (Items(name, least, required) is not { } items) return texts;
        for (var i = 0; i < items.Count; i++)
            if (items[i] is JsonValue leaf && leaf.GetValueKind() == JsonValueKind.String) texts.Add(leaf.GetValue<string>());
            else Add(ProblemRank.Refused, At(name) + "/" + i, "wrong-type", ("expected", "string"));
        return texts;
    }

    public IReadOnlyList<string> Ids(string name, int least = 1, bool required = false)
    {
        var ids = Texts(name, least, required);
        for (var i = 0; i < ids.Count; i++)
            if (!Vocabulary.Identifier().IsMatch(ids[i])) Add(ProblemRank.Refused, At(name) + "/" + i, "bad-identifier", ("value", Cut(ids[i])));
        return ids;
    }

    public IReadOnlyList<Node> Objects(string name, int least = 1, bool required = false)
    {
        var nodes = new List<Node>();
        if (Items(name, least, required) is not { } items) return nodes;
        for (var i = 0; i < items.Count; i++)
            if (items[i] is JsonObject found) nodes.Add(new Node(found, At(name) + "/" + i, problems));
            else Add(ProblemRank.Refused, At(name) + "/" + i, "wrong-type", ("expected", "object"));
        return nodes;
    }

    public Node? Object(string name, bool required = false)
    {
        if (!Find(name, required, out var value)) return null;
        return value is JsonObject found ? new Node(found, At(name), problems) : Mistyped<Node>(name, "object");
    }

    /// <summary>Members that must be objects, with their names.</summary>
    public IEnumerable<(string Name, Node Value)> Members()
    {
        foreach (var (name, value) in Json)
            if (value is JsonObject found) yield return (name, new Node(found, At(name), problems));
            else Wrong(name, "wrong-type", ("expected", "object"));
    }

    public static string Cut(string text) => text.Length <= 80 ? text : text[..79] + "…";

    private JsonArray? Items(string name, int least, bool required)
    {
        if (!Find(name, required, out var value)) return null;
        if (value is not JsonArray items) return Mistyped<JsonArray>(name, "array");
        if (items.Count < least) Wrong(name, "too-few", ("least", least.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (items.Count <= PlaybookReader.MostSteps) return items;
        Wrong(name, "too-many", ("most", PlaybookReader.MostSteps.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return null;
    }

    private bool Find(string name, bool required, out JsonNode? value)
    {
        var there = Json.TryGetPropertyValue(name, out value);
        if (!there && required) Wrong(name, "missing");
        if (there && value is null) Wrong(name, "wrong-type", ("expected", "value"));
        return there && value is not null;
    }

    private T? Mistyped<T>(string name, string expected)
    {
        Wrong(name, "wrong-type", ("expected", expected));
        return default;
    }

    private void Note(ProblemRank rank, string name, string code, ReadOnlySpan<(string Name, string Value)> arguments) => Add(rank, name.Length == 0 ? Pointer : At(name), code, arguments);

    private void Add(ProblemRank rank, string at, string code, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        if (problems.Count >= PlaybookReader.MostProblems) return;
        var values = new Dictionary<string, string>(arguments.Length);
        foreach (var (name, value) in arguments) values[name] = value;
        problems.Add(new PlaybookProblem(at, code, rank, values));
    }
}
