using System.Collections;
using System.Globalization;
using Juming.Platform.Modules;

namespace Juming.Hosting;

/// <summary>
/// Puts a host's settings together: defaults &lt; file &lt; environment &lt; command line. A key with a tier's name in front counts for that tier alone and beats
/// the same key without. A list that a stronger source names takes the place of the weaker one whole.
/// </summary>
internal static class SettingsSources
{
    private const string Prefix = "JUMING_";

    // Variables that steer the program itself, or its tests and benchmarks, are not settings.
    private static readonly string[] NotSettings = ["TIER", "DATA", "SETTINGS", "SHARED", "PROGRAM", "BENCH_DIR"];

    /// <summary>All of a host's settings, flat.</summary>
    /// <exception cref="SettingsException">The file can't be read.</exception>
    public static Dictionary<string, string?> Read(TierOptions options)
    {
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Add(all, OfFile(options));
        Add(all, For(options.Tier, Environment()));
        if (options.Urls is { } urls) Add(all, [new("Web:Urls", urls)]);
        Add(all, For(options.Tier, options.Overrides));
        return all;
    }

    /// <summary>Settings in the environment, with colons.</summary>
    public static Dictionary<string, string?> Environment()
    {
        var found = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || NotSettings.Contains(name[Prefix.Length..], StringComparer.OrdinalIgnoreCase)) continue;
            found[name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal)] = (string?)variable.Value;
        }
        return found;
    }

    /// <summary>Name of the variable that holds a key.</summary>
    public static string VariableOf(string key) => Prefix + key.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>The tier whose name stands in front of a key, or null.</summary>
    public static TierDefinition? TierOf(string key) =>
        Tiers.All.FirstOrDefault(t => key.StartsWith(t.Name + ":", StringComparison.OrdinalIgnoreCase));

    private static List<KeyValuePair<string, string?>> For(TierDefinition tier, IEnumerable<KeyValuePair<string, string?>> pairs)
    {
        var merged = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var list = pairs.ToList();
        Add(merged, [.. list.Where(p => TierOf(p.Key) is null)]);
        Add(merged, [.. list.Where(p => TierOf(p.Key) == tier).Select(p => new KeyValuePair<string, string?>(p.Key[(tier.Name.Length + 1)..], p.Value))]);
        return [.. merged];
    }

    private static void Add(Dictionary<string, string?> weaker, IReadOnlyList<KeyValuePair<string, string?>> stronger)
    {
        foreach (var list in stronger.Select(p => ListOf(p.Key)).Where(l => l.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase))
            foreach (var key in weaker.Keys.Where(k => k.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase) || k.Equals(list, StringComparison.OrdinalIgnoreCase)).ToList()) weaker.Remove(key);
        foreach (var (key, value) in stronger)
        {
            // A value in the place of a list or section: an empty one empties the list, any other is told as what it is.
            foreach (var below in weaker.Keys.Where(k => k.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)).ToList()) weaker.Remove(below);
            weaker[key] = value;
        }
    }

    private static string ListOf(string key)
    {
        var at = key.LastIndexOf(':');
        return at > 0 && int.TryParse(key.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? key[..at] : "";
    }

    private static List<KeyValuePair<string, string?>> OfFile(TierOptions options)
    {
        var file = Path.GetFullPath(options.SettingsFile ?? Path.Combine(AppContext.BaseDirectory, $"appsettings.Tier{options.Tier.Number}.json"));
        if (!File.Exists(file)) return options.SettingsFile is null ? [] : throw new SettingsException("--settings", $"there is no file '{file}'", "a path to a JSON settings file");
        try
        {
            using var stream = File.OpenRead(file);
            var read = new ConfigurationBuilder().AddJsonStream(stream).Build();
            return [.. read.AsEnumerable().Where(p => p.Value is not null || !read.GetSection(p.Key).GetChildren().Any())];
        }
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException(options.SettingsFile is null ? Path.GetFileName(file) : "--settings", $"'{file}' can't be read ({(e.InnerException ?? e).Message.TrimEnd('.')})", "a readable file that holds one JSON object");
        }
    }
}
