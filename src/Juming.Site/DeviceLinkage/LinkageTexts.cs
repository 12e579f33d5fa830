using System.Globalization;
using System.Resources;

namespace Juming.Site.DeviceLinkage;

/// <summary>Texts of the module's pages and menu.</summary>
public static class LinkageTexts
{
    private static readonly ResourceManager Texts = new("Juming.Site.DeviceLinkage.LinkageTexts", typeof(LinkageTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>Why a run failed or a device can't be driven, in the reader's language; a recipe's own code stands for itself.</summary>
    public static string Failure(string code) => Texts.GetString("Failure." + code, CultureInfo.CurrentUICulture) ?? code;
}
