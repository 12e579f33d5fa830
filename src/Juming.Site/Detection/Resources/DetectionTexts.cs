using System.Globalization;
using Juming.Platform.Handlers;
using Microsoft.Extensions.Localization;

namespace Juming.Site.Detection.Resources;

/// <summary>Marks the texts of detection: the neutral resource is zh-CN.</summary>
public sealed class DetectionTexts;

/// <summary>Renders what is stored as code and arguments.</summary>
internal static class DetectionSentences
{
    /// <summary>A refusal in the reader's language: of this module, or the platform's.</summary>
    public static string Of(this IStringLocalizer<DetectionTexts> texts, Error error) => texts[error.Code] is { ResourceNotFound: false } found ? error.Fill(found.Value) : Platform.Web.ErrorTexts.Of(error);

    /// <summary>Title of an alert or rule in the reader's language.</summary>
    public static string Title(this IStringLocalizer<DetectionTexts> texts, string title, IReadOnlyDictionary<string, string> titles, string? code = null, IReadOnlyDictionary<string, string>? arguments = null)
    {
        if (code is not null && texts[code] is { ResourceNotFound: false } sentence) return Fill(sentence.Value, arguments);
        return titles.TryGetValue(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, out var own) ? own : title;
    }

    /// <summary>The advice in the reader's language, or null.</summary>
    public static string? Advice(IReadOnlyDictionary<string, string> advice) =>
        advice.TryGetValue(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, out var own) ? own : advice.GetValueOrDefault("en");

    private static string Fill(string sentence, IReadOnlyDictionary<string, string>? arguments)
    {
        foreach (var (name, value) in arguments ?? new Dictionary<string, string>()) sentence = sentence.Replace("{" + name + "}", value, StringComparison.Ordinal);
        return sentence;
    }
}
