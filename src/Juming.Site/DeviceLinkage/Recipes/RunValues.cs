using System.Globalization;
using System.Text.RegularExpressions;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>A row that a step found, or did not find.</summary>
/// <param name="Found">It is on the page.</param>
/// <param name="Wanted">By which columns and values.</param>
/// <param name="Cells">Its cells by column; attacker-controlled.</param>
/// <param name="Deletable">It has a control of its own that takes it away.</param>
/// <param name="Selectable">It can be ticked.</param>
internal sealed record FoundRow(bool Found, IReadOnlyDictionary<string, string> Wanted, IReadOnlyDictionary<string, string> Cells, bool Deletable, bool Selectable)
{
    /// <summary>What stands under the heading that means a state; empty where there is none.</summary>
    public string State => Cells.FirstOrDefault(c => c.Key.Contains("状态", StringComparison.Ordinal) || c.Key.Equals("status", StringComparison.OrdinalIgnoreCase) || c.Key.Equals("state", StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <summary>It is in the list and the list says nothing against it.</summary>
    public bool InForce => Found && !Cells.Values.Any(RunWords.SaysNotInForce);
}

/// <summary>Inputs of a run and what its steps have saved.</summary>
internal sealed partial class RunValues(IReadOnlyDictionary<string, string> inputs)
{
    private readonly Dictionary<string, FoundRow> _rows = [];
    private readonly Dictionary<string, string> _outputs = [];

    public IReadOnlyDictionary<string, string> Outputs => _outputs;

    public void Save(string name, FoundRow row) => _rows[name] = row;

    public void Save(string name, string value) => _outputs[name] = value.Length > 4000 ? value[..4000] : value;

    public FoundRow? Row(string name) => _rows.GetValueOrDefault(name);

    /// <summary>A text with its places filled in once; a value that looks like a place stays what it is.</summary>
    public string Fill(string template) => Place().Replace(template, m => Text(Of(m.Groups[1].Value.Trim())));

    /// <summary>"ip", "row.found", "v.row.状态", "cpu_pct".</summary>
    public object? Of(string path)
    {
        if (inputs.TryGetValue(path, out var input)) return input;
        if (_outputs.TryGetValue(path, out var output)) return output;
        var parts = path.Split('.', 3);
        if (!_rows.TryGetValue(parts[0], out var row) || parts.Length < 2) return null;
        return parts[1] switch
        {
            "found" => row.Found,
            "deletable" => row.Deletable,
            "selectable" => row.Selectable,
            "in_force" => row.InForce,
            "state" => row.State,
            "row" when parts.Length == 3 => row.Cells.GetValueOrDefault(parts[2], ""),
            _ => null,
        };
    }

    private static string Text(object? value) => value switch { null => "", bool truth => truth ? "true" : "false", _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "" };

    /// <summary>Checks inputs against what the recipe says of them and adds defaults.</summary>
    /// <returns>The complete inputs, or the name of the one that does not fit.</returns>
    public static (Dictionary<string, string> Inputs, string? Wrong) Complete(Recipe recipe, IReadOnlyDictionary<string, string> given)
    {
        var complete = new Dictionary<string, string>();
        foreach (var (name, input) in recipe.Inputs)
        {
            var value = given.GetValueOrDefault(name) ?? input.Default;
            if (value is null)
            {
                if (input.Required) return (complete, name);
                continue;
            }
            if (!Fits(input, value)) return (complete, name);
            complete[name] = value;
        }
        return (complete, null);
    }

    private static bool Fits(RecipeInput input, string value)
    {
        if (value.Any(char.IsControl) || value.Length > (input.MaxLength ?? 500)) return false;
        return input.Type switch
        {
            "ip" => System.Net.IPAddress.TryParse(value, out _) || System.Net.IPNetwork.TryParse(value, out _),
            "cidr" => System.Net.IPNetwork.TryParse(value, out _),
            "int" => double.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= (input.Min ?? double.MinValue) && number <= (input.Max ?? double.MaxValue),
            "enum" => input.Values.Contains(value),
            _ => true,
        };
    }

    [GeneratedRegex("\\$\\{([^}]{1,100})\\}")]
    private static partial Regex Place();
}
