using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Changes a recipe's text without a person's hand.</summary>
internal static class RecipeEdit
{
    private static readonly string[] WordKeys = ["name", "label", "text", "placeholder"];

    /// <summary>The recipe with one more word that a step's target may have; null when there is no such step.</summary>
    public static string? WithWords(string yaml, string step, string word)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        if (Find(stream.Documents[0].RootNode, step) is not { } found || Words(found) is not { } words) return null;
        words.Add(new YamlScalarNode(word) { Style = ScalarStyle.DoubleQuoted });
        using var text = new StringWriter();
        stream.Save(text, assignAnchors: false);
        return text.ToString().TrimEnd().TrimEnd('.').TrimEnd() + "\n";
    }

    private static YamlMappingNode? Find(YamlNode node, string step) => node switch
    {
        YamlMappingNode map when map.Children.TryGetValue(new YamlScalarNode("id"), out var id) && (id as YamlScalarNode)?.Value == step && !map.Children.ContainsKey(new YamlScalarNode("apiVersion")) => map,
        YamlMappingNode map => map.Children.Values.Select(c => Find(c, step)).FirstOrDefault(f => f is not null),
        YamlSequenceNode list => list.Children.Select(c => Find(c, step)).FirstOrDefault(f => f is not null),
        _ => null,
    };

    private static YamlSequenceNode? Words(YamlMappingNode map)
    {
        foreach (var key in WordKeys)
        {
            if (!map.Children.TryGetValue(new YamlScalarNode(key), out var value)) continue;
            if (value is YamlSequenceNode list) return list;
            var made = new YamlSequenceNode(value);
            map.Children[new YamlScalarNode(key)] = made;
            return made;
        }
        return map.Children.Values.OfType<YamlMappingNode>().Select(Words).FirstOrDefault(w => w is not null);
    }
}
