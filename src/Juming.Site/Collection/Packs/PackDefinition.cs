using System.Globalization;
using System.Text;

namespace Juming.Site.Collection.Packs;

/// <summary>What a parser pack says, as plain data: read from YAML or proposed from unknown lines, then compiled by <see cref="ParserPack"/>.</summary>
internal sealed record PackDefinition
{
    /// <summary>Unique lower-case name.</summary>
    public required string Name { get; init; }

    /// <summary>Version, 1 and up.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Packs with lower numbers are asked first; 0 to 1000.</summary>
    public int Order { get; init; } = 100;

    /// <summary>observer.vendor, observer.product and observer.type.</summary>
    public string? Vendor { get; init; }

    /// <inheritdoc cref="Vendor"/>
    public string? Product { get; init; }

    /// <inheritdoc cref="Vendor"/>
    public string? Type { get; init; }

    /// <summary>event.dataset; the pack's name where it is absent.</summary>
    public string? Dataset { get; init; }

    /// <summary>event.module; the vendor where it is absent.</summary>
    public string? Module { get; init; }

    /// <summary>event.category.</summary>
    public IReadOnlyList<string> Category { get; init; } = [];

    /// <summary>Which lines the pack takes.</summary>
    public required PackWhen When { get; init; }

    /// <summary>How the message is taken apart, step by step; none for a pack that only names the product.</summary>
    public IReadOnlyList<PackStep> Parse { get; init; } = [];

    /// <summary>What the keys mean.</summary>
    public IReadOnlyDictionary<string, PackField> Fields { get; init; } = new Dictionary<string, PackField>();

    /// <summary>Constant fields.</summary>
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();

    /// <summary>Lines with the fields they must give.</summary>
    public IReadOnlyList<PackTest> Tests { get; init; } = [];
}

/// <summary>A line is taken when each list that is given is met.</summary>
internal sealed record PackWhen
{
    /// <summary>The syslog program is one of these; a star at the end stands for any rest.</summary>
    public IReadOnlyList<string> App { get; init; } = [];

    /// <summary>The message begins with one of these.</summary>
    public IReadOnlyList<string> Starts { get; init; } = [];

    /// <summary>The line holds all of these.</summary>
    public IReadOnlyList<string> Contains { get; init; } = [];

    /// <summary>The line holds at least one of these.</summary>
    public IReadOnlyList<string> Any { get; init; } = [];

    /// <summary>The line holds none of these.</summary>
    public IReadOnlyList<string> Not { get; init; } = [];
}

/// <summary>One way to take a text apart.</summary>
internal sealed record PackStep
{
    /// <summary>kv, json, positional, dissect or regex.</summary>
    public required string Kind { get; init; }

    /// <summary>The step is left out where the line does not hold this text.</summary>
    public string? If { get; init; }

    /// <summary>The step begins behind the first occurrence of this text; it is left out where the text is missing.</summary>
    public string? After { get; init; }

    /// <summary>kv, positional: texts between pairs or values; none leaves kv to the tolerant reader.</summary>
    public IReadOnlyList<string> Separators { get; init; } = [];

    /// <summary>kv: text between key and value.</summary>
    public string Assign { get; init; } = "=";

    /// <summary>kv with separators: what of a key like <c>SrcIPAddr(1003)</c> is looked up: whole, name (before the bracket) or number (in it).</summary>
    public string Key { get; init; } = "whole";

    /// <summary>kv, positional: characters that quote a value.</summary>
    public string Quote { get; init; } = "\"";

    /// <summary>kv, positional: characters taken off both ends of a value.</summary>
    public string Trim { get; init; } = " ";

    /// <summary>kv: the closed set of keys; a value then ends where the next of them begins.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>positional: key of each place; an empty one is left out.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>dissect: text with {key} places; regex: pattern with named groups.</summary>
    public string Pattern { get; init; } = "";
}

/// <summary>What a key means.</summary>
internal sealed record PackField
{
    /// <summary>Field of the value; null with <see cref="Drop"/>.</summary>
    public string? To { get; init; }

    /// <summary>Second field of the same value.</summary>
    public string? Also { get; init; }

    /// <summary>base64, hex, url, hexip or intip.</summary>
    public string? Decode { get; init; }

    /// <summary>Words of the device and ours.</summary>
    public IReadOnlyDictionary<string, string>? Map { get; init; }

    /// <summary>The value is a secret: three stars are stored.</summary>
    public bool Mask { get; init; }

    /// <summary>The value is left in the raw line only.</summary>
    public bool Drop { get; init; }

    /// <summary>Layouts of a time, of yyyy MM dd HH mm ss fff MMM and other characters; none for the usual ones.</summary>
    public IReadOnlyList<string> Time { get; init; } = [];

    /// <summary>IANA zone of a time that names none; null for the sender's.</summary>
    public string? Zone { get; init; }
}

/// <summary>A line and fields it must give.</summary>
/// <param name="Line">The line as it is sent.</param>
/// <param name="Expect">Field and value.</param>
/// <param name="At">Line of the pack file, 1-based.</param>
internal sealed record PackTest(string Line, IReadOnlyDictionary<string, string> Expect, int At = 0);

/// <summary>A reason why a pack is refused.</summary>
/// <param name="Line">Line of the pack file, 1-based.</param>
/// <param name="Reason">Stable English text.</param>
internal sealed record PackProblem(int Line, string Reason);

/// <summary>Writes a definition as YAML that <see cref="ParserPack.Load"/> reads.</summary>
internal static class PackYaml
{
    /// <summary>The whole pack.</summary>
    public static string Write(PackDefinition pack)
    {
        var yaml = new StringBuilder();
        Line(yaml, 0, "pack", pack.Name);
        yaml.Append(CultureInfo.InvariantCulture, $"version: {pack.Version}\n");
        if (pack.Order != 100) yaml.Append(CultureInfo.InvariantCulture, $"order: {pack.Order}\n");
        Line(yaml, 0, "vendor", pack.Vendor);
        Line(yaml, 0, "product", pack.Product);
        Line(yaml, 0, "type", pack.Type);
        Line(yaml, 0, "dataset", pack.Dataset);
        Line(yaml, 0, "module", pack.Module);
        List(yaml, 0, "category", pack.Category);
        yaml.Append("when:\n");
        List(yaml, 2, "app", pack.When.App);
        List(yaml, 2, "starts", pack.When.Starts);
        List(yaml, 2, "contains", pack.When.Contains);
        List(yaml, 2, "any", pack.When.Any);
        List(yaml, 2, "not", pack.When.Not);
        if (pack.Parse.Count > 0) yaml.Append("parse:\n");
        foreach (var step in pack.Parse) WriteStep(yaml, step);
        if (pack.Fields.Count > 0) yaml.Append("fields:\n");
        foreach (var (key, field) in pack.Fields) yaml.Append(CultureInfo.InvariantCulture, $"  {Quote(key)}: {WriteField(field)}\n");
        if (pack.Set.Count > 0) yaml.Append("set:\n");
        foreach (var (name, value) in pack.Set) Line(yaml, 2, name, value);
        if (pack.Tests.Count > 0) yaml.Append("tests:\n");
        foreach (var test in pack.Tests)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - line: {Quote(test.Line)}\n    expect:\n");
            foreach (var (name, value) in test.Expect) Line(yaml, 6, name, value);
        }
        return yaml.ToString();
    }

    private static void WriteStep(StringBuilder yaml, PackStep step)
    {
        yaml.Append(CultureInfo.InvariantCulture, $"  - kind: {step.Kind}\n");
        Line(yaml, 4, "if", step.If);
        Line(yaml, 4, "after", step.After);
        List(yaml, 4, "separators", step.Separators);
        if (step.Kind == "kv" && step.Assign != "=") Line(yaml, 4, "assign", step.Assign);
        if (step.Key != "whole") Line(yaml, 4, "key", step.Key);
        if (step.Quote != "\"") Line(yaml, 4, "quote", step.Quote);
        if (step.Trim != " ") Line(yaml, 4, "trim", step.Trim);
        List(yaml, 4, "keys", step.Keys);
        List(yaml, 4, "columns", step.Columns);
        if (step.Pattern.Length > 0) Line(yaml, 4, "pattern", step.Pattern);
    }

    private static string WriteField(PackField field)
    {
        var parts = new List<string>();
        if (field is { To: { } only, Also: null, Decode: null, Map: null, Mask: false, Time.Count: 0, Zone: null }) return Quote(only);
        if (field.To is { } to) parts.Add("to: " + Quote(to));
        if (field.Also is { } also) parts.Add("also: " + Quote(also));
        if (field.Decode is { } decode) parts.Add("decode: " + decode);
        if (field.Map is { } map) parts.Add("map: {" + string.Join(", ", map.Select(m => $"{Quote(m.Key)}: {Quote(m.Value)}")) + "}");
        if (field.Mask) parts.Add("mask: true");
        if (field.Drop) parts.Add("drop: true");
        if (field.Time.Count > 0) parts.Add("time: [" + string.Join(", ", field.Time.Select(Quote)) + "]");
        if (field.Zone is { } zone) parts.Add("zone: " + Quote(zone));
        return "{" + string.Join(", ", parts) + "}";
    }

    private static void Line(StringBuilder yaml, int indent, string key, string? value)
    {
        if (value is not null) yaml.Append(' ', indent).Append(CultureInfo.InvariantCulture, $"{(key.StartsWith('@') ? Quote(key) : key)}: {Quote(value)}\n");
    }

    private static void List(StringBuilder yaml, int indent, string key, IReadOnlyList<string> values)
    {
        if (values.Count > 0) yaml.Append(' ', indent).Append(CultureInfo.InvariantCulture, $"{key}: [{string.Join(", ", values.Select(Quote))}]\n");
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) || c is '\u0085' or '\u2028' or '\u2029' or '\uFEFF' || char.IsSurrogate(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        return quoted.Append('"').ToString();
    }
}
