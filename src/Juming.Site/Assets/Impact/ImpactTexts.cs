using System.Globalization;
using System.Resources;

namespace Juming.Site.Assets.Impact;

/// <summary>Texts of the pages about software and impact, and their menu.</summary>
public static class ImpactTexts
{
    private static readonly ResourceManager Texts = new("Juming.Site.Assets.Impact.ImpactTexts", typeof(ImpactTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);
}
