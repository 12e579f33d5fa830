using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Juming.Site.Detection.Sigma;

/// <summary>What a YAML node is.</summary>
internal enum YamlKind
{
    Scalar,
    List,
    Map,
}

/// <summary>One node of a YAML document with the line it stands on.</summary>
internal sealed class YamlNode(YamlKind kind, int line)
{
    private readonly List<YamlNode> _items = [];
    private readonly List<(YamlNode Key, YamlNode Value)> _entries = [];

    /// <summary>Scalar, list or map.</summary>
    public YamlKind Kind { get; } = kind;

    /// <summary>Line of the file, 1-based.</summary>
    public int Line { get; } = line;

    /// <summary>Text of a scalar.</summary>
    public string Text { get; init; } = "";

    /// <summary>The scalar was written without quotes, so that it may mean null, a number or a truth value.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Entries of a list.</summary>
    public IReadOnlyList<YamlNode> Items => _items;

    /// <summary>Entries of a map, in their order.</summary>
    public IReadOnlyList<(YamlNode Key, YamlNode Value)> Entries => _entries;

    /// <summary>YAML's null: an unquoted empty scalar, "null" or "~".</summary>
    public bool IsNull => Kind == YamlKind.Scalar && IsPlain && Text is "" or "~" or "null" or "Null" or "NULL" && IsPlain;

    /// <summary>The value under a key, or null.</summary>
    public YamlNode? this[string key]
    {
        get
        {
            foreach (var (k, v) in _entries)
                if (k.Text == key) return v;
            return null;
        }
    }

    /// <summary>Text of a scalar under a key, or null where it is absent, null or not a scalar.</summary>
    public string? TextOf(string key) => this[key] is { Kind: YamlKind.Scalar, IsNull: false } node ? node.Text : null;

    /// <summary>Texts under a key that holds a scalar or a list of scalars.</summary>
    public IReadOnlyList<string> TextsOf(string key) => this[key] switch
    {
        { Kind: YamlKind.Scalar, IsNull: false } node => [node.Text],
        { Kind: YamlKind.List } node => [.. node.Items.Where(i => i is { Kind: YamlKind.Scalar, IsNull: false }).Select(i => i.Text)],
        _ => [],
    };

    internal void Add(YamlNode item) => _items.Add(item);

    internal void Add(YamlNode key, YamlNode value) => _entries.Add((key, value));
}

/// <summary>A rule file or a part of it can't be used; says where and why.</summary>
internal sealed class SigmaRefusedException(int line, string reason) : Exception(reason)
{
    /// <summary>Line of the file, 1-based; 0 when the whole file is meant.</summary>
    public int Line { get; } = line;
}

/// <summary>
/// Reads YAML documents from outside into plain trees. Whatever makes YAML dangerous is refused: aliases (exponential growth),
/// tags (types), depth, size, duplicate keys.
/// </summary>
internal static class YamlReader
{
    /// <summary>Deepest nesting.</summary>
    public const int MaxDepth = 24;

    /// <summary>Most nodes of one file.</summary>
    public const int MaxNodes = 200_000;

    /// <summary>Reads the documents of a file one after the other, so that those before a fault still count.</summary>
    /// <exception cref="SigmaRefusedException">The text is not YAML or breaks a limit.</exception>
    public static IEnumerable<YamlNode> Read(string text)
    {
        var parser = new Parser(new StringReader(text));
        var nodes = 0;
        Next(parser);
        while (true)
        {
            if (parser.Current is StreamStart) Next(parser);
            if (parser.Current is null or StreamEnd) yield break;
            if (parser.Current is not DocumentStart) throw new SigmaRefusedException(LineOf(parser), "yaml: a document was expected");
            Next(parser);
            yield return Node(parser, 0, ref nodes);
            if (parser.Current is DocumentEnd) Next(parser);
        }
    }

    private static int LineOf(Parser parser) => parser.Current is { } e ? (int)e.Start.Line : 0;

    private static void Next(Parser parser)
    {
        try
        {
            parser.MoveNext();
        }
        catch (YamlException e)
        {
            throw new SigmaRefusedException((int)e.Start.Line, "yaml: " + e.Message);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The parser answers some broken texts with these instead of its own exception.
            throw new SigmaRefusedException(LineOf(parser), "yaml: " + e.Message);
        }
    }

    private static YamlNode Node(Parser parser, int depth, ref int nodes)
    {
        var line = LineOf(parser);
        if (depth > MaxDepth) throw new SigmaRefusedException(line, $"yaml: nested deeper than {MaxDepth} levels");
        if (++nodes > MaxNodes) throw new SigmaRefusedException(line, $"yaml: more than {MaxNodes} nodes");
        switch (parser.Current)
        {
            case AnchorAlias:
                throw new SigmaRefusedException(line, "yaml: aliases are not accepted");
            case NodeEvent { Tag.IsEmpty: false } tagged when tagged.Tag.Value != "!":
                throw new SigmaRefusedException(line, $"yaml: the tag {tagged.Tag.Value} is not accepted");
            case Scalar scalar:
                Next(parser);
                return new YamlNode(YamlKind.Scalar, line) { Text = scalar.Value, IsPlain = scalar.Style == ScalarStyle.Plain };
            case SequenceStart:
                {
                    var list = new YamlNode(YamlKind.List, line);
                    for (Next(parser); parser.Current is not SequenceEnd;) list.Add(Node(parser, depth + 1, ref nodes));
                    Next(parser);
                    return list;
                }
            case MappingStart:
                {
                    var map = new YamlNode(YamlKind.Map, line);
                    var seen = new HashSet<string>(StringComparer.Ordinal);
                    for (Next(parser); parser.Current is not MappingEnd;)
                    {
                        var key = Node(parser, depth + 1, ref nodes);
                        if (key.Kind != YamlKind.Scalar) throw new SigmaRefusedException(key.Line, "yaml: a key must be plain text");
                        if (!seen.Add(key.Text)) throw new SigmaRefusedException(key.Line, $"yaml: the key '{key.Text}' stands twice");
                        map.Add(key, Node(parser, depth + 1, ref nodes));
                    }
                    Next(parser);
                    return map;
                }
            default:
                throw new SigmaRefusedException(line, "yaml: the document ends early");
        }
    }
}
