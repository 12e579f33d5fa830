using System.Globalization;
using System.Resources;

namespace Juming.Site.Detection.Resources;

/// <summary>Names of ATT&amp;CK techniques in both languages; a sub-technique goes by its technique's name.</summary>
internal static class TechniqueNames
{
    private static readonly ResourceManager Names = new("Juming.Site.Detection.Resources.TechniqueNames", typeof(TechniqueNames).Assembly);

    /// <summary>The name in the reader's language, or null for a technique that is not known here.</summary>
    /// <param name="id">"T1110" or "T1110.001".</param>
    public static string? Of(string id)
    {
        var dot = id.IndexOf('.', StringComparison.Ordinal);
        return Names.GetString(dot < 0 ? id : id[..dot], CultureInfo.CurrentUICulture);
    }

    /// <summary>Identity and name, "T1110 Brute Force"; the identity alone where no name is known.</summary>
    public static string Full(string id) => Of(id) is { } name ? $"{id} {name}" : id;
}
