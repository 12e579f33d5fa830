using System.Diagnostics;
using Juming.Site.Collection.Packs;
using Juming.Site.Collection.Workbench;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Workbench;

[Category("S2")]
public sealed class FormatGuessTests
{
    private static readonly DateTimeOffset Received = new(2026, 6, 1, 4, 0, 0, TimeSpan.Zero);

    [Test]
    public void Pairs_between_semicolons_with_colons_and_chinese_keys()
    {
        var read = Read("pairs", Enumerable.Range(1, 9).Select(i => $"<134>May 31 12:00:0{i} gw01 acmewall: 设备:北门;源地址:10.1.0.{i};源端口:{5000 + i};目的地址:203.0.113.{i};目的端口:443;处置动作:阻断;威胁等级:高;发生时间:2026-05-31 12:00:0{i};用户名:lina{i}"));
        Gives(read, ("source.ip", "10.1.0.1"), ("source.port", "5001"), ("destination.ip", "203.0.113.1"), ("destination.port", "443"), ("event.action", "blocked"), ("event.severity", "3"), ("user.name", "lina1"), ("@timestamp", "2026-05-31T12:00:01Z"));
    }

    [Test]
    public void Quoted_pairs_behind_a_word()
    {
        var read = Read("pairs", Enumerable.Range(1, 9).Select(i => $"zgate alert: ts=\"2026-05-31 12:00:0{i}\" attacker_addr=\"198.51.100.{i}\" dstip=\"10.0.0.{i}\" dstport=22 verdict=\"deny\" note=\"two words, and more\""));
        Gives(read, ("source.ip", "198.51.100.1"), ("destination.ip", "10.0.0.1"), ("destination.port", "22"), ("event.action", "blocked"), ("vendor.note", "two words, and more"), ("@timestamp", "2026-05-31T12:00:01Z"));
    }

    [Test]
    public void Columns_with_a_row_of_names()
    {
        var lines = new List<string> { "time|srcip|srcport|dstip|dstport|proto|action" };
        lines.AddRange(Enumerable.Range(1, 9).Select(i => $"2026-05-31 12:00:0{i}|10.1.0.{i}|{5000 + i}|203.0.113.{i}|80|tcp|accept"));
        var read = Read("columns", lines, 1);
        Gives(read, ("source.ip", "10.1.0.1"), ("source.port", "5001"), ("destination.ip", "203.0.113.1"), ("network.transport", "tcp"), ("event.action", "allowed"));
    }

    [Test]
    public void Columns_without_names_and_with_commas_in_quotes()
    {
        var read = Read("columns", Enumerable.Range(1, 9).Select(i => $"AVWALL,2026/05/31 12:00:0{i},10.1.0.{i},203.0.113.{i},\"found, removed\",deny,{i * 100}"));
        Gives(read, ("source.ip", "10.1.0.1"), ("@timestamp", "2026-05-31T12:00:01Z"), ("event.action", "blocked"));
        Assert.That(read.Fields.Any(f => f.Value == "found, removed"), Is.True);
        Assert.That(read.Fields.Any(f => f.Value == "203.0.113.1"), Is.True);
    }

    [Test]
    public void Json_with_nested_objects_behind_a_header()
    {
        var read = Read("json", Enumerable.Range(1, 9).Select(i => "<14>May 31 12:00:00 sensor01 probe: " + $$"""{"probe_kind":"flow","peer":{"src_addr":"10.1.0.{{i}}","src_port":{{5000 + i}}},"target":{"dst_addr":"203.0.113.{{i}}","dst_port":443},"who":"lina","occurred":"2026-05-31T12:00:0{{i}}Z"}"""));
        Gives(read, ("source.ip", "10.1.0.1"), ("source.port", "5001"), ("destination.ip", "203.0.113.1"), ("destination.port", "443"), ("@timestamp", "2026-05-31T12:00:01Z"));
    }

    [Test]
    public void Sentences_of_several_kinds()
    {
        var lines = Enumerable.Range(1, 12).SelectMany(i => new[]
        {
            $"gatekeeper: Login of user lina{i} from 10.1.0.{i} port {40000 + i} failed",
            $"gatekeeper: Connection from 10.1.0.{i}:{40000 + i} to 203.0.113.{i}:443 closed after {i * 7} seconds",
            $"gatekeeper: Policy reload finished in {i} ms",
        }).ToList();
        var login = Read("text", lines, 0);
        Gives(login, ("source.ip", "10.1.0.1"), ("source.port", "40001"), ("user.name", "lina1"));
        var connection = Read("text", lines, 1);
        Gives(connection, ("source.ip", "10.1.0.1"), ("source.port", "40001"), ("destination.ip", "203.0.113.1"), ("destination.port", "443"));
        Assert.That(Read("text", lines, 2).Outcome, Is.EqualTo(TrialOutcome.Matched));
    }

    [Test]
    public void A_chinese_sentence_with_a_chinese_time()
    {
        var read = Read("text", Enumerable.Range(1, 9).Select(i => $"审计平台 用户[lina{i}]于2026年5月31日 12时00分0{i}秒 从[10.1.0.{i}]访问[203.0.113.{i}] 结果正常"));
        Gives(read, ("user.name", "lina1"), ("source.ip", "10.1.0.1"), ("destination.ip", "203.0.113.1"), ("@timestamp", "2026-05-31T12:00:01Z"));
    }

    [Test]
    public void A_password_is_masked()
    {
        var read = Read("pairs", Enumerable.Range(1, 9).Select(i => $"cfg: operator=lina{i} new_password=hunter{i} from_ip=10.0.0.{i} step=apply"));
        Gives(read, ("user.name", "lina1"), ("vendor.new_password", "***"), ("source.ip", "10.0.0.1"));
    }

    [Test]
    public void The_same_lines_give_the_same_pack()
    {
        var lines = Enumerable.Range(1, 60).Select(i => $"x{i % 3} a={i} b=10.0.0.{i} c={(i % 2 == 0 ? "deny" : "allow")} d{i % 4}=v").ToList();
        var first = PackYaml.Write(FormatGuess.Propose(lines, "draft", CancellationToken.None)!.Pack);
        for (var i = 0; i < 5; i++) Assert.That(PackYaml.Write(FormatGuess.Propose(lines, "draft", CancellationToken.None)!.Pack), Is.EqualTo(first));
    }

    private static IEnumerable<TestCaseData> Hostile()
    {
        TestCaseData Case(string name, IEnumerable<string> lines) => new TestCaseData(lines.ToList()).SetArgDisplayNames(name);
        var random = new Random(7);
        yield return Case("one sign over and over", Enumerable.Repeat(new string('=', 65_536), 500));
        yield return Case("pairs without end", Enumerable.Repeat(string.Concat(Enumerable.Range(0, 9000).Select(i => $"k{i}=v,")), 500));
        yield return Case("brackets and braces", Enumerable.Repeat(string.Concat(Enumerable.Repeat("{[(", 20_000)), 500));
        yield return Case("new keys in each line", Enumerable.Range(0, 500).Select(i => string.Join(' ', Enumerable.Range(0, 400).Select(k => $"q{i}_{k}=1"))));
        yield return Case("noise", Enumerable.Range(0, 500).Select(_ => new string([.. Enumerable.Range(0, 2000).Select(_ => (char)random.Next(1, 0xD7FF))])));
        yield return Case("half characters", Enumerable.Repeat("a=\uD800 b=\uDC00 c=1 d=2", 20));
        yield return Case("markup", Enumerable.Repeat("<script>alert(1)</script> a='x' {b} %s ${jndi:ldap://x} \u202e\u0000", 50));
        yield return Case("digits", Enumerable.Repeat(new string('1', 8000) + ":" + new string('1', 8000), 500));
        yield return Case("dots", Enumerable.Repeat(string.Concat(Enumerable.Repeat("1.", 20_000)), 200));
        yield return Case("one empty object", ["{}"]);
        yield return Case("one letter", ["x"]);
    }

    [TestCaseSource(nameof(Hostile))]
    [CancelAfter(60_000)]
    public void Hostile_lines_are_answered_in_bounded_time_and_memory_with_a_pack_that_loads(List<string> lines)
    {
        var watch = Stopwatch.StartNew();
        var draft = FormatGuess.Propose(lines, "draft", CancellationToken.None)!;
        var elapsed = watch.Elapsed;
        TestContext.Out.WriteLine($"{draft.Kind} in {elapsed.TotalMilliseconds:F0} ms");
        Assert.That(elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
        var yaml = PackYaml.Write(draft.Pack);
        Assert.That(yaml, Has.Length.LessThan(256 * 1024));
        Assert.That(ParserPack.LoadAll(yaml).Problems, Is.Empty);
    }

    private static TrialLine Read(string kind, IEnumerable<string> lines, int line = 0)
    {
        var all = lines.ToList();
        var draft = FormatGuess.Propose(all, "draft", CancellationToken.None)!;
        var yaml = PackYaml.Write(draft.Pack);
        TestContext.Out.WriteLine(yaml);
        var (packs, problems) = ParserPack.LoadAll(yaml);
        Assert.That(problems, Is.Empty);
        var trial = new PackTrial(packs[0], PackSet.BuiltIn, TimeZoneInfo.Utc);
        Assert.That(all.Count(l => trial.Read(l, Received).Outcome == TrialOutcome.Matched), Is.GreaterThanOrEqualTo(all.Count - 1), "lines taken");
        Assert.That(draft.Kind, Is.EqualTo(kind));
        return trial.Read(all[line], Received);
    }

    private static void Gives(TrialLine read, params (string Field, string Value)[] expected)
    {
        foreach (var (field, value) in expected)
            Assert.That(read.Fields.Where(f => f.Name == field).Select(f => f.Value), Does.Contain(value), field + " of " + string.Join(", ", read.Fields.Select(f => f.Name + "=" + f.Value)));
    }
}
