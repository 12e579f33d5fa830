using System.Globalization;
using System.Resources;

namespace Juming.Site.ThreatIntel;

/// <summary>Texts of the module's pages and menu.</summary>
public static class IntelTexts
{
    private static readonly ResourceManager Texts = new("Juming.Site.ThreatIntel.IntelTexts", typeof(IntelTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);
}
