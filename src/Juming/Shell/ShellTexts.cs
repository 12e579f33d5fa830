using System.Globalization;
using System.Reflection;
using System.Resources;
using Juming.Platform.Modules;

namespace Juming.Shell;

/// <summary>Texts of the console's frame.</summary>
internal static class ShellTexts
{
    private static readonly ResourceManager Texts = new("Juming.Shell.ShellTexts", typeof(ShellTexts).Assembly);

    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;
}

/// <summary>Name and version that the frame shows.</summary>
internal sealed class TierContextTitle(TierContext tier)
{
    public string Name => ShellTexts.Of("Brand") + " · " + ShellTexts.Of("Tier." + tier.Tier.Name);

    public string Tier => ShellTexts.Of("Tier." + tier.Tier.Name);

    public string Version { get; } = typeof(TierContextTitle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Replace("+", "-", StringComparison.Ordinal);
}
