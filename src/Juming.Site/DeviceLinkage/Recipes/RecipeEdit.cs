using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Writes into a recipe's text what a run found otherwise than the recipe says.</summary>
internal static partial class RecipeEdit
{
    private static readonly string[] TargetKeys = ["role", "name", "label", "text", "placeholder", "near", "id", "field", "css", "data"];

    /// <summary>Of what a page tells of an element: no selectors of its making.</summary>
    private static readonly string[] ToldKeys = ["role", "name", "label", "text", "placeholder", "near", "id", "field"];
    private static readonly string[] Ops = ["click", "fill", "select", "check", "submit", "commit"];

    /// <summary>The recipe with other targets and another way to the list; null when it does not come to a recipe.</summary>
    public static string? Healed(string yaml, Recipe recipe, IReadOnlyList<Healing> healings)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        foreach (var healing in healings)
            if (!(healing.Way.Count > 0 ? Way(root, recipe, healing) : Target(root, healing))) return null;
        using var text = new StringWriter();
        stream.Save(text, assignAnchors: false);
        var written = text.ToString().TrimEnd().TrimEnd('.').TrimEnd() + "\n";
        return RecipeReader.Read(written).Recipe is null ? null : written;
    }

    /// <summary>Puts other clicks in front of the steps. The last one keeps its name, for others go back to where it leads.</summary>
    private static bool Way(YamlMappingNode root, Recipe recipe, Healing healing)
    {
        if (Child(root, "steps") is not YamlSequenceNode steps) return false;
        var leading = recipe.Steps.ToList().FindIndex(s => s.Id == healing.Step) + 1;
        if (leading == 0 || leading > steps.Children.Count) return false;
        for (var i = 0; i < leading; i++) steps.Children.RemoveAt(0);
        var others = RecipeReader.All(recipe.Steps.Skip(leading).Concat(recipe.Verify).Concat(recipe.Rollback)).Select(s => s.Id).ToHashSet();
        var names = Enumerable.Range(1, 100).Select(n => $"way{n}").Where(n => !others.Contains(n)).ToList();
        for (var i = 0; i < healing.Way.Count; i++)
        {
            var step = new YamlMappingNode { { "id", Quoted(i == healing.Way.Count - 1 ? healing.Step : names[i]) } };
            var click = new YamlMappingNode();
            Fill(click, healing.Way[i]);
            step.Add("click", click);
            steps.Children.Insert(i, step);
        }
        return true;
    }

    private static bool Target(YamlMappingNode root, Healing healing)
    {
        if (Find(root, healing.Step) is not { } step) return false;
        var body = Ops.Select(o => Child(step, o)).OfType<YamlMappingNode>().FirstOrDefault();
        if (body is not null && Child(body, "click") is YamlMappingNode click) body = click;
        if (body is null) return false;
        if (healing.How == Healing.Option)
        {
            body.Children[new YamlScalarNode("option")] = new YamlSequenceNode(Quoted(healing.Found));
            return true;
        }
        if (healing.Spec.ValueKind != JsonValueKind.Object) return false;
        foreach (var key in TargetKeys) body.Children.Remove(new YamlScalarNode(key));
        if (healing.InRow && Child(body, "in") is null) body.Add("in", Quoted("${r.row}"));
        Fill(body, healing.Spec);
        return true;
    }

    private static void Fill(YamlMappingNode body, JsonElement spec)
    {
        foreach (var part in spec.EnumerateObject().Where(p => ToldKeys.Contains(p.Name)))
            body.Children[new YamlScalarNode(part.Name)] = part.Value.ValueKind == JsonValueKind.Array ? new YamlSequenceNode(part.Value.EnumerateArray().Select(v => Plain(v.GetString() ?? ""))) : Plain(part.Value.GetString() ?? "");
    }

    /// <summary>Words of the page stand in the recipe as quoted text and can be nothing else: a place in them is taken apart.</summary>
    private static YamlNode Plain(string words) => Quoted(Place().Replace(words.Length > 80 ? words[..80] : words, "$ {"));

    private static YamlScalarNode Quoted(string text) => new(text) { Style = ScalarStyle.DoubleQuoted };

    private static YamlNode? Child(YamlMappingNode map, string key) => map.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static YamlMappingNode? Find(YamlNode node, string step) => node switch
    {
        YamlMappingNode map when (Child(map, "id") as YamlScalarNode)?.Value == step && Ops.Any(o => Child(map, o) is not null) => map,
        YamlMappingNode map => map.Children.Values.Select(c => Find(c, step)).FirstOrDefault(f => f is not null),
        YamlSequenceNode list => list.Children.Select(c => Find(c, step)).FirstOrDefault(f => f is not null),
        _ => null,
    };

    [GeneratedRegex("\\$\\{")]
    private static partial Regex Place();
}
