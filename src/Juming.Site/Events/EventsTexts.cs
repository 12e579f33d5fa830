using System.Globalization;
using System.Resources;

namespace Juming.Site.Events;

/// <summary>Texts of the module's pages and menu.</summary>
public static class EventsTexts
{
    private static readonly ResourceManager Texts = new("Juming.Site.Events.EventsTexts", typeof(EventsTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>What a field is called at the head of a column or list: a word where there is one, else its name.</summary>
    public static string Field(string name) => name is "source.ip" or "destination.ip" or "host.name" or "event.dataset" or "user.name" or "event.action" ? Of(name) : name;
}
