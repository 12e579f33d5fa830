using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Juming.Site.Ssh.Commands;

/// <summary>A mapping of a template, whose members are asked for by name; what nobody asked for is refused.</summary>
internal sealed class TemplateMap(YamlMappingNode node, string place, Action<YamlNode, string> fault)
{
    private readonly HashSet<string> _asked = [];

    public YamlMappingNode Node => node;

    public bool Has(string name) => Find(name) is not null;

    public YamlNode At(string name) => Find(name) ?? node;

    public string? Text(string name)
    {
        if (Find(name) is not { } found) return null;
        if (found is YamlScalarNode { Value: { } value }) return value;
        fault(found, $"{name} is a text.");
        return null;
    }

    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is not (null or "true" or "false")) fault(At(name), $"{name} is true or false.");
        return text == "true";
    }

    public long Number(string name, long least, long most, long? usual = null)
    {
        var text = Text(name);
        if (text is null && usual is { } value) return value;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        fault(At(name), string.Create(CultureInfo.InvariantCulture, $"{name} is a whole number from {least} to {most}."));
        return least;
    }

    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not { } found) return [];
        if (found is YamlSequenceNode list && list.Children.All(c => c is YamlScalarNode)) return [.. list.Children.Select(c => ((YamlScalarNode)c).Value ?? "")];
        fault(found, $"{name} is a list of texts.");
        return [];
    }

    public IEnumerable<TemplateMap> Maps(string name)
    {
        if (Find(name) is not { } found) yield break;
        if (found is not YamlSequenceNode list)
        {
            fault(found, $"{name} is a list.");
            yield break;
        }
        foreach (var child in list.Children)
            if (child is YamlMappingNode map) yield return new TemplateMap(map, "an item of " + name, fault);
            else fault(child, $"An item of {name} is a mapping.");
    }

    /// <summary>A text in both languages.</summary>
    public Words Words(string name, bool required)
    {
        if (Find(name) is not YamlMappingNode map)
        {
            if (required || Has(name)) fault(At(name), $"{name} has a text under zh and one under en.");
            return Commands.Words.None;
        }
        var both = new TemplateMap(map, name, fault);
        var words = new Words(both.Line("zh"), both.Line("en"));
        both.RefuseRest();
        return words;
    }

    public void RefuseRest()
    {
        foreach (var (key, _) in node.Children)
            if (key is not YamlScalarNode { Value: { } name } || !_asked.Contains(name)) fault(key, $"'{key}' is not known in {place}.");
    }

    private string Line(string name)
    {
        var text = Text(name) ?? "";
        if (text.Length is 0 or > 500 || text.Any(char.IsControl)) fault(At(name), $"{name} is a line of 1 to 500 characters.");
        return text;
    }

    private YamlNode? Find(string name)
    {
        _asked.Add(name);
        return node.Children.TryGetValue(new YamlScalarNode(name), out var found) ? found : null;
    }
}
