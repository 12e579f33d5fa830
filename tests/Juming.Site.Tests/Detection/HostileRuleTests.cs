using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Detection;

/// <summary>Rule files and archives that mean harm are refused with a reason, quickly.</summary>
public class HostileRuleTests
{
    private const string Good = "title: good\nlogsource: {category: webserver}\ndetection:\n  a: {fa: xyz}\n  condition: a\n";

    private static LoadedRules Load(string text)
    {
        var watch = Stopwatch.StartNew();
        var loader = new SigmaLoader();
        loader.AddText("x.yml", text);
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        return loader.Loaded();
    }

    private static string Rule(string body) => $"title: t\nlogsource: {{category: webserver}}\ndetection:\n{body}\n  condition: 1 of a*\n";

    [Test]
    public void Billion_laughs_is_refused()
    {
        var text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 10; i++) text.Append($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.That(Load(text.ToString()).Refused.Single().Reason, Does.Contain("aliases"));
    }

    [TestCase("title: !!python/object:os.system x\n")]
    [TestCase("title: !<tag:yaml.org,2002:binary> x\n")]
    [TestCase("!!map {title: x}\n")]
    public void Tags_are_refused(string text) => Assert.That(Load(text).Refused.Single().Reason, Does.Contain("tag"));

    [Test]
    public void Deep_nesting_is_refused()
    {
        Assert.That(Load(new string('[', 100_000)).Refused.Single().Reason, Does.Contain("yaml"));
        Assert.That(Load("a: " + string.Concat(Enumerable.Repeat("{b: ", 50)) + "x" + new string('}', 50)).Refused.Single().Reason, Does.Contain("deeper"));
    }

    [Test]
    public void Too_many_selections_are_refused()
    {
        var body = string.Join('\n', Enumerable.Range(0, 100_000).Select(i => $"  a{i}: {{f: {i}}}"));
        Assert.That(Load(Rule(body)).Refused.Single().Reason, Is.Not.Empty);
    }

    [Test]
    public void Modifiers_that_multiply_values_are_bounded()
    {
        var dashes = string.Concat(Enumerable.Repeat(" -a", 200));
        Assert.That(Load(Rule($"  a1:\n    f|contains|windash: '{dashes}'")).Rules, Has.Count.EqualTo(1));
        var many = string.Join(", ", Enumerable.Repeat($"'{dashes}'", 500));
        Assert.That(Load(Rule($"  a1:\n    f|contains|windash: [{many}]")).Refused.Single().Reason, Does.Contain("more than"));
        Assert.That(Load(Rule("  a1:\n    f|base64|base64|base64|base64|base64|base64: x")).Refused.Single().Reason, Does.Contain("modifiers"));
    }

    [TestCase("condition: ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((a))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))")]
    [TestCase("condition: []")]
    [TestCase("condition: {a: b}")]
    [TestCase("condition: 99999999999999999999 of them")]
    [TestCase("condition: 0 of them")]
    public void Odd_conditions_are_refused(string condition) => Assert.That(Load(Good.Replace("condition: a", condition)).Refused, Has.Count.EqualTo(1));

    [Test]
    public void Duplicate_keys_and_ids_are_refused_and_the_first_stays()
    {
        Assert.That(Load("title: a\ntitle: b\n").Refused.Single().Reason, Does.Contain("twice"));
        var loaded = Load(Good + "id: x\n---\n" + Good.Replace("good", "second") + "id: X\n");
        Assert.That((loaded.Rules.Single().Title, loaded.Refused.Single().Line), Is.EqualTo(("good", 8)));
    }

    [Test]
    public void A_broken_document_does_not_take_those_before_it_along()
    {
        var loaded = Load(Good + "---\ntitle: [unclosed\n");
        Assert.That((loaded.Rules.Count, loaded.Refused.Count), Is.EqualTo((1, 1)));
        Assert.That(loaded.Refused[0].Line, Is.GreaterThanOrEqualTo(7));
    }

    [TestCase("")]
    [TestCase("# only a comment\n")]
    [TestCase("\0\0\0\0")]
    [TestCase("\uFFFE\uFFFF")]
    [TestCase("- a\n- b\n")]
    [TestCase("just text")]
    [TestCase("%YAML 9.9\n---\na: b\n")]
    [TestCase("? [complex, key]\n: x\n")]
    public void Whatever_is_no_rule_is_refused_not_thrown(string text) => Assert.That(Load(text).Refused, Has.Count.EqualTo(1));

    [Test]
    public void A_regular_expression_that_would_hang_is_cut_off_and_named()
    {
        var loader = new SigmaLoader();
        loader.AddText("x.yml", "title: bomb\nlogsource: {category: webserver}\ndetection:\n  a:\n    fa|re: '^(([a-z])+.)+(?=Z)[A-Z]([a-z])+$'\n  condition: a\n");
        loader.AddText("y.yml", "title: linear bomb\nlogsource: {category: webserver}\ndetection:\n  a:\n    fa|re: '^(a+)+$'\n  condition: a\n");
        var rules = RuleSet.Compile(loader.Loaded());
        var batch = new EventBatch(16);
        for (var i = 0; i < 16; i++) WindowsJson.AddFields(batch, 0, ("event.category", "web"), ("fa", new string('a', 4000) + "!"));
        var watch = Stopwatch.StartNew();
        CollectedMatches.Of(rules, batch);
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
        var cut = rules.Verdicts().Single(v => v.State == RuleState.CutOff);
        Assert.That((cut.Document.Title, cut.Code), Is.EqualTo(("bomb", "regex-timeout")));
    }

    [Test]
    public void A_rule_that_costs_too_much_is_cut_off_and_named()
    {
        var values = string.Join(", ", Enumerable.Range(0, 90).Select(i => $"'*{i}*x*y*z*q'"));
        var loader = new SigmaLoader();
        loader.AddText("x.yml", $"title: dear\nlogsource: {{category: webserver}}\ndetection:\n  a:\n    fa: [{values}]\n  condition: a\n");
        loader.AddText("y.yml", Good);
        var rules = RuleSet.Compile(loader.Loaded());
        var matcher = new RuleMatcher();
        matcher.Use(rules);
        var batch = new EventBatch(1024);
        for (var i = 0; i < 1024; i++) WindowsJson.AddFields(batch, 0, ("event.category", "web"), ("fa", string.Concat(Enumerable.Repeat("0x1y2z3", 40))));
        for (var i = 0; i < 40 && rules.Rules[0].Cost.CutOffReason is null; i++) matcher.Match(batch, new CollectedMatches());
        Assert.That(rules.Verdicts().Single(v => v.State == RuleState.CutOff).Document.Title, Is.EqualTo("dear"));
        var again = RuleSet.Compile(loader.Loaded(), new RuleSetOptions { Former = rules });
        Assert.That(again.Rules[0].Cost.IsCutOff, Is.True, "a reload does not let it in again");
    }

    [Test]
    public void Archives_with_slips_links_and_bombs_lose_those_entries_and_keep_the_rest()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "rules.zip");
            using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
            {
                Put(zip, "good.yml", Good);
                Put(zip, "../../escape.yml", Good + "id: e1\n");
                Put(zip, "/etc/abs.yml", Good + "id: e2\n");
                Put(zip, "c:\\x.yml", Good + "id: e3\n");
                Put(zip, "bomb.yml", "title: x\n#" + new string(' ', 50_000_000));
                var link = zip.CreateEntry("link.yml");
                link.ExternalAttributes = unchecked((int)0xA1FF0000);
                using (var w = new StreamWriter(link.Open())) w.Write("/etc/passwd");
                Put(zip, "readme.txt", "not a rule");
            }
            File.WriteAllBytes(Path.Combine(folder.FullName, "broken.zip"), [1, 2, 3]);
            File.WriteAllText(Path.Combine(folder.FullName, "info.yml"), "id: a\n");
            var loaded = SigmaLoader.Load([folder.FullName, Path.Combine(folder.FullName, "absent")]);
            Assert.That(loaded.Rules.Select(r => r.Title), Is.EqualTo(new[] { "good" }));
            Assert.That(loaded.Refused.Select(r => r.File.Split('!', '/', '\\')[^1]), Is.EquivalentTo(new[] { "escape.yml", "abs.yml", "x.yml", "bomb.yml", "link.yml", "broken.zip", "info.yml", "absent" }));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Test]
    public void Random_bytes_never_throw()
    {
        var random = new Random(42);
        const string alphabet = "{}[]:-,'\"|>&*!?#%@`\n  \tabc019\\.~=/()";
        for (var i = 0; i < 3000; i++)
        {
            var text = new StringBuilder(i % 2 == 0 ? Good : "");
            for (var j = 0; j < 40; j++) text.Insert(random.Next(text.Length + 1), alphabet[random.Next(alphabet.Length)]);
            var loader = new SigmaLoader();
            loader.AddText("x.yml", text.ToString());
            var loaded = loader.Loaded();
            RuleSet.Compile(loaded);
            Assert.That(loaded.Rules.Count + loaded.Refused.Count + loaded.Filters.Count, Is.GreaterThan(0), () => "lost silently: " + text);
        }
    }

    private static void Put(ZipArchive zip, string name, string text)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name, CompressionLevel.Optimal).Open());
        writer.Write(text);
    }
}
