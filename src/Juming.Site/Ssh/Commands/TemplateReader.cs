using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Juming.Site.Ssh.Commands;

/// <summary>What is wrong with a template, and where.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Reason">English sentence; the template's author reads it beside the line.</param>
internal sealed record TemplateFault(int Line, string Reason);

/// <summary>Reads templates of schema v1. What it does not know it refuses: a word that is passed over in silence would be worse than none.</summary>
internal sealed partial class TemplateReader
{
    private const int MostCharacters = 100_000;
    private const int MostScript = 20_000;
    private static readonly string[] Taken = ["was", "me", "by"];

    private readonly List<TemplateFault> _faults = [];

    /// <summary>The template, or every fault that was found.</summary>
    public static (CommandTemplate? Template, IReadOnlyList<TemplateFault> Faults) Read(string yaml)
    {
        if (yaml.Length > MostCharacters) return (null, [new TemplateFault(1, "A template has at most 100,000 characters.")]);
        var reader = new TemplateReader();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root) return (null, [new TemplateFault(1, "A template is one mapping.")]);
            var template = reader.Whole(new TemplateMap(root, "a template", reader.Fault), yaml);
            return reader._faults.Count > 0 ? (null, reader._faults) : (template, []);
        }
        catch (YamlException e)
        {
            return (null, [new TemplateFault((int)e.Start.Line, "This is not YAML: " + (e.InnerException?.Message ?? e.Message).Split('\n')[0])]);
        }
        catch (InvalidOperationException)
        {
            // The parser loses its own place in some texts that end in the middle of a list.
            return (null, [new TemplateFault(1, "This is not YAML: a list or mapping is not closed.")]);
        }
    }

    private void Fault(YamlNode at, string reason) => _faults.Add(new TemplateFault((int)at.Start.Line, reason));

    private CommandTemplate Whole(TemplateMap map, string yaml)
    {
        if (map.Text("apiVersion") != "juming/command.v1") Fault(map.Node, "apiVersion must be juming/command.v1.");
        var id = map.Text("id") ?? "";
        if (!TemplateName().IsMatch(id)) Fault(map.Node, "id must be 3 to 60 lower-case letters, digits and hyphens, a letter first.");
        var kind = map.Text("kind") switch { "command" => CommandKind.Command, "fix" => CommandKind.Fix, "rights" => CommandKind.Rights, _ => (CommandKind?)null };
        if (kind is null) Fault(map.Node, "kind must be command, fix or rights.");
        if (map.Text("platform") is var platform && platform != "linux") Fault(map.Node, "platform must be linux: no other is supported yet.");
        var template = new CommandTemplate
        {
            Id = id,
            Version = (int)map.Number("version", 1, 1_000_000),
            Kind = kind ?? CommandKind.Command,
            Name = map.Words("name", true),
            About = map.Words("about", true),
            Risk = map.Words("risk", map.Has("apply")),
            NeedsRoot = map.Flag("root"),
            Parameters = Parameters(map),
            Read = Script(map, "read"),
            Check = Script(map, "check"),
            Apply = Script(map, "apply"),
            Undo = Script(map, "undo"),
            Limit = TimeSpan.FromSeconds(map.Number("timeout", 1, 240, 30)),
            MostBytes = (int)map.Number("output", 1, 1024, 64) * 1024,
            Yaml = yaml,
        };
        Check(map, template);
        map.RefuseRest();
        return template;
    }

    private void Check(TemplateMap map, CommandTemplate template)
    {
        if (template.Read is not null && (template.Check ?? template.Apply ?? template.Undo) is not null) Fault(map.Node, "A template either only reads (read) or has an effect (check, apply, undo).");
        if (template.Read is null && template.Apply is null) Fault(map.Node, "A template has a script: read, or check and apply.");
        if (template.Read is not null && template.Kind != CommandKind.Command) Fault(map.Node, "Only a command may do nothing but read.");
        if (template.Apply is not null && template.Check is null) Fault(map.Node, "What has an effect has a check: without one nobody could tell whether it is there.");
        if (template.Kind is CommandKind.Fix or CommandKind.Rights && template.Undo is null) Fault(map.Node, "A fix and a change of rights can be taken back: undo is missing.");
        if (template.Kind == CommandKind.Rights && template.Parameters.All(p => p.Type != "user")) Fault(map.Node, "A change of rights takes a parameter of the type user.");
        foreach (var (name, script) in new[] { ("check", template.Check), ("apply", template.Apply), ("undo", template.Undo), ("read", template.Read) })
            if (script is not null && Evaluates().IsMatch(script)) Fault(map.At(name), "A script does not use eval: a value would be read as a command.");
        if (template.Check is { } check && !(check.Contains("there", StringComparison.Ordinal) && check.Contains("absent", StringComparison.Ordinal))) Fault(map.At("check"), "A check ends with there, or with absent and the value as it is.");
    }

    private string? Script(TemplateMap map, string name)
    {
        if (map.Text(name)?.ReplaceLineEndings("\n") is not { } script) return null;
        if (script.Trim().Length == 0) Fault(map.At(name), $"{name} is empty.");
        if (script.Length > MostScript) Fault(map.At(name), "A script has at most 20,000 characters.");
        if (script.Any(l => char.IsControl(l) && l is not ('\n' or '\t'))) Fault(map.At(name), $"{name} holds a control character.");
        return script;
    }

    private List<CommandParameter> Parameters(TemplateMap map)
    {
        var parameters = new List<CommandParameter>();
        foreach (var item in map.Maps("parameters"))
        {
            var name = item.Text("name") ?? "";
            if (!ParameterName().IsMatch(name) || Taken.Contains(name)) Fault(item.Node, $"'{name}' can't be the name of a parameter: small letters, digits and low lines, a letter first, and none of {string.Join(", ", Taken)}.");
            if (parameters.Any(p => p.Name == name)) Fault(item.Node, $"'{name}' is there twice.");
            parameters.Add(Parameter(item, name));
            item.RefuseRest();
        }
        return parameters;
    }

    private CommandParameter Parameter(TemplateMap item, string name)
    {
        var type = item.Text("type") ?? "";
        if (!ParameterRules.Types.Contains(type)) Fault(item.Node, $"'{name}' has the unknown type '{type}'; types are {string.Join(", ", ParameterRules.Types)}.");
        var isNumber = type == "number";
        if (isNumber && !(item.Has("min") && item.Has("max"))) Fault(item.Node, $"'{name}' needs min and max.");
        var parameter = new CommandParameter
        {
            Name = name,
            Type = type,
            Label = item.Words("label", true),
            Default = item.Text("default") ?? "",
            Values = item.Texts("values"),
            Min = isNumber ? item.Number("min", long.MinValue, long.MaxValue, 0) : 0,
            Max = isNumber ? item.Number("max", long.MinValue, long.MaxValue, 0) : 0,
            Roots = item.Texts("roots"),
            Pattern = Pattern(item),
        };
        if ((type == "enum") != parameter.Values.Count > 0) Fault(item.Node, $"'{name}': values belong to an enum, and an enum has some.");
        if (parameter.Values.Any(v => !EnumValue().IsMatch(v))) Fault(item.Node, $"'{name}': a value is made of letters, digits and ._/:- and begins with a letter or digit.");
        if ((type == "path") != parameter.Roots.Count > 0) Fault(item.Node, $"'{name}': roots belong to a path, and a path lies below some.");
        if (parameter.Roots.Any(r => !ParameterRules.IsPath(r))) Fault(item.Node, $"'{name}': a root is an absolute path, and never / itself.");
        if (parameter.Default.Length > 0 && !ParameterRules.Accepts(parameter, parameter.Default)) Fault(item.Node, $"'{name}' can't have its own default.");
        return parameter;
    }

    private Regex? Pattern(TemplateMap item)
    {
        if (item.Text("pattern") is not { } pattern) return null;
        try
        {
            // Without backtracking: no pattern of an author makes a value of an attacker cost minutes.
            return new Regex(@"\A(?:" + pattern + @")\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            Fault(item.At("pattern"), "pattern is no regular expression that can be used here: " + e.Message.Split('\n')[0]);
            return null;
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{2,59}\z")]
    private static partial Regex TemplateName();

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,29}\z")]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_./:-]{0,99}\z")]
    private static partial Regex EnumValue();

    [GeneratedRegex(@"(^|[\s;&|(`])eval(\s|$)")]
    private static partial Regex Evaluates();
}
