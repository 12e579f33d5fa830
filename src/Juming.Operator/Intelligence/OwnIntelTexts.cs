using System.Globalization;
using System.Resources;

namespace Juming.Operator.Intelligence;

/// <summary>Texts of the module's pages and menu.</summary>
public static class OwnIntelTexts
{
    private static readonly ResourceManager Texts = new("Juming.Operator.Intelligence.OwnIntelTexts", typeof(OwnIntelTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);
}
