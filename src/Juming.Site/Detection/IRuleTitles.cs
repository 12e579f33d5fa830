namespace Juming.Site.Detection;

/// <summary>Names rules, and what to do about their alerts, in the reader's language.</summary>
public interface IRuleTitles
{
    /// <summary>The rule's title as the rules in force have it, or <paramref name="title"/> where they bring none in that language. The title of an alert that no rule made is its code.</summary>
    string Of(string ruleId, string title);

    /// <summary>What to do about an alert of the rule, or null where it gives no advice.</summary>
    string? Advice(string ruleId);
}
