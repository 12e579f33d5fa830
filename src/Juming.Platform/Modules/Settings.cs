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

    // The binder would add what is configured to the default list: a site told to listen on one port would listen on two.
    private static void ForgetNamedLists(object settings, IConfigurationSection section)
    {
        foreach (var property in settings.GetType().GetProperties().Where(p => p.CanWrite && p.PropertyType.IsArray && section.GetSection(p.Name).GetChildren().Any()))
            property.SetValue(settings, Array.CreateInstance(property.PropertyType.GetElementType()!, 0));
    }

    /// <summary>Checks every key and value of the configuration's own sources.</summary>
    /// <param name="configuration">What was read.</param>
    /// <param name="sections">Known sections.</param>
    /// <param name="moduleNames">Names of the tier's modules, for <c>Modules:{Name}:Enabled</c>.</param>
    /// <exception cref="SettingsException">A key or value is not accepted.</exception>
    public static void Check(IConfiguration configuration, IReadOnlyCollection<SettingsSection> sections, IReadOnlyCollection<string> moduleNames)
    {
        foreach (var leaf in configuration.AsEnumerable().Where(p => p.Value is not null && !configuration.GetSection(p.Key).GetChildren().Any()))
            CheckLeaf(leaf.Key, leaf.Value!, sections, moduleNames);
        foreach (var section in sections) Bind(configuration, section);
    }

    private static void CheckLeaf(string key, string value, IReadOnlyCollection<SettingsSection> sections, IReadOnlyCollection<string> modules)
    {
        var parts = key.Split(':');
        if (parts.Length == 3 && parts[0].Equals("Modules", StringComparison.OrdinalIgnoreCase) && parts[2].Equals("Enabled", StringComparison.OrdinalIgnoreCase))
        {
            if (!modules.Contains(parts[1], StringComparer.OrdinalIgnoreCase)) throw new SettingsException(key, "there is no such module", string.Join(", ", modules));
            if (!bool.TryParse(value, out _)) throw new SettingsException(key, $"'{value}' is not a truth value", "true, false");
            return;
        }
        var section = sections.Where(s => key.StartsWith(s.Path + ":", StringComparison.OrdinalIgnoreCase) || key.Equals(s.Path, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(s => s.Path.Length).FirstOrDefault()
            ?? throw new SettingsException(key, "there is no such setting", string.Join(", ", sections.Select(s => s.Path + ":…").Order()));
        CheckPath(key, value, section.Type, key.Length > section.Path.Length ? key[(section.Path.Length + 1)..].Split(':') : []);
    }

    private static void CheckPath(string key, string value, Type type, string[] path)
    {
        foreach (var part in path)
        {
            if (type.IsGenericType && typeof(System.Collections.IEnumerable).IsAssignableFrom(type))
            {
                type = type.GetGenericArguments()[^1];
                continue;
            }
            if (type.IsArray)
            {
                type = type.GetElementType()!;
                continue;
            }
            var property = type.GetProperty(part, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)
                ?? throw new SettingsException(key, "there is no such setting", string.Join(", ", type.GetProperties().Where(p => p.CanWrite).Select(p => p.Name)));
            type = property.PropertyType;
        }
        CheckValue(key, value, Nullable.GetUnderlyingType(type) ?? type);
    }

    private static void CheckValue(string key, string value, Type type)
    {
        if (type.IsEnum && !Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase))
            throw new SettingsException(key, $"'{value}' is unknown", string.Join(", ", Enum.GetNames(type)));
        if (type == typeof(string) || type.IsEnum || typeof(System.Collections.IEnumerable).IsAssignableFrom(type)) return;
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
        var bound = configuration.GetSection(section.Path).Get(section.Type) ?? Activator.CreateInstance(section.Type)!;
        var problems = new List<ValidationResult>();
        if (Validator.TryValidateObject(bound, new ValidationContext(bound), problems, true)) return;
        var property = problems[0].MemberNames.FirstOrDefault() ?? "";
        var range = section.Type.GetProperty(property)?.GetCustomAttribute<RangeAttribute>();
        throw new SettingsException($"{section.Path}:{property}", problems[0].ErrorMessage ?? "out of range", range is null ? "see the operations guide" : $"{range.Minimum} to {range.Maximum}");
    }

    private static string Describe(Type type) => type == typeof(bool) ? "true, false" : type == typeof(TimeSpan) ? "a duration as d.hh:mm:ss" : type == typeof(Uri) ? "an address such as https://host:port" : "a " + type.Name.ToLowerInvariant() + " number";
}
