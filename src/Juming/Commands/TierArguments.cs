using System.CommandLine;
using System.CommandLine.Parsing;
using Juming.Hosting;
using Juming.Platform.Modules;

namespace Juming.Commands;

/// <summary>The options that name a host: tier, data folder, addresses, settings. Shared by every verb.</summary>
internal sealed class TierArguments
{
    public Option<string> Tier { get; } = new("--tier") { Description = "site, operator, cloud (or 3, 2, 1), or all. Default: $JUMING_TIER.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("JUMING_TIER") ?? "" };
    public Option<string> Data { get; } = new("--data") { Description = "Data folder. Default: $JUMING_DATA, or ./data/<tier>.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("JUMING_DATA") ?? "" };
    public Option<string?> Urls { get; } = new("--urls") { Description = "Addresses to listen on, separated by semicolons." };
    public Option<string?> Settings { get; } = new("--settings") { Description = "Settings file. Default: appsettings.Tier<N>.json beside the program." };
    public Option<string[]> Set { get; } = new("--set") { Description = "One setting as Key:Sub=value; may be repeated; the strongest source." };

    public void AddTo(Command command, bool withUrls = true)
    {
        command.Options.Add(Tier);
        command.Options.Add(Data);
        command.Options.Add(Settings);
        command.Options.Add(Set);
        if (withUrls) command.Options.Add(Urls);
    }

    /// <summary>The hosts that the options name.</summary>
    /// <exception cref="WrongUseException">The tier is missing or unknown, or a setting is not Key=value.</exception>
    public IReadOnlyList<TierOptions> Read(ParseResult line)
    {
        var name = line.GetValue(Tier) ?? "";
        var tiers = Tiers.Parse(name);
        if (tiers.Count == 0) throw new WrongUseException(name.Length == 0 ? "Say which tier: --tier site, operator, cloud or all." : $"There is no tier '{name}'. Use site, operator, cloud (3, 2, 1) or all.");
        var data = line.GetValue(Data) ?? "";
        var overrides = new Dictionary<string, string?>();
        foreach (var pair in line.GetValue(Set) ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new WrongUseException($"--set wants Key:Sub=value, not '{pair}'.");
            overrides[pair[..at]] = pair[(at + 1)..];
        }
        return [.. tiers.Select(t => new TierOptions(t, FolderOf(t, data, tiers.Count > 1))
        {
            Urls = tiers.Count > 1 ? null : line.GetValue(Urls),
            SettingsFile = tiers.Count > 1 ? null : line.GetValue(Settings),
            Overrides = overrides,
        })];
    }

    private static string FolderOf(TierDefinition tier, string data, bool several) =>
        Path.GetFullPath(data.Length == 0 ? Path.Combine("data", tier.Name) : several ? Path.Combine(data, tier.Name) : data);
}

/// <summary>The command line was used wrongly; exit code 2.</summary>
internal sealed class WrongUseException(string message) : Exception(message);

/// <summary>The act was refused; exit code 4.</summary>
internal sealed class RefusedException(string message) : Exception(message);

/// <summary>The input can't be used; exit code 3.</summary>
internal sealed class BadInputException(string message) : Exception(message);
