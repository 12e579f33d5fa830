using Juming.Platform.Modules;

namespace Juming.Hosting;

/// <summary>What the command line says about one host.</summary>
public sealed record TierOptions(TierDefinition Tier, string DataFolder)
{
    /// <summary>Addresses to listen on; overrides the settings file.</summary>
    public string? Urls { get; init; }

    /// <summary>Settings file; the tier's own by default.</summary>
    public string? SettingsFile { get; init; }

    /// <summary>Further settings, key to value; the strongest source.</summary>
    public IReadOnlyDictionary<string, string?> Overrides { get; init; } = new Dictionary<string, string?>();

    /// <summary>Without network listeners and background receivers: for verbs that only need the services.</summary>
    public bool Offline { get; init; }

    /// <summary>Changes to the services, for tests at true edges (clock, devices).</summary>
    public Action<IServiceCollection>? Services { get; init; }
}
