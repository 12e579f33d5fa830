using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>What is wrong with a recipe, and where.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Reason">English sentence; the recipe's author reads it beside the line.</param>
internal sealed record RecipeFault(int Line, string Reason);

/// <summary>Reads recipes of schema v1. What it does not know it refuses: a step that is passed over in silence would be worse than none.</summary>
internal sealed partial class RecipeReader
{
    private const int MostCharacters = 200_000;
    private readonly List<RecipeFault> _faults = [];
    private readonly StepReader _steps;
    private readonly HashSet<string> _ids = [];

    private RecipeReader() => _steps = new StepReader(Fault, _ids);

    /// <summary>The recipe, or every fault that was found.</summary>
    public static (Recipe? Recipe, IReadOnlyList<RecipeFault> Faults) Read(string yaml)
    {
        if (yaml.Length > MostCharacters) return (null, [new RecipeFault(1, "A recipe has at most 200,000 characters.")]);
        var reader = new RecipeReader();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root) return (null, [new RecipeFault(1, "A recipe is one mapping.")]);
            var recipe = reader.Whole(root);
            return reader._faults.Count > 0 ? (null, reader._faults) : (recipe, []);
        }
        catch (YamlException e)
        {
            return (null, [new RecipeFault((int)e.Start.Line, "This is not YAML: " + (e.InnerException?.Message ?? e.Message).Split('\n')[0])]);
        }
        catch (InvalidOperationException)
        {
            // The parser loses its own place in some texts that end in the middle of a list.
            return (null, [new RecipeFault(1, "This is not YAML: a list or mapping is not closed.")]);
        }
    }

    private Recipe Whole(YamlMappingNode root)
    {
        var map = new YamlMap(root, "the recipe", Fault);
        if (map.Text("apiVersion") is var version && version != "juming/recipe.v1") Fault(root, "apiVersion must be juming/recipe.v1.");
        var id = map.Text("id") ?? "";
        if (!Name().IsMatch(id)) Fault(root, "id must be 3 to 80 lower-case letters, digits and hyphens.");
        var capability = map.Text("capability") ?? "";
        if (!Name().IsMatch(capability)) Fault(root, "capability must be a name such as block-ip.");
        var kind = map.Text("kind");
        if (kind is not ("mutate" or "read")) Fault(root, "kind must be mutate or read.");
        var names = map.Map("name");
        var limits = map.Map("limits");
        var safety = map.Map("safety");
        var rollback = map.Map("rollback");
        var recipe = new Recipe
        {
            Id = id,
            NameZh = names?.Text("zh") ?? "",
            NameEn = names?.Text("en") ?? "",
            Vendor = map.Text("vendor") ?? "",
            Product = map.Text("product") ?? "",
            Capability = capability,
            Mutates = kind == "mutate",
            Inputs = Inputs(map),
            Outputs = map.Map("outputs")?.Keys ?? [],
            MinInterval = limits?.Span("min_interval") ?? TimeSpan.Zero,
            MaxRun = limits?.Span("max_run"),
            ProtectedCheck = safety?.Text("protected_check"),
            Steps = _steps.List(map.Node("steps")),
            Verify = _steps.List(map.Node("verify")),
            Rollback = rollback is null ? [] : _steps.List(rollback.Node("steps")),
        };
        if (rollback is not null && rollback.Node("recipe") is { } other) Fault(other, "An inverse stands in the recipe itself, under rollback: steps.");
        if (safety?.Text("dry_run_stop") is { } stop && stop != "submit") Fault(root, "A rehearsal stops at submit; dry_run_stop can be nothing else.");
        // Sign-in belongs to the device, versions and tests to those who share recipes.
        foreach (var known in new[] { "session", "versions", "tests" }) map.Skip(known);
        limits?.Skip("concurrency");
        safety?.Skip("max_items");
        foreach (var part in new[] { map, names, limits, safety, rollback }) part?.RefuseRest();
        Check(root, recipe);
        return recipe;
    }

    private void Check(YamlNode root, Recipe recipe)
    {
        if (recipe.Steps.Count == 0) Fault(root, "A recipe needs steps.");
        if (!recipe.Mutates) return;
        if (!All(recipe.Steps).Any(s => s.Op == "submit")) Fault(root, "A recipe that changes a device marks its point of no return with submit.");
        if (recipe.Verify.Count == 0) Fault(root, "A recipe that changes a device proves it under verify.");
        if (recipe.Inputs.Values.Any(i => i.Type is "ip" or "cidr") && recipe.ProtectedCheck is null) Fault(root, "A recipe that takes an address names it under safety: protected_check.");
        if (recipe.ProtectedCheck is { } input && !recipe.Inputs.ContainsKey(input)) Fault(root, $"protected_check names '{input}', which is no input.");
        foreach (var step in All(recipe.Steps.Concat(recipe.Verify).Concat(recipe.Rollback)))
            if (step.Ref is { } reference && !_ids.Contains(reference)) _faults.Add(new RecipeFault(step.Line, $"There is no step '{reference}'."));
    }

    internal static IEnumerable<Step> All(IEnumerable<Step> steps) => steps.SelectMany(s => All(s.Then).Concat(All(s.Else)).Prepend(s));

    private Dictionary<string, RecipeInput> Inputs(YamlMap map)
    {
        var inputs = new Dictionary<string, RecipeInput>();
        foreach (var (name, node) in map.Map("inputs")?.Entries ?? [])
        {
            if (node is not YamlMappingNode mapping) { Fault(node, $"Input '{name}' must be a mapping."); continue; }
            var input = new YamlMap(mapping, $"input '{name}'", Fault);
            var type = input.Text("type") ?? "string";
            if (type is not ("ip" or "cidr" or "int" or "string" or "enum" or "duration")) Fault(node, $"Input '{name}' has the unknown type '{type}'.");
            var rules = input.Map("validate");
            inputs[name] = new RecipeInput(type, input.Flag("required"), input.Text("default"), input.Texts("values"), rules?.Number("min"), rules?.Number("max"), (int?)rules?.Number("maxLen"));
            rules?.RefuseRest();
            input.RefuseRest();
        }
        return inputs;
    }

    private void Fault(YamlNode node, string reason)
    {
        if (_faults.Count < 50) _faults.Add(new RecipeFault((int)node.Start.Line, reason));
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{2,79}$")]
    private static partial Regex Name();
}

/// <summary>A mapping that knows which of its keys were asked for.</summary>
internal sealed class YamlMap
{
    private readonly Dictionary<string, YamlNode> _entries = [];
    private readonly HashSet<string> _asked = [];
    private readonly string _place;
    private readonly Action<YamlNode, string> _fault;

    public YamlMap(YamlMappingNode node, string place, Action<YamlNode, string> fault)
    {
        (_place, _fault) = (place, fault);
        foreach (var (key, value) in node.Children)
            if (key is not YamlScalarNode { Value: { } name }) fault(key, $"A key of {place} is no text.");
            else if (!_entries.TryAdd(name, value)) fault(key, $"{place} has '{name}' twice.");
    }

    public IReadOnlyList<string> Keys => [.. _entries.Keys];

    public IEnumerable<(string Key, YamlNode Value)> Entries => _entries.Select(e => (e.Key, e.Value));

    public YamlNode? Node(string key)
    {
        _asked.Add(key);
        return _entries.GetValueOrDefault(key);
    }

    public bool Has(string key) => _entries.ContainsKey(key);

    public string? Text(string key)
    {
        if (Node(key) is not { } node) return null;
        if (node is YamlScalarNode scalar) return scalar.Value;
        _fault(node, $"'{key}' of {_place} must be one value.");
        return null;
    }

    public bool Flag(string key) => Text(key) is "true";

    public double? Number(string key) => Text(key) is { } text && double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>One value or a list of values.</summary>
    public IReadOnlyList<string> Texts(string key) => Node(key) switch
    {
        null => [],
        YamlScalarNode scalar => [scalar.Value ?? ""],
        YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode) => [.. list.Children.Select(c => ((YamlScalarNode)c).Value ?? "")],
        var node => Wrong(node, key),
    };

    public YamlMap? Map(string key)
    {
        if (Node(key) is not { } node) return null;
        if (node is YamlMappingNode mapping) return new YamlMap(mapping, $"'{key}' of {_place}", _fault);
        _fault(node, $"'{key}' of {_place} must be a mapping.");
        return null;
    }

    public Dictionary<string, string> Pairs(string key) => Map(key)?.Entries.ToDictionary(e => e.Key, e => (e.Value as YamlScalarNode)?.Value ?? "") ?? [];

    /// <summary>"2s", "500ms", "3m" or a number of seconds.</summary>
    public TimeSpan? Span(string key)
    {
        if (Text(key) is not { } text) return null;
        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 0.001) : text.EndsWith('s') ? (text[..^1], 1) : text.EndsWith('m') ? (text[..^1], 60) : (text, 1.0);
        if (double.TryParse(digits, CultureInfo.InvariantCulture, out var number) && number >= 0 && number * unit <= 3600) return TimeSpan.FromSeconds(number * unit);
        _fault(_entries[key], $"'{key}' of {_place} must be a time such as 15s, at most an hour.");
        return null;
    }

    public void Skip(string key) => _asked.Add(key);

    public void RefuseRest()
    {
        foreach (var (key, node) in _entries)
            if (!_asked.Contains(key)) _fault(node, $"{_place} has the unknown key '{key}'.");
    }

    private IReadOnlyList<string> Wrong(YamlNode node, string key)
    {
        _fault(node, $"'{key}' of {_place} must be a value or a list of values.");
        return [];
    }
}
