using System.Globalization;
using System.Resources;

namespace Juming.Platform.Access;

/// <summary>Texts of the administration pages and their menu.</summary>
public static class AdministrationTexts
{
    private static readonly ResourceManager Texts = new("Juming.Platform.Access.AdministrationTexts", typeof(AdministrationTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>The act in words, or its name where it has none of its own here.</summary>
    public static string ActOf(string name) => Texts.GetString("Act." + name, CultureInfo.CurrentUICulture) ?? name;
}
