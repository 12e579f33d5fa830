using System.Globalization;
using System.Resources;

namespace Juming.Platform.Content;

/// <summary>Texts of content.</summary>
public static class ContentTexts
{
    private static readonly ResourceManager Texts = new("Juming.Platform.Content.ContentTexts", typeof(ContentTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>The text of a key in a language, with its places filled in.</summary>
    public static string In(CultureInfo culture, string key, params object[] values) => string.Format(culture, Texts.GetString(key, culture) ?? key, values);
}
