using System.Text;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Detection;

/// <summary>The Sigma specification, value by value.</summary>
public class SpecificationTests
{
    /// <summary>True when a rule with one selection fires on an event with one field.</summary>
    private static bool Fires(string item, string? value, string field = "field")
    {
        var yaml = $"title: t\nlogsource: {{category: webserver}}\ndetection:\n  selection:\n    {item.Replace("\n", "\n    ")}\n  condition: selection\n";
        return FiresRule(yaml, value is null ? [] : [(field, value)]);
    }

    private static bool FiresRule(string yaml, params (string, string)[] fields)
    {
        var rules = CollectedMatches.Compile(yaml);
        Assert.That(rules.Refused, Is.Empty, () => rules.Refused[0].Reason);
        var batch = new EventBatch(4);
        WindowsJson.AddFields(batch, 0, [("event.category", "web"), .. fields]);
        return CollectedMatches.Of(rules, batch).Rules.Count == 1;
    }

    private static string Condition(string condition, string extra = "") =>
        $"title: t\nlogsource: {{category: webserver}}\ndetection:\n  a:\n    fa: '1'\n  b:\n    fb: '1'\n  c:\n    fc: '1'\n{extra}  condition: {condition}\n";

    private static string Refusal(string yaml)
    {
        var rules = CollectedMatches.Compile(yaml);
        Assert.That(rules.Refused, Has.Count.EqualTo(1), "exactly one refusal");
        Assert.That(rules.Rules, Is.Empty);
        Assert.That(rules.Refused[0].Line, Is.GreaterThan(0));
        return rules.Refused[0].Reason;
    }

    [TestCase(@"field: 'Ab*d'", "abXXd", true)]
    [TestCase(@"field: 'ab*d'", "abXXde", false)]
    [TestCase(@"field: 'ab?d'", "abcd", true)]
    [TestCase(@"field: 'ab?d'", "abd", false)]
    [TestCase(@"field: 'ab\*d'", "ab*d", true)]
    [TestCase(@"field: 'ab\*d'", "abcd", false)]
    [TestCase(@"field: 'ab\?d'", "ab?d", true)]
    [TestCase(@"field: 'ab\?d'", "abcd", false)]
    [TestCase(@"field: 'a\b'", @"a\b", true)]
    [TestCase(@"field: 'a\\b'", @"a\b", true)]
    [TestCase(@"field: 'a\\*'", @"a\anything", true)]
    [TestCase(@"field: 'a\\*'", @"a*", false)]
    [TestCase(@"field: 'a\\\*'", @"a\*", true)]
    [TestCase(@"field: 'a\\\*'", @"a\b", false)]
    [TestCase(@"field: 'a\\\\b'", @"a\\b", true)]
    [TestCase(@"field: 'a\\\b'", @"a\\b", true)]
    [TestCase(@"field: '*'", "x", true)]
    [TestCase(@"field: '*'", null, false)]
    [TestCase(@"field: 'x*y*z'", "xayybz", true)]
    [TestCase(@"field: '?bc*yz'", "abcxyz", true)]
    public void Wildcards_and_escapes(string item, string? value, bool fires) => Assert.That(Fires(item, value), Is.EqualTo(fires));

    [TestCase("field: ABC", "abc", true)]
    [TestCase("field|cased: ABC", "abc", false)]
    [TestCase("field|cased: ABC", "ABC", true)]
    [TestCase("field|contains|cased: Bcd", "aBcde", true)]
    [TestCase("field|contains|cased: Bcd", "abcde", false)]
    [TestCase("field|endswith: '.EXE'", "a.exe", true)]
    [TestCase("field|endswith: '.exe'", "a.exe.txt", false)]
    [TestCase("field|startswith: 'C:\\'", "c:\\windows", true)]
    [TestCase("field|startswith: 'c:\\'", "xc:\\windows", false)]
    [TestCase("field|contains: ab", "xxABxx", true)]
    [TestCase("field|contains: a", "xxAxx", true)]
    [TestCase("field|contains: 'a*b'", "xxa--bxx", true)]
    [TestCase("field|contains: ÄÖÜ", "xxäöüxx", true)]
    [TestCase("field|contains|cased: ÄÖÜ", "xxäöüxx", false)]
    [TestCase("field|contains: 暴力破解", "事件=暴力破解SSH口令", true)]
    [TestCase("field|contains: 暴力破解", "事件=端口扫描", false)]
    [TestCase("field: 'Ж?я'", "жшЯ", true)]
    public void Case_and_places(string item, string value, bool fires) => Assert.That(Fires(item, value), Is.EqualTo(fires));

    [TestCase("field|contains|all: [aaa, bbb]", "bbb aaa", true)]
    [TestCase("field|all|contains: [aaa, bbb]", "aaa", false)]
    [TestCase("field|contains: [aaa, bbb]", "bbb", true)]
    [TestCase("field: [aaa, 'b*']", "bcd", true)]
    [TestCase("field|neq: aaa", "bbb", true)]
    [TestCase("field|neq: aaa", "AAA", false)]
    [TestCase("field|neq: [aaa, bbb]", "bbb", false)]
    [TestCase("field|contains|neq: aaa", "xaaax", false)]
    public void Lists_and_negation(string item, string value, bool fires) => Assert.That(Fires(item, value), Is.EqualTo(fires));

    [TestCase("field: null", null, true)]
    [TestCase("field: null", "x", false)]
    [TestCase("field: ''", null, true)]
    [TestCase("field: ''", "x", false)]
    [TestCase("field: 'null'", "null", true)]
    [TestCase("field: 'null'", null, false)]
    [TestCase("field|exists: true", "x", true)]
    [TestCase("field|exists: true", null, false)]
    [TestCase("field|exists: false", null, true)]
    [TestCase("field|exists: false", "x", false)]
    public void Null_empty_and_missing(string item, string? value, bool fires) => Assert.That(Fires(item, value), Is.EqualTo(fires));

    [TestCase("field: 1", "1", true)]
    [TestCase("field: '1'", "1", true)]
    [TestCase("field: 1", "01", true)]
    [TestCase("field: 443", "443.0", true)]
    [TestCase("field: 1", "11", false)]
    [TestCase("field|gt: 10", "11", true)]
    [TestCase("field|gt: 10", "10", false)]
    [TestCase("field|gte: 10", "10", true)]
    [TestCase("field|lt: 10", "9.5", true)]
    [TestCase("field|lt: 10", "x", false)]
    [TestCase("field|lte: 10", "0xA", true)]
    public void Numbers_compare_as_numbers(string item, string value, bool fires) => Assert.That(Fires(item, value), Is.EqualTo(fires));

    [TestCase("field|hour: 23", "2026-11-23T23:59:58Z", true)]
    [TestCase("field|hour|gte: 22", "2026-11-23 21:59:58", false)]
    [TestCase("field|minute: 59", "2026-11-23 21:59:58", true)]
    [TestCase("field|day: 23", "2026-11-23", true)]
    [TestCase("field|week: 48", "2026-11-23", true)]
    [TestCase("field|month|lt: 11", "2026-11-23", false)]
    [TestCase("field|year: 2026", "2026-11-23 21:59:58", true)]
    [TestCase("field|year: 2026", "soon", false)]
    public void Parts_of_times(string item, string value, bool fires) => Assert.That(Fires(item, value), Is.EqualTo(fires));

    [TestCase("field|cidr: 10.0.0.0/8", "10.255.0.1", true)]
    [TestCase("field|cidr: 10.0.0.0/8", "11.0.0.1", false)]
    [TestCase("field|cidr: 192.168.1.128/25", "192.168.1.129", true)]
    [TestCase("field|cidr: 192.168.1.128/25", "192.168.1.127", false)]
    [TestCase("field|cidr: 10.1.2.3/8", "10.9.9.9", true)]
    [TestCase("field|cidr: 10.0.0.0/8", "::ffff:10.1.1.1", true)]
    [TestCase("field|cidr: 2001:db8::/32", "2001:db8:1::1", true)]
    [TestCase("field|cidr: 2001:db8::/32", "2001:db9::1", false)]
    [TestCase("field|cidr: 'fe80::/10'", "fe80::1%eth0", true)]
    [TestCase("field|cidr: 10.0.0.0/8", "10.1.1.999", false)]
    [TestCase("field|cidr: ['127.0.0.0/8', '::1/128']", "::1", true)]
    [TestCase("field|cidr: 0.0.0.0/0", "8.8.8.8", true)]
    public void Networks(string item, string value, bool fires) => Assert.That(Fires(item, value), Is.EqualTo(fires));

    [TestCase("field|re: 'ab+c'", "xabbcx", true)]
    [TestCase("field|re: 'AB+C'", "xabbcx", false)]
    [TestCase("field|re|i: 'AB+C'", "xabbcx", true)]
    [TestCase("field|re: '^b'", "a\nb", false)]
    [TestCase("field|re|m: '^b'", "a\nb", true)]
    [TestCase("field|re: 'a.b'", "a\nb", false)]
    [TestCase("field|re|s: 'a.b'", "a\nb", true)]
    [TestCase("field|re: '(foo|bar){2}baz?'", "xfoobarba", true)]
    [TestCase("field|re: '(?i)hello\\s+world'", "HELLO  World", true)]
    [TestCase("field|re: 'colou?r=[0-9]{2,}'", "color=12", true)]
    [TestCase("field|re: '(secret)?token'", "my token", true)]
    [TestCase("field|re: 'abc(?!def)'", "abcxyz", true)]
    [TestCase("field|re: 'abc(?!def)'", "abcdef", false)]
    [TestCase("field|re: 'x(abc|de)*y'", "xy", true)]
    [TestCase("field|re: '\\x61bc'", "abc", true)]
    [TestCase("field|re: '[]abc]{3}'", "]ab", true)]
    public void Regular_expressions(string item, string value, bool fires) => Assert.That(Fires(item, value), Is.EqualTo(fires));

    [TestCase("field|contains|windash: ' -enc '", "p /enc x", true)]
    [TestCase("field|contains|windash: ' -enc '", "p –enc x", true)]
    [TestCase("field|contains|windash: ' -enc '", "p —enc x", true)]
    [TestCase("field|contains|windash: ' -enc '", "p ―enc x", true)]
    [TestCase("field|contains|windash: ' /enc '", "p -enc x", true)]
    [TestCase("field|contains|windash: ' -enc '", "p +enc x", false)]
    [TestCase("field|contains|windash: ' -a -b'", "p /a -b", true)]
    [TestCase("field|contains|windash: 'one-two'", "one/two", false)]
    public void Dashes_of_windows(string item, string value, bool fires) => Assert.That(Fires(item, value), Is.EqualTo(fires));

    [Test]
    public void Encoded_values_are_found_wherever_they_start()
    {
        foreach (var prefix in new[] { "", "x", "xy", "xyz" })
        {
            var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes(prefix + "powershell" + "tail"));
            Assert.That(Fires("field|base64offset|contains: powershell", plain), Is.True, prefix);
            var wide = Convert.ToBase64String(Encoding.Unicode.GetBytes(prefix + "IEX (New" + "tail"));
            Assert.That(Fires("field|wide|base64offset|contains: 'IEX (New'", wide), Is.True, prefix);
        }
        Assert.That(Fires("field|base64offset|contains: powershell", Convert.ToBase64String("powersh0ll"u8)), Is.False);
        Assert.That(Fires("field|base64: 'abc'", Convert.ToBase64String("abc"u8)), Is.True);
        Assert.That(Fires("field|utf16le|base64|contains: 'abc'", Convert.ToBase64String(Encoding.Unicode.GetBytes("abc"))), Is.True);
        Assert.That(Fires("field|utf16be|base64|contains: 'abc'", Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes("abc"))), Is.True);
        Assert.That(Fires("field|utf16|base64|contains: 'abc'", Convert.ToBase64String([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("abc")])), Is.True);
        Assert.That(Fires("field|wide|contains: 'abc'", "xa\0b\0c\0x"), Is.True);
    }

    [Test]
    public void A_field_is_compared_with_another()
    {
        const string yaml = "title: t\nlogsource: {category: webserver}\ndetection:\n  s:\n    fa|fieldref: fb\n  condition: s\n";
        Assert.That(FiresRule(yaml, ("fa", "X"), ("fb", "x")), Is.True);
        Assert.That(FiresRule(yaml, ("fa", "X"), ("fb", "y")), Is.False);
        Assert.That(FiresRule(yaml, ("fa", "X")), Is.False);
        Assert.That(FiresRule(yaml.Replace("fieldref", "fieldref|neq"), ("fa", "X"), ("fb", "y")), Is.True);
        Assert.That(FiresRule(yaml.Replace("fieldref", "fieldref|startswith"), ("fa", "xyz"), ("fb", "x")), Is.True);
    }

    [Test]
    public void Keywords_are_searched_in_the_whole_message()
    {
        const string yaml = "title: t\nlogsource: {category: webserver}\ndetection:\n  keywords: [evilservice, 'a*z needle']\n  condition: keywords\n";
        Assert.That(FiresRule(yaml, ("other", "the EvilService ran")), Is.True);
        Assert.That(FiresRule(yaml, ("other", "a---z needle")), Is.True);
        Assert.That(FiresRule(yaml, ("other", "nothing")), Is.False);
        const string all = "title: t\nlogsource: {category: webserver}\ndetection:\n  keywords:\n    '|all': [one, two]\n  condition: keywords\n";
        Assert.That(FiresRule(all, ("x", "two one")), Is.True);
        Assert.That(FiresRule(all, ("x", "two")), Is.False);
    }

    [Test]
    public void A_keyword_with_backslashes_is_found_in_json_that_doubles_them()
    {
        var rules = CollectedMatches.Compile("title: t\nlogsource: {category: webserver}\ndetection:\n  k: ['C:\\temp\\x.exe']\n  condition: k\n");
        var batch = new EventBatch(1);
        batch.Begin("""{"p":"C:\\temp\\x.exe"}"""u8, 0);
        batch.Add(Field.EventCategory, "web");
        batch.Add(FieldNames.Intern("p"), @"C:\temp\x.exe");
        Assert.That(CollectedMatches.Of(rules, batch).Rules, Has.Count.EqualTo(1));
    }

    [TestCase("a or b and c", "a", true)]
    [TestCase("(a or b) and c", "a", false)]
    [TestCase("a and not b", "a", true)]
    [TestCase("a and not b", "ab", false)]
    [TestCase("not a and not b", "c", true)]
    [TestCase("not (a or b)", "b", false)]
    [TestCase("A OR B", "", false)]
    [TestCase("a Or b", "b", true)]
    [TestCase("1 of them", "c", true)]
    [TestCase("any of them", "c", true)]
    [TestCase("2 of them", "c", false)]
    [TestCase("2 of them", "bc", true)]
    [TestCase("all of them", "bc", false)]
    [TestCase("all of them", "abc", true)]
    [TestCase("not 1 of them", "", true)]
    [TestCase("1 of sel* or a", "a", true)]
    [TestCase("not not a", "a", true)]
    [TestCase("[a and b, c]", "c", true)]
    [TestCase("[a and b, c]", "a", false)]
    public void Conditions(string condition, string present, bool fires)
    {
        if (condition.StartsWith('A')) condition = condition.ToLowerInvariant();
        var yaml = Condition(condition, condition.Contains("sel*") ? "  sel1:\n    fx: '1'\n" : "");
        Assert.That(FiresRule(yaml, [.. present.Select(p => ($"f{p}", "1"))]), Is.EqualTo(fires));
    }

    [Test]
    public void Them_leaves_out_names_with_an_underscore()
    {
        const string yaml = "title: t\nlogsource: {category: webserver}\ndetection:\n  a: {fa: '1'}\n  _b: {fb: '1'}\n  condition: all of them\n";
        Assert.That(FiresRule(yaml, ("fa", "1")), Is.True);
        Assert.That(FiresRule(yaml.Replace("all of them", "1 of them"), ("fb", "1")), Is.False);
        Assert.That(FiresRule(yaml.Replace("all of them", "1 of _*"), ("fb", "1")), Is.True);
    }

    [Test]
    public void A_list_of_maps_is_an_or_and_one_of_several_values_of_a_field_is_enough()
    {
        const string yaml = "title: t\nlogsource: {category: webserver}\ndetection:\n  s:\n    - fa: '1'\n    - fb: '2'\n      fc: '3'\n  condition: s\n";
        Assert.That(FiresRule(yaml, ("fa", "1")), Is.True);
        Assert.That(FiresRule(yaml, ("fb", "2")), Is.False);
        Assert.That(FiresRule(yaml, ("fb", "9"), ("fb", "2"), ("fc", "3")), Is.True);
    }

    [Test]
    public void A_field_name_loses_its_blanks()
    {
        const string yaml = "title: t\nlogsource: {category: webserver}\ndetection:\n  s:\n    ThreatName: x\n  condition: s\n";
        Assert.That(FiresRule(yaml, ("Threat Name", "x")), Is.True);
    }

    [Test]
    public void A_list_that_nobody_filled_leaves_the_rule_idle_and_a_filled_one_is_used()
    {
        const string yaml = "title: t\nlogsource: {category: webserver}\ndetection:\n  s:\n    fa|expand: 'x-%Servers%'\n  condition: s\n";
        var idle = CollectedMatches.Compile(yaml).Verdicts().Single();
        Assert.That((idle.State, idle.Reason), Is.EqualTo((RuleState.Idle, "needs list %Servers%")));
        var rules = CollectedMatches.Compile(yaml, new Dictionary<string, IReadOnlyList<string>> { ["Servers"] = ["srv*", "db1"] });
        var batch = new EventBatch(4);
        foreach (var value in new[] { "x-srv77", "x-db1", "x-db2" }) WindowsJson.AddFields(batch, 0, ("event.category", "web"), ("fa", value));
        Assert.That(CollectedMatches.Of(rules, batch).Rules.Select(m => m.Event), Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void A_rule_of_an_unknown_source_wakes_up_when_its_dataset_appears()
    {
        var rules = CollectedMatches.Compile("title: t\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s: {eventName: StopLogging}\n  condition: s\n");
        Assert.That(rules.Verdicts().Single().Code, Is.EqualTo("no-source"));
        var batch = new EventBatch(4);
        WindowsJson.AddFields(batch, 0, ("event.dataset", "aws.cloudtrail"), ("eventName", "StopLogging"));
        Assert.That(CollectedMatches.Of(rules, batch).Rules, Has.Count.EqualTo(1));
        Assert.That(rules.Verdicts().Single().State, Is.EqualTo(RuleState.Active));
        Assert.That(rules.SourcesSeen["aws/*/cloudtrail"], Is.EqualTo(1));
    }

    [Test]
    public void Matched_fields_are_those_that_made_the_rule_fire()
    {
        var rules = CollectedMatches.Compile(Condition("a and not b or c"));
        var batch = new EventBatch(4);
        WindowsJson.AddFields(batch, 0, ("event.category", "web"), ("fa", "1"), ("fc", "2"));
        Assert.That(CollectedMatches.Of(rules, batch).Rules.Single().Fields, Is.EqualTo(new[] { "fa" }));
    }

    [Test]
    public void Filters_take_matches_away_from_the_rules_they_name()
    {
        var yaml = Condition("a") + "id: 11111111-1111-4111-8111-111111111111\n---\ntitle: f\nlogsource: {category: webserver}\nfilter:\n  rules: [11111111-1111-4111-8111-111111111111]\n  sel: {user|startswith: adm_}\n  condition: sel\n";
        Assert.That(FiresRule(yaml, ("fa", "1"), ("user", "adm_x")), Is.False);
        Assert.That(FiresRule(yaml, ("fa", "1"), ("user", "lina")), Is.True);
        Assert.That(FiresRule(yaml.Replace("rules: [11111111-1111-4111-8111-111111111111]", "rules: any"), ("fa", "1"), ("user", "adm_x")), Is.False);
        var other = CollectedMatches.Compile(yaml.Replace("logsource: {category: webserver}\nfilter", "logsource: {category: proxy}\nfilter"));
        Assert.That(other.Verdicts().Single(v => v.Document is SigmaFilter).Code, Is.EqualTo("fits-no-rule"));
    }

    [Test]
    public void What_cannot_be_meant_is_refused_with_its_line()
    {
        Assert.That(Refusal(Condition("a and")), Does.Contain("ends early"));
        Assert.That(Refusal(Condition("a | count() by fa > 5")), Does.Contain("obsolete"));
        Assert.That(Refusal(Condition("nosuch")), Does.Contain("nosuch"));
        Assert.That(Refusal(Condition("1 of x*")), Does.Contain("x*"));
        Assert.That(Refusal(Condition("(a")), Does.Contain("')'"));
        Assert.That(Refusal(Condition("a; b")), Does.Contain("';'"));
        Assert.That(Refusal(Condition("a", "  d:\n    f|nosuch: 1\n")), Does.Contain("nosuch"));
        Assert.That(Refusal(Condition("a", "  d:\n    f|re: '('\n")), Does.Contain("regular expression"));
        Assert.That(Refusal(Condition("a", "  d:\n    f|cidr: '10.0.0/33'\n")), Does.Contain("network"));
        Assert.That(Refusal(Condition("a", "  d:\n    f|gt: many\n")), Does.Contain("number"));
        Assert.That(Refusal("title: t\ndetection:\n  a: {x: 1}\n  condition: a\n"), Does.Contain("logsource"));
        Assert.That(Refusal("logsource: {category: webserver}\ndetection:\n  a: {x: 1}\n  condition: a\n"), Does.Contain("title"));
        Assert.That(Refusal("title: t\nlogsource: {category: webserver}\ndetection:\n  a: {x: 1}\n"), Does.Contain("condition"));
        Assert.That(Refusal("a: b\n"), Does.Contain("neither"));
    }

    /// <summary>An event model that stores empty values is played by putting one in by hand.</summary>
    private static bool FiresOnEmpty(string item)
    {
        var rules = CollectedMatches.Compile($"title: t\nlogsource: {{category: webserver}}\ndetection:\n  selection:\n    {item}\n  condition: selection\n");
        var batch = new EventBatch(4);
        WindowsJson.AddFields(batch, 0, ("event.category", "web"), ("field", "x"));
        EmptyLast(batch);
        return CollectedMatches.Of(rules, batch).Rules.Count == 1;
    }

    private static void EmptyLast(EventBatch batch)
    {
        ref var field = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(batch.Fields[^1..]);
        field.Length = 0;
    }

    [TestCase("field|exists: true", true)]
    [TestCase("field|exists: false", false)]
    [TestCase("field: ''", true)]
    [TestCase("field: null", false)]
    [TestCase("field: x", false)]
    [TestCase("field|startswith: x", false)]
    public void An_empty_value_is_there_and_is_not_null(string item, bool fires) => Assert.That(FiresOnEmpty(item), Is.EqualTo(fires));

    [TestCase("field|exists: true", false)]
    [TestCase("field|exists: false", true)]
    [TestCase("field: null", true)]
    [TestCase("field: ''", true)]
    public void An_absent_field_is_null_and_as_good_as_empty(string item, bool fires) => Assert.That(Fires(item, null), Is.EqualTo(fires));

    [TestCase("net user -a -b -c -d -e", true)]
    [TestCase("net user /a -b \u2013c -d /e", true)]
    [TestCase("NET USER -A /B /C /D \u2015E --x", true)]
    [TestCase("net user -a -b -c -d +e", false)]
    [TestCase("net user -a -b -c -d", false)]
    public void Any_number_of_dashes_may_be_spelled_in_any_way(string value, bool fires) => Assert.That(Fires("field|contains|windash: 'net user -a -b -c -d -e'", value), Is.EqualTo(fires));

    [Test]
    public void All_over_one_value_is_warned_of_and_more_selections_than_there_are_is_refused()
    {
        var loader = new SigmaLoader();
        loader.AddText("x.yml", Condition("a", "  d:\n    f|contains|all: one\n"));
        loader.AddText("y.yml", Condition("a", "  d:\n    f|contains|all: [one, two]\n"));
        Assert.That(loader.Loaded().Rules.Select(r => r.Warnings.Count), Is.EqualTo(new[] { 1, 0 }));
        Assert.That(loader.Loaded().Rules[0].Warnings[0], Does.Contain("line").And.Contain("f|contains|all"));
        Assert.That(Refusal(Condition("2 of a*")), Does.Contain("2 of a*"));
        Assert.That(Refusal(Condition("4 of them")), Does.Contain("3 selections"));
    }

    [Test]
    public void A_keyword_that_was_found_is_named()
    {
        var rules = CollectedMatches.Compile("title: t\nlogsource: {category: webserver}\ndetection:\n  keywords: ['union select', 'xp_cmdshell']\n  condition: keywords\n");
        var batch = new EventBatch(4);
        WindowsJson.AddFields(batch, 0, ("event.category", "web"), ("q", "1 UNION SELECT 2"));
        Assert.That(CollectedMatches.Of(rules, batch).Keywords, Is.EqualTo(new[] { "union select" }));
    }

    [Test]
    public void Creation_of_processes_is_read_from_the_security_channel_where_it_is_asked_for()
    {
        var loader = new SigmaLoader();
        loader.AddText("x.yml", "title: t\nlogsource: {category: process_creation, product: windows}\ndetection:\n  s:\n    Image|endswith: '\\\\whoami.exe'\n  condition: s\n");
        foreach (var asked in new[] { false, true })
        {
            var rules = RuleSet.Compile(loader.Loaded(), new RuleSetOptions { SecurityProcesses = asked });
            var batch = new EventBatch(4);
            WindowsJson.AddFields(batch, 0, ("winlog.channel", "Security"), ("event.code", "4688"), ("process.executable", @"C:\Windows\System32\whoami.exe"));
            Assert.That(CollectedMatches.Of(rules, batch).Rules, Has.Count.EqualTo(asked ? 1 : 0));
        }
    }

    [Test]
    public void Tags_become_tactics_and_techniques_with_either_joint()
    {
        var tags = AttackTags.Parse(["attack.defense-evasion", "attack.command_and_control", "attack.t1059.001", "attack.T1110", "attack.g0016", "attack.s0002", "cve.2021-44228", "tlp.red", "attack.nonsense"]);
        Assert.That(tags.Tactics, Is.EqualTo(new[] { "TA0005", "TA0011" }));
        Assert.That(tags.Techniques, Is.EqualTo(new[] { "T1059.001", "T1110" }));
        Assert.That((tags.Groups[0], tags.Software[0], tags.Vulnerabilities[0]), Is.EqualTo(("G0016", "S0002", "CVE-2021-44228")));
    }

    [Test]
    public void Samples_titles_and_advice_are_kept_and_do_not_disturb()
    {
        var loader = new SigmaLoader();
        loader.AddText("x.yml", Condition("a") + "titles: {zh: 标题}\nadvice: {zh: 建议, en: Do it}\ntests:\n  - match: true\n    lines: ['one', 'two']\n  - match: false\n    raw: three\n");
        var rule = loader.Loaded().Rules.Single();
        Assert.That((rule.Titles["zh"], rule.Advice["en"]), Is.EqualTo(("标题", "Do it")));
        Assert.That(rule.Samples.Select(s => (s.Lines.Count, s.Match)), Is.EqualTo(new[] { (2, true), (1, false) }));
    }
}
