using System.Collections;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Detection.Resources;
using Juming.Site.Detection.Rules.List;
using Juming.Testing;
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

    [Test]
    public void Every_technique_of_the_starter_pack_has_a_name_in_both_languages()
    {
        var pack = Path.Combine(SourceFolder(), "src", "Juming.Site", "Detection", "Packs", "Starter");
        var used = Directory.EnumerateFiles(pack, "*.yml", SearchOption.AllDirectories).SelectMany(f => TechniquesIn(File.ReadAllText(f))).Distinct().ToList();
        Assert.That(used, Has.Count.GreaterThan(40));
        Named(used);
    }

    [Test]
    public void Every_technique_of_the_corpus_has_a_name_in_both_languages()
    {
        using var zip = ZipFile.OpenRead(SharedData.Require("sigma/rules.zip"));
        var used = new HashSet<string>();
        foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".yml", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(entry.Open());
            used.UnionWith(TechniquesIn(reader.ReadToEnd()));
        }
        // Younger than the table; their identities are shown alone.
        Named(used.Except(["T1685", "T1686", "T1689", "T1690"]));
    }

    private static void Named(IEnumerable<string> techniques)
    {
        var was = CultureInfo.CurrentUICulture;
        try
        {
            foreach (var culture in new[] { "zh-CN", "en" })
            {
                CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
                Assert.That(techniques.Where(t => TechniqueNames.Of(t) is null).Order(), Is.Empty, culture);
                Assert.That(TechniqueNames.Full("T1110.001"), Is.EqualTo("T1110.001 " + TechniqueNames.Of("T1110")));
                Assert.That(TechniqueNames.Full("T9999"), Is.EqualTo("T9999"));
            }
        }
        finally
        {
            CultureInfo.CurrentUICulture = was;
        }
    }

    private static IEnumerable<string> TechniquesIn(string rule) => Regex.Matches(rule, "attack\\.(t[0-9]{4})", RegexOptions.IgnoreCase).Select(m => m.Groups[1].Value.ToUpperInvariant());

    private static string SourceFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Juming.sln"))) folder = folder.Parent;
        return folder!.FullName;
    }

    private static IEnumerable<string> Places(string text) => Regex.Matches(text, "\\{[a-z0-9_]+\\}").Select(m => m.Value).Distinct();
}
