using System.Globalization;
using System.Resources;
using Juming.Site.Detection.Resources;

namespace Juming.Site.Detection.Rules;

/// <summary>Reads titles and advice from the rules in force. Works without a web host too: a replay groups incidents.</summary>
internal sealed class RuleTitles(RuleBook book) : IRuleTitles
{
    private static readonly ResourceManager Texts = new(typeof(DetectionTexts).FullName!, typeof(DetectionTexts).Assembly);
    private static readonly Dictionary<string, string> None = [];

    /// <inheritdoc/>
    public string Of(string ruleId, string title)
    {
        if (book.Find(ruleId) is not { } rule) return Texts.GetString("notice." + title, CultureInfo.CurrentUICulture) ?? title;
        return rule.Titles.GetValueOrDefault(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, title);
    }

    /// <inheritdoc/>
    public string? Advice(string ruleId) => DetectionSentences.Advice(book.Find(ruleId)?.Advice ?? None);
}
