using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Detection.Resources;
using Juming.Site.Detection.Rules.List;
using NUnit.Framework;

namespace Juming.Site.Tests.DetectionModule;

/// <summary>What people read exists in both languages and says the same.</summary>
[Category("S2.6")]
internal sealed class DetectionTextsTests
{
    private static readonly ResourceManager Texts = new(typeof(DetectionTexts).FullName!, typeof(DetectionTexts).Assembly);

    private static Dictionary<string, string> Of(string culture) =>
        Texts.GetResourceSet(CultureInfo.GetCultureInfo(culture), true, false)!.Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!);

    [Test]
    public void Both_languages_have_the_same_keys_and_the_same_places_for_arguments()
    {
        var zh = Of("");
        var en = Of("en");
        Assert.That(en.Keys, Is.EquivalentTo(zh.Keys));
        foreach (var (key, text) in zh) Assert.That(Places(en[key]), Is.EquivalentTo(Places(text)), key);
    }

    [Test]
    public void Every_refusal_and_every_value_of_an_enum_on_screen_has_its_words()
    {
        var zh = Of("");
        var refusals = typeof(DetectionErrors).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => ((Error)f.GetValue(null)!).Code);
        string[] wanted =
        [
            .. refusals, .. Enum.GetNames<Severity>().Select(n => "Severity." + n), .. Enum.GetNames<AttackResult>().Select(n => "Result." + n), .. Enum.GetNames<Verdict>().Select(n => "Verdict." + n),
            .. Enum.GetNames<RuleMode>().Select(n => "Mode." + n), .. Enum.GetNames<RuleStanding>().Select(n => "Tab." + n), .. Juming.Site.Detection.Sigma.AttackTags.TacticOrder,
        ];
        Assert.That(wanted.Where(w => !zh.ContainsKey(w)), Is.Empty);
    }

    private static IEnumerable<string> Places(string text) => Regex.Matches(text, "\\{[a-z0-9_]+\\}").Select(m => m.Value).Distinct();
}
