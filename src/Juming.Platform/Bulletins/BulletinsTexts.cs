using System.Globalization;
using System.Resources;

namespace Juming.Platform.Bulletins;

/// <summary>Texts of bulletins.</summary>
public static class BulletinsTexts
{
    private static readonly ResourceManager Texts = new("Juming.Platform.Bulletins.BulletinsTexts", typeof(BulletinsTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);
}
