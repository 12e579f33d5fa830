using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Juming.Site.Detection;
using Juming.Site.Incidents;
using Juming.Site.Incidents.Grouping;
using NUnit.Framework;

namespace Juming.Site.Tests.Incidents;

/// <summary>What people read exists in both languages and says the same.</summary>
[Category("S2.6")]
internal sealed class IncidentsTextsTests
{
    private static Dictionary<string, string> Of(string culture) =>
        new ResourceManager(typeof(IncidentsTexts).FullName!, typeof(IncidentsTexts).Assembly).GetResourceSet(CultureInfo.GetCultureInfo(culture), true, false)!.Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!);

    [Test]
    public void Both_languages_have_the_same_keys_and_the_same_places_for_arguments()
    {
        var zh = Of("");
        var en = Of("en");
        Assert.That(en.Keys, Is.EquivalentTo(zh.Keys));
        foreach (var (key, text) in zh) Assert.That(Places(en[key]), Is.EquivalentTo(Places(text)), key);
    }

    [Test]
    public void Every_value_of_an_enum_on_screen_has_its_words()
    {
        var zh = Of("");
        string[] wanted =
        [
            .. Enum.GetNames<Severity>().Select(n => "Severity." + n), .. Enum.GetNames<AttackResult>().Select(n => "Result." + n), .. Enum.GetNames<Verdict>().Select(n => "Verdict." + n),
            .. Enum.GetNames<IncidentState>().Select(n => "State." + n), .. Enum.GetNames<EvidenceKind>().Select(n => "EvidenceKind." + n), .. Enum.GetNames<MoveKind>().Select(n => "MoveKind." + n),
            .. Enum.GetNames<BondKind>().Select(n => "reason." + n.ToLowerInvariant()), .. Tactics.Order,
        ];
        Assert.That(wanted.Where(w => !zh.ContainsKey(w)), Is.Empty);
    }

    private static IEnumerable<string> Places(string text) => Regex.Matches(text, "\\{[a-z0-9_]+\\}").Select(m => m.Value).Distinct().Order();
}
