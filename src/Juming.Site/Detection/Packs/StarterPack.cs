using System.Text;

namespace Juming.Site.Detection.Packs;

/// <summary>The rules that Juming brings along, as text of YAML files.</summary>
internal static class StarterPack
{
    private const string Prefix = "packs/";

    /// <summary>Name ("Starter/linux-ssh.yml") and text of each file, by name.</summary>
    public static IEnumerable<(string Name, string Text)> Read()
    {
        var assembly = typeof(StarterPack).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var reader = new StreamReader(stream, Encoding.UTF8);
            yield return (resource[Prefix.Length..], reader.ReadToEnd());
        }
    }
}
