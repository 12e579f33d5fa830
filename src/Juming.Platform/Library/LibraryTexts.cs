using System.Globalization;
using System.Resources;

namespace Juming.Platform.Library;

/// <summary>Texts of the library.</summary>
public static class LibraryTexts
{
    private static readonly ResourceManager Texts = new("Juming.Platform.Library.LibraryTexts", typeof(LibraryTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>The text of a key in a language, with its places filled in.</summary>
    public static string In(CultureInfo culture, string key, params object[] values) => string.Format(culture, Texts.GetString(key, culture) ?? key, values);
}
