using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Juming.Platform.Modules;

/// <summary>A setting is unknown or has a value that is not accepted; the start stops with this sentence.</summary>
public sealed class SettingsException(string key, string reason, string accepted)
    : Exception($"Setting '{key}' is not accepted: {reason}. Accepted: {accepted}.")
{
    /// <summary>The key, with colons.</summary>
    public string Key { get; } = key;
}

/// <summary>A section of the settings file and the type that it must fit.</summary>
public sealed record SettingsSection(string Path, Type Type);

/// <summary>Binding of settings that refuses what it does not know.</summary>
public static class Settings
{
    /// <summary>Binds a section to a type, validated at start.</summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, string path) where T : class
    {
        services.AddSingleton(new SettingsSection(path, typeof(T)));
        services.AddOptions<T>().Configure<IConfiguration>((settings, configuration) => ForgetNamedLists(settings, configuration.GetSection(path))).BindConfiguration(path).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
        return services;
    }

    // The binder would add what is configured to the default list: a site told to listen on one port would listen on two, and one told to listen on none on one.
    private static void ForgetNamedLists(object settings, IConfigurationSection section)
    {
        foreach (var property in settings.GetType().GetProperties().Where(p => p.CanWrite && p.PropertyType.IsArray && (section[p.Name] is "" || section.GetSection(p.Name).GetChildren().Any())))
            property.SetValue(settings, Array.CreateInstance(property.PropertyType.GetElementType()!, 0));
    }

    /// <summary>True unless the settings leave the module out.</summary>
    public static bool IsEnabled(IConfiguration configuration, Module module) => configuration.GetValue($"Modules:{module.Name}:Enabled", true);

    /// <summary>Checks what decides which modules there are, before anything asks for it.</summary>
    /// <exception cref="SettingsException">A value is not accepted.</exception>
    public static void CheckEnabled(IConfiguration configuration, IEnumerable<Module> modules)
    {
        foreach (var module in modules)
        {
            var key = $"Modules:{module.Name}:Enabled";
            if (configuration[key] is not { } value) continue;
            if (!bool.TryParse(value, out var enabled)) throw NoTruthValue(key, value);
            if (!enabled && module is Access.AccessModule) throw new SettingsException(key, "nobody could sign in without it", "true");
        }
    }

    /// <summary>Checks every key and value of the configuration's own sources.</summary>
    /// <param name="configuration">What was read.</param>
    /// <param name="sections">Known sections.</param>
    /// <param name="moduleNames">Names of the tier's modules, for <c>Modules:{Name}:Enabled</c>.</param>
    /// <exception cref="SettingsException">A key or value is not accepted.</exception>
    public static void Check(IConfiguration configuration, IReadOnlyCollection<SettingsSection> sections, IReadOnlyCollection<string> moduleNames)
    {
        foreach (var leaf in configuration.AsEnumerable().Where(p => !configuration.GetSection(p.Key).GetChildren().Any()))
            CheckLeaf(leaf.Key, leaf.Value, sections, moduleNames);
        foreach (var section in sections) Bind(configuration, section);
    }

    private static void CheckLeaf(string key, string? value, IReadOnlyCollection<SettingsSection> sections, IReadOnlyCollection<string> modules)
    {
        var parts = key.Split(':');
        if (parts.Length == 3 && parts[0].Equals("Modules", StringComparison.OrdinalIgnoreCase) && parts[2].Equals("Enabled", StringComparison.OrdinalIgnoreCase))
        {
            if (!modules.Contains(parts[1], StringComparer.OrdinalIgnoreCase)) throw new SettingsException(key, "there is no such module", string.Join(", ", modules));
            if (!bool.TryParse(value, out _)) throw NoTruthValue(key, value);
            return;
        }
        // An empty object says nothing, and is in nobody's way.
        if (value is null && sections.Any(s => (s.Path + ":").StartsWith(key + ":", StringComparison.OrdinalIgnoreCase))) return;
        var section = sections.Where(s => key.StartsWith(s.Path + ":", StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(s => s.Path.Length).FirstOrDefault()
            ?? throw new SettingsException(key, "there is no such setting", string.Join(", ", sections.Select(s => s.Path + ":…").Order()));
        CheckPath(key, value, section.Type, key[(section.Path.Length + 1)..].Split(':'));
    }

    private static SettingsException NoTruthValue(string key, string? value) => new(key, $"'{value}' is not a truth value", "true, false");

    private static void CheckPath(string key, string? value, Type type, string[] path)
    {
        foreach (var part in path)
        {
            if (IsList(type))
            {
                if (!int.TryParse(part, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _)) throw new SettingsException(key, $"'{part}' is not a place in a list", "0, 1, 2, …");
                type = type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[^1];
                continue;
            }
            if (IsValue(type)) throw new SettingsException(key, "the key goes on below a single value", key[..(key.Length - part.Length - 1)]);
            var property = type.GetProperty(part, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)
                ?? throw new SettingsException(key, "there is no such setting", string.Join(", ", KeysOf(type)));
            type = property.PropertyType;
        }
        CheckValue(key, value, Nullable.GetUnderlyingType(type) ?? type);
    }

    /// <summary>Names of the settings of a section's type.</summary>
    public static IEnumerable<string> KeysOf(Type type) => type.GetProperties().Where(p => p.CanWrite || IsList(p.PropertyType)).Select(p => p.Name);

    private static bool IsList(Type type) => type != typeof(string) && typeof(System.Collections.IEnumerable).IsAssignableFrom(type);

    private static bool IsValue(Type type) => type == typeof(string) || type.IsValueType || type == typeof(Uri);

    private static void CheckValue(string key, string? value, Type type)
    {
        if (IsList(type))
        {
            if (value is null or "") return;
            throw new SettingsException(key, "it is a list", $"{key}:0, {key}:1 and so on, or an empty value for none");
        }
        if (value is null) throw new SettingsException(key, "it has no value", "leave the key out for its default");
        if (type.IsEnum && !Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase))
            throw new SettingsException(key, $"'{value}' is unknown", string.Join(", ", Enum.GetNames(type)));
        if (type == typeof(string) || type.IsEnum) return;
        var converter = System.ComponentModel.TypeDescriptor.GetConverter(type);
        if (!converter.CanConvertFrom(typeof(string))) return;
        try
        {
            converter.ConvertFromInvariantString(value);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
        {
            throw new SettingsException(key, $"'{value}' does not fit", Describe(type));
        }
    }

    private static void Bind(IConfiguration configuration, SettingsSection section)
    {
        var bound = Activator.CreateInstance(section.Type)!;
        ForgetNamedLists(bound, configuration.GetSection(section.Path));
        configuration.GetSection(section.Path).Bind(bound);
        var problems = new List<ValidationResult>();
        if (Validator.TryValidateObject(bound, new ValidationContext(bound), problems, true)) return;
        var property = problems[0].MemberNames.FirstOrDefault() ?? "";
        var range = section.Type.GetProperty(property)?.GetCustomAttribute<RangeAttribute>();
        throw new SettingsException($"{section.Path}:{property}", problems[0].ErrorMessage?.TrimEnd('.') ?? "out of range", problems[0] is SettingProblem known ? known.Accepted : range is null ? "see the operations guide" : $"{range.Minimum} to {range.Maximum}");
    }

    private static string Describe(Type type) => type == typeof(bool) ? "true, false" : type == typeof(TimeSpan) ? "a duration as d.hh:mm:ss" : type == typeof(Uri) ? "an address such as https://host:port" : "a " + type.Name.ToLowerInvariant() + " number";
}

/// <summary>A value that is of its type and still not accepted, from a settings class that looks closer.</summary>
/// <param name="member">Name of the setting.</param>
/// <param name="reason">Why, without a full stop.</param>
/// <param name="accepted">What is accepted.</param>
public sealed class SettingProblem(string member, string reason, string accepted) : ValidationResult(reason, [member])
{
    /// <summary>What is accepted.</summary>
    public string Accepted { get; } = accepted;
}
