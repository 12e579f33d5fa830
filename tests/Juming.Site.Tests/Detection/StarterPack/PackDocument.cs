using YamlDotNet.RepresentationModel;

namespace Juming.Site.Tests.Detection.StarterPack;

/// <summary>One document of the starter pack, read as plain YAML and not by the engine.</summary>
public sealed record PackDocument(string File, YamlMappingNode Node)
{
    public string Id => Text("id");
    public string Title => Text("title");
    public string Level => Text("level");
    public bool IsCorrelation => Node.Children.ContainsKey("correlation");

    public IReadOnlyList<PackSample> Samples { get; } = [.. SamplesOf(Node)];

    public string Text(string key) => Node.Children.TryGetValue(key, out var value) && value is YamlScalarNode { Value: { } text } ? text : "";

    public YamlMappingNode? Map(string key) => Node.Children.TryGetValue(key, out var value) ? value as YamlMappingNode : null;

    public IReadOnlyList<string> List(string key) => Texts(Node, key);

    public override string ToString() => $"{File}: {Title}";

    public static IReadOnlyList<PackDocument> All { get; } = [.. ReadAll()];

    private static IEnumerable<PackDocument> ReadAll()
    {
        foreach (var (name, text) in Juming.Site.Detection.Packs.StarterPack.Read())
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            foreach (var document in stream.Documents) yield return new PackDocument(name, (YamlMappingNode)document.RootNode);
        }
    }

    private static IEnumerable<PackSample> SamplesOf(YamlMappingNode node)
    {
        if (!node.Children.TryGetValue("tests", out var tests) || tests is not YamlSequenceNode list) yield break;
        foreach (var item in list.Children.OfType<YamlMappingNode>())
        {
            var times = item.Children.TryGetValue("repeat", out var repeat) ? int.Parse(((YamlScalarNode)repeat).Value!, System.Globalization.CultureInfo.InvariantCulture) : 1;
            var lines = new List<string>();
            for (var n = 0; n < times; n++) lines.AddRange(Texts(item, "lines").Select(l => l.Replace("{n}", n.ToString("00", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)));
            lines.AddRange(Texts(item, "then"));
            yield return new PackSample(lines, item.Children.TryGetValue("match", out var match) && ((YamlScalarNode)match).Value == "true");
        }
    }

    private static IReadOnlyList<string> Texts(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) && value is YamlSequenceNode list ? [.. list.Children.OfType<YamlScalarNode>().Select(s => s.Value ?? "")] : [];
}

/// <summary>Lines as a device sends them, and whether they must make the rule match.</summary>
public sealed record PackSample(IReadOnlyList<string> Lines, bool Match);
