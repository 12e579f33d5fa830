using Juming.Site.Detection.Resources;
using Microsoft.Extensions.Localization;

namespace Juming.Site.Detection.Rules;

/// <summary>Reads titles and advice from the rules in force.</summary>
internal sealed class RuleTitles(RuleBook book, IStringLocalizer<DetectionTexts> texts) : IRuleTitles
{
    private static readonly Dictionary<string, string> None = [];

    /// <inheritdoc/>
    public string Of(string ruleId, string title) =>
        book.Find(ruleId) is { } rule ? texts.Title(title, rule.Titles) : texts["notice." + title] is { ResourceNotFound: false } own ? own.Value : title;

    /// <inheritdoc/>
    public string? Advice(string ruleId) => DetectionSentences.Advice(book.Find(ruleId)?.Advice ?? None);
}
