using System.Globalization;
using System.Resources;
using Juming.Platform.Handlers;

namespace Juming.Platform.Notify;

/// <summary>Texts of the module's pages, menu and messages.</summary>
public static class NotifyTexts
{
    private static readonly ResourceManager Texts = new("Juming.Platform.Notify.NotifyTexts", typeof(NotifyTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>The text of a key in a language, with its places filled in.</summary>
    public static string In(CultureInfo culture, string key, params object[] values) => string.Format(culture, Texts.GetString(key, culture) ?? key, values);

    /// <summary>Why a message did not arrive; the code itself where it has no text.</summary>
    public static string FailureOf(string? code) => code is null ? "" : Texts.GetString("Failure." + code, CultureInfo.CurrentUICulture) ?? code;
}
