using System.CommandLine;
using System.CommandLine.Parsing;
using Juming.Hosting;
using Juming.Platform.Modules;

namespace Juming.Commands;

/// <summary>The options that name a host: tier, data folder, addresses, settings. Shared by every verb.</summary>
/// <param name="tier">Tier of a verb that only one has; may be left out then.</param>
internal sealed class TierArguments(string tier = "")
{
    public Option<string> Tier { get; } = new("--tier")
    {
        Description = tier.Length == 0 ? "site, operator, cloud (or 3, 2, 1), or all. Default: $JUMING_TIER." : $"Default: $JUMING_TIER, or {tier}.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("JUMING_TIER") is { Length: > 0 } set ? set : tier,
    };

    public Option<string> Data { get; } = new("--data") { Description = "Data folder. Default: $JUMING_DATA, or ./data/<tier>.", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("JUMING_DATA") ?? "" };
    public Option<string?> Urls { get; } = new("--urls") { Description = "Addresses to listen on, separated by semicolons." };
    public Option<string?> Settings { get; } = new("--settings") { Description = "Settings file. Default: appsettings.Tier<N>.json beside the program." };
    public Option<string[]> Set { get; } = new("--set") { Description = "One setting as Key:Sub=value, or site:Key:Sub=value for one tier of several; may be repeated; the strongest source." };

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
        CheckPrefixes(overrides.Keys, tiers);
        if (tiers.Count > 1) RefuseForAll(line, overrides);
        return [.. tiers.Select(t => new TierOptions(t, FolderOf(t, data, tiers.Count > 1)) { Urls = line.GetValue(Urls), SettingsFile = line.GetValue(Settings), Overrides = overrides })];
    }

    private static void CheckPrefixes(IEnumerable<string> keys, IReadOnlyList<TierDefinition> tiers)
    {
        foreach (var key in keys)
            if (SettingsSources.TierOf(key) is { } named && !tiers.Contains(named)) throw new WrongUseException($"--set {key} is for the {named.Name} tier, which this run has not.");
    }

    /// <summary>What three hosts can't share must say whose it is.</summary>
    private void RefuseForAll(ParseResult line, Dictionary<string, string?> overrides)
    {
        if (line.GetValue(Urls) is { } urls) throw new WrongUseException($"With --tier all three hosts would listen on --urls; write it for each: --set site:Web:Urls={urls}");
        if (line.GetValue(Settings) is not null)
            throw new WrongUseException("With --tier all each host reads its own appsettings.Tier1.json, appsettings.Tier2.json or appsettings.Tier3.json; write what differs as --set site:Key:Sub=value (or cloud:, operator:), or start each tier by itself with its --settings.");
        foreach (var (key, value) in overrides) RefuseShared(key, value, $"--set {key}", k => $"--set {k}={value}");
        foreach (var (key, value) in SettingsSources.Environment()) RefuseShared(key, value, SettingsSources.VariableOf(key), k => SettingsSources.VariableOf(k.ToUpperInvariant()[..k.IndexOf(':', StringComparison.Ordinal)] + k[k.IndexOf(':', StringComparison.Ordinal)..]));
    }

    private static void RefuseShared(string key, string? value, string shown, Func<string, string> write)
    {
        if (SettingsSources.TierOf(key) is not null || string.IsNullOrEmpty(value)) return;
        if (key.Equals("Web:Urls", StringComparison.OrdinalIgnoreCase) || key.Equals("Database:ConnectionString", StringComparison.OrdinalIgnoreCase) || key.Equals("Modules:Links:Listen", StringComparison.OrdinalIgnoreCase))
            throw new WrongUseException($"With --tier all, {shown} would count for all three hosts, which can't share it; write it for each: {write("site:" + key)}");
        var parts = key.Split(':');
        if (parts.Length < 2 || !parts[0].Equals("Modules", StringComparison.OrdinalIgnoreCase)) return;
        var knowing = Tiers.All.Where(t => t.Modules.Any(m => m.Name.Equals(parts[1], StringComparison.OrdinalIgnoreCase))).ToList();
        if (knowing.Count > 0 && knowing.Count < Tiers.All.Count)
            throw new WrongUseException($"With --tier all, {shown} would count for all three hosts, but only {string.Join(" and ", knowing.Select(t => t.Name))} has the module {parts[1]}; write {string.Join(" or ", knowing.Select(t => write(t.Name + ":" + key)))}");
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
