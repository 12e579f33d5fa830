using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Juming.Site.Collection.Packs;

/// <summary>Reads pack definitions from YAML; everything odd is told with its line. Bounded: size, depth, no anchors, no aliases, so that a pack can't blow up.</summary>
internal sealed class PackReader
{
    private const int MostCharacters = 256 * 1024;
    private const int MostDepth = 10;
    private const int MostNodes = 20_000;
    private const int MostTexts = 500;
    private const int MostTests = 200;
    private const int MostTestLine = 64 * 1024;

    private readonly List<PackProblem> _problems = [];

    /// <summary>Reads all documents of a text.</summary>
    public static (IReadOnlyList<PackDefinition> Packs, IReadOnlyList<PackProblem> Problems) Read(string yaml)
    {
        var reader = new PackReader();
        var packs = new List<PackDefinition>();
        if (yaml.Length > MostCharacters) return ([], [new PackProblem(1, $"a pack file has at most {MostCharacters} characters")]);
        try
        {
            reader.Survey(yaml);
            if (reader._problems.Count > 0) return ([], reader._problems);
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            foreach (var document in stream.Documents)
                if (reader.Pack(document.RootNode) is { } pack) packs.Add(pack);
        }
        catch (YamlException e)
        {
            reader._problems.Add(new PackProblem(Math.Max(1, (int)e.Start.Line), e.Message));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The YAML reader has faults of its own on broken text.
            return ([], [new PackProblem(1, "the text is not YAML")]);
        }
        if (packs.Count == 0 && reader._problems.Count == 0) reader._problems.Add(new PackProblem(1, "no pack in it"));
        return (packs, reader._problems);
    }

    private void Survey(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        int depth = 0, nodes = 0;
        while (parser.MoveNext())
        {
            var line = (int)parser.Current!.Start.Line;
            if (parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            {
                _problems.Add(new PackProblem(line, "anchors and aliases are not allowed"));
                return;
            }
            if (parser.Current is MappingStart or SequenceStart && ++depth > MostDepth)
            {
                _problems.Add(new PackProblem(line, $"nested deeper than {MostDepth}"));
                return;
            }
            if (parser.Current is MappingEnd or SequenceEnd) depth--;
            if (++nodes <= MostNodes) continue;
            _problems.Add(new PackProblem(line, $"more than {MostNodes} nodes"));
            return;
        }
    }

    private PackDefinition? Pack(YamlNode root)
    {
        var before = _problems.Count;
        if (Map(root, "a pack") is not { } map) return null;
        Known(map, "a pack", "pack", "version", "order", "vendor", "product", "type", "dataset", "module", "category", "when", "parse", "fields", "set", "tests");
        var name = Text(map, "pack") ?? "";
        if (name.Length is 0 or > 80 || name.Any(c => c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '.' or '_'))) Refuse(root, "'pack' must be a name of a-z, 0-9, dot, dash and underscore, at most 80 characters");
        var version = Number(map, "version", 1, 1, int.MaxValue);
        var order = Number(map, "order", 100, 0, 1000);
        var when = Child(map, "when") is { } w ? When(w) : null;
        if (when is null) Refuse(root, "'when' is missing: a pack must say which lines it takes");
        var parse = (Child(map, "parse") is { } p ? Items(p, "parse") : []).Select(Step).OfType<PackStep>().ToList();
        if (parse.Count > 16) Refuse(root, "at most 16 steps");
        var fields = new Dictionary<string, PackField>(StringComparer.Ordinal);
        if (Child(map, "fields") is { } f && Map(f, "'fields'") is { } fieldMap)
            foreach (var (key, value) in fieldMap.Children)
                if (Field(value) is { } field) fields[((YamlScalarNode)key).Value ?? ""] = field;
        if (fields.Count > 400) Refuse(root, "at most 400 fields");
        if (fields.Keys.Any(k => k.Length is 0 or > 200)) Refuse(root, "a key of 'fields' has 1 to 200 characters");
        var tests = (Child(map, "tests") is { } t ? Items(t, "tests") : []).Select(Test).OfType<PackTest>().ToList();
        if (tests.Count > MostTests) Refuse(root, $"at most {MostTests} tests");
        if (_problems.Count > before) return null;
        return new PackDefinition
        {
            Name = name,
            Version = version,
            Order = order,
            Vendor = Text(map, "vendor"),
            Product = Text(map, "product"),
            Type = Text(map, "type"),
            Dataset = Text(map, "dataset"),
            Module = Text(map, "module"),
            Category = Texts(map, "category"),
            When = when!,
            Parse = parse,
            Fields = fields,
            Set = Pairs(map, "set") ?? new Dictionary<string, string>(),
            Tests = tests,
        };
    }

    private PackWhen? When(YamlNode node)
    {
        if (Map(node, "'when'") is not { } map) return null;
        Known(map, "'when'", "app", "starts", "contains", "any", "not");
        var when = new PackWhen { App = Texts(map, "app"), Starts = Texts(map, "starts"), Contains = Texts(map, "contains"), Any = Texts(map, "any"), Not = Texts(map, "not") };
        if (when.App.Concat(when.Starts).Concat(when.Contains).Concat(when.Any).Concat(when.Not).Any(t => t.Length is 0 or > 1000)) Refuse(node, "texts of 'when' have 1 to 1000 characters");
        if (when.App.Count + when.Starts.Count + when.Contains.Count + when.Any.Count > 0) return when;
        Refuse(node, "'when' must name an app, a start or a text: a pack that takes every line would hide the others");
        return null;
    }

    private PackStep? Step(YamlNode node)
    {
        if (Map(node, "a step") is not { } map) return null;
        Known(map, "a step", "kind", "if", "after", "separators", "assign", "key", "quote", "trim", "keys", "columns", "pattern");
        var kind = Text(map, "kind") ?? "";
        var step = new PackStep
        {
            Kind = kind,
            If = Text(map, "if"),
            After = Text(map, "after"),
            Separators = Texts(map, "separators"),
            Assign = Text(map, "assign") ?? "=",
            Key = Text(map, "key") ?? "whole",
            Quote = Text(map, "quote") ?? "\"",
            Trim = Text(map, "trim") ?? " ",
            Keys = Texts(map, "keys"),
            Columns = Texts(map, "columns"),
            Pattern = Text(map, "pattern") ?? "",
        };
        if (kind is not ("kv" or "json" or "positional" or "dissect" or "regex")) Refuse(node, $"unknown kind '{kind}'; kv, json, positional, dissect and regex are known");
        else if (kind == "positional" && (step.Columns.Count == 0 || step.Separators.Count != 1)) Refuse(node, "positional needs columns and exactly one separator");
        else if (kind is "dissect" or "regex" && step.Pattern.Length is 0 or > 2000) Refuse(node, kind + " needs a pattern of at most 2000 characters");
        else if (step.Key is not ("whole" or "name" or "number")) Refuse(node, "key is whole, name or number");
        else if (step.Assign.Length == 0) Refuse(node, "assign must not be empty");
        else if (step.Separators.Concat(step.Keys).Any(t => t.Length is 0 or > 64)) Refuse(node, "separators and keys have 1 to 64 characters");
        return step;
    }

    private PackField? Field(YamlNode node)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } to }) return Named(node, to) ? new PackField { To = to } : null;
        if (Map(node, "a field") is not { } map) return null;
        Known(map, "a field", "to", "also", "decode", "map", "mask", "drop", "time", "zone");
        var field = new PackField
        {
            To = Text(map, "to"),
            Also = Text(map, "also"),
            Decode = Text(map, "decode"),
            Map = Pairs(map, "map"),
            Mask = Flag(map, "mask"),
            Drop = Flag(map, "drop"),
            Time = Texts(map, "time"),
            Zone = Text(map, "zone"),
        };
        if (field.To is null && !field.Drop) Refuse(node, "a field needs 'to' or 'drop'");
        if (field.To is { } name) Named(node, name);
        if (field.Also is { } also) Named(node, also);
        if (field.Decode is not (null or "base64" or "hex" or "url" or "hexip" or "intip")) Refuse(node, $"unknown decode '{field.Decode}'; base64, hex, url, hexip and intip are known");
        if (field.Zone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) Refuse(node, $"unknown zone '{zone}'");
        foreach (var layout in field.Time)
            if (TimeLayout.TryParse(layout) is null) Refuse(node, $"time layout '{layout}' must hold year, month, day, hour and minute");
        return field;
    }

    private bool Named(YamlNode node, string name)
    {
        if (name.Length is > 0 and <= 200 && name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '@' or '-')) return true;
        Refuse(node, $"'{name}' is no field name");
        return false;
    }

    private PackTest? Test(YamlNode node)
    {
        if (Map(node, "a test") is not { } map) return null;
        Known(map, "a test", "line", "expect");
        var line = Text(map, "line");
        var expect = Pairs(map, "expect");
        if (line is { Length: <= MostTestLine } && expect is { Count: > 0 }) return new PackTest(line, expect, (int)node.Start.Line);
        Refuse(node, $"a test needs 'line' of at most {MostTestLine} characters and 'expect'");
        return null;
    }

    private YamlMappingNode? Map(YamlNode node, string what)
    {
        if (node is not YamlMappingNode map)
        {
            Refuse(node, what + " must be a mapping");
            return null;
        }
        foreach (var key in map.Children.Keys)
            if (key is not YamlScalarNode)
            {
                Refuse(key, "a key must be plain text");
                return null;
            }
        return map;
    }

    private void Known(YamlMappingNode map, string what, params string[] keys)
    {
        foreach (var key in map.Children.Keys.Cast<YamlScalarNode>())
            if (!keys.Contains(key.Value)) Refuse(key, $"{what} has no '{key.Value}'; known are {string.Join(", ", keys)}");
    }

    private static YamlNode? Child(YamlMappingNode map, string key) => map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    private string? Text(YamlMappingNode map, string key)
    {
        switch (Child(map, key))
        {
            case null:
                return null;
            case YamlScalarNode scalar:
                return scalar.Value;
            case var other:
                Refuse(other, $"'{key}' must be text");
                return null;
        }
    }

    private int Number(YamlMappingNode map, string key, int otherwise, int least, int most)
    {
        if (Text(map, key) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Refuse(Child(map, key)!, $"'{key}' must be a whole number from {least} to {most}");
        return otherwise;
    }

    private bool Flag(YamlMappingNode map, string key)
    {
        if (Text(map, key) is not { } text) return false;
        if (text is "true" or "false") return text == "true";
        Refuse(Child(map, key)!, $"'{key}' must be true or false");
        return false;
    }

    private IReadOnlyList<string> Texts(YamlMappingNode map, string key)
    {
        switch (Child(map, key))
        {
            case null:
                return [];
            case YamlScalarNode { Value: { } one }:
                return [one];
            case YamlSequenceNode { Children.Count: > MostTexts } tooLong:
                Refuse(tooLong, $"'{key}' has at most {MostTexts} texts");
                return [];
            case YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode { Value: not null }):
                return [.. list.Children.Select(c => ((YamlScalarNode)c).Value!)];
            case var other:
                Refuse(other, $"'{key}' must be a list of texts");
                return [];
        }
    }

    private Dictionary<string, string>? Pairs(YamlMappingNode map, string key)
    {
        if (Child(map, key) is not { } node || Map(node, $"'{key}'") is not { } pairs) return null;
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in pairs.Children)
            if (value is YamlScalarNode { Value: { } text }) read[((YamlScalarNode)name).Value ?? ""] = text;
            else Refuse(value, "a value must be plain text");
        return read;
    }

    private IEnumerable<YamlNode> Items(YamlNode node, string what)
    {
        if (node is YamlSequenceNode list) return list.Children;
        Refuse(node, $"'{what}' must be a list");
        return [];
    }

    private void Refuse(YamlNode node, string reason) => _problems.Add(new PackProblem((int)node.Start.Line, reason));
}
