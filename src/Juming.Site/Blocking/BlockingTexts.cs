using System.Globalization;
using System.Resources;

namespace Juming.Site.Blocking;

/// <summary>Texts of the module's pages and menu.</summary>
public static class BlockingTexts
{
    private static readonly ResourceManager Texts = new("Juming.Site.Blocking.BlockingTexts", typeof(BlockingTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>Why a device did not do it; a code that nobody has a word for stands for itself.</summary>
    public static string Failure(string code) => Texts.GetString("Failure." + code, CultureInfo.CurrentUICulture) ?? code;

    /// <summary>A protected entry "gateway 10.0.0.1" in the reader's language.</summary>
    public static string Entry(string entry)
    {
        var space = entry.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? entry : (Texts.GetString("Kind." + entry[..space], CultureInfo.CurrentUICulture) ?? entry[..space]) + entry[space..];
    }
}
