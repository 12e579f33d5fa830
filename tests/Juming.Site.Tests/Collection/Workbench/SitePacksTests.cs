using System.Diagnostics;
using System.Text;
using Juming.Site.Collection.Packs;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Workbench;

[Category("S2")]
public sealed class SitePacksTests
{
    private string _folder = "";
    private LineNormalizer _normalizer = new();
    private SitePacks _packs = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("juming-packs").FullName;
        _normalizer = new LineNormalizer();
        _packs = new SitePacks(_folder, set => _normalizer.Packs = set, NullLogger<SitePacks>.Instance);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [Test]
    public void A_file_that_appears_is_in_force_for_the_next_line_and_one_that_goes_is_not()
    {
        Assert.That(Read("ACME-GATE who=lina").Parser, Is.Null.Or.Not.EqualTo("acme-gate"));
        Write("acme.yaml", Pack(1, "user.name"));
        Assert.That(_packs.Refresh(), Is.True);
        Assert.That(Read("ACME-GATE who=lina"), Is.EqualTo(("acme-gate", "lina")));
        Assert.That(_packs.Refresh(), Is.False, "nothing changed");
        File.Delete(Path.Combine(_folder, "acme.yaml"));
        Assert.That(_packs.Refresh(), Is.True);
        Assert.That(Read("ACME-GATE who=lina").Parser, Is.Not.EqualTo("acme-gate"));
    }

    [Test]
    public void The_higher_version_wins_and_both_are_shown()
    {
        Write("new.yaml", Pack(3, "user.name"));
        Write("old.yaml", Pack(2, "user.target.name"));
        _packs.Refresh();
        Assert.That(Read("ACME-GATE who=lina").User, Is.EqualTo("lina"));
        Assert.That(_packs.Entries.Where(e => e.Name == "acme-gate").Select(e => (e.Version, e.State)), Is.EqualTo(new[] { (3, PackState.InForce), (2, PackState.Overridden) }));
        Assert.That(_packs.HighestVersion("acme-gate"), Is.EqualTo(3));
    }

    [Test]
    public void A_pack_that_ships_is_replaced_by_a_higher_version_only()
    {
        var shipped = PackSet.BuiltIn.Packs[0].Name;
        Write("same.yaml", $"pack: {shipped}\nversion: 1\nwhen:\n  contains: [ACME-GATE]\n");
        _packs.Refresh();
        var entry = _packs.Entries.Single(e => e.Name == shipped && e.Origin == PackOrigin.Site);
        Assert.That(entry.State, Is.EqualTo(PackState.Overridden));
        Assert.That(entry.Problems[0].Reason, Does.Contain("ships with the product"));
        Write("same.yaml", $"pack: {shipped}\nversion: 20\nwhen:\n  contains: [ACME-GATE]\n");
        _packs.Refresh();
        Assert.That(_packs.Entries.Single(e => e.Name == shipped && e.Origin == PackOrigin.Shipped).State, Is.EqualTo(PackState.Overridden));
        Assert.That(_packs.InForce.Packs.Single(p => p.Name == shipped).Definition.Version, Is.EqualTo(20));
    }

    [Test]
    public void A_file_that_breaks_is_told_with_line_and_reason_and_what_it_held_stays_in_force()
    {
        Write("acme.yaml", Pack(1, "user.name"));
        _packs.Refresh();
        Write("acme.yaml", Pack(2, "user.name") + "shell: rm\n");
        Assert.That(_packs.Refresh(), Is.True);
        var refused = _packs.Entries.Single(e => e.State == PackState.Refused);
        Assert.That((refused.File, refused.Problems[0].Line), Is.EqualTo(("acme.yaml", 7)));
        Assert.That(refused.Problems[0].Reason, Does.Contain("has no 'shell'"));
        Assert.That(Read("ACME-GATE who=lina"), Is.EqualTo(("acme-gate", "lina")));
        Write("acme.yaml", Pack(2, "user.name"));
        _packs.Refresh();
        Assert.That(_packs.Entries.Any(e => e.State == PackState.Refused), Is.False);
    }

    private static IEnumerable<TestCaseData> Hostile()
    {
        byte[] Text(string yaml) => Encoding.UTF8.GetBytes(yaml);
        yield return Case("ten megabytes", new byte[10 * 1024 * 1024], "bytes; at most");
        yield return Case("binary", [.. Enumerable.Range(0, 4096).Select(i => (byte)(i * 131))], "not UTF-8");
        yield return Case("zeros", new byte[4096], "");
        yield return Case("an alias bomb", Text("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\n"), "anchors");
        yield return Case("deep nesting", Text("pack: " + new string('[', 100_000)), "nested");
        yield return Case("deep indentation", Text(string.Concat(Enumerable.Range(0, 600).Select(i => new string(' ', i) + "a:\n"))), "nested");
        yield return Case("a key twice", Text("pack: x\npack: y\nwhen:\n  contains: [x]\n"), "");
        yield return Case("a field twice", Text("pack: x\nwhen:\n  contains: [x]\nfields:\n  a: user.name\n  a: source.ip\n"), "");
        yield return Case("ten thousand conditions", Text("pack: x\nwhen:\n  any: [" + string.Join(",", Enumerable.Range(0, 10_000).Select(i => "t" + i)) + "]\n"), "at most 500");
        yield return Case("ten thousand steps", Text("pack: x\nwhen:\n  contains: [x]\nparse:\n" + string.Concat(Enumerable.Repeat("  - {kind: kv}\n", 3000))), "at most 16 steps");
        yield return Case("ten thousand fields", Text("pack: x\nwhen:\n  contains: [x]\nfields:\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"  k{i}: v.k{i}\n"))), "at most 400 fields");
        yield return Case("an empty condition", Text("pack: x\nwhen:\n  contains: ['']\n"), "1 to 1000");
        yield return Case("an empty program", Text("pack: x\nwhen:\n  app: ['']\n"), "1 to 1000");
        yield return Case("a map for a text", Text("pack: {a: b}\nwhen:\n  contains: [x]\n"), "must be text");
        yield return Case("a pattern that counts without end", Text("pack: x\nwhen:\n  contains: [x]\nparse:\n  - {kind: regex, pattern: '(?<a>(((a{500}){500}){500}))'}\n"), "");
        yield return Case("a pattern that looks back", Text("pack: x\nwhen:\n  contains: [x]\nparse:\n  - {kind: regex, pattern: '(?<a>x)(?=y)\\1'}\n"), "");
        yield return Case("tags of other languages", Text("pack: !!python/object/apply:os.system ['id']\nwhen:\n  contains: [x]\n"), "");
        yield return Case("a name that climbs", Text("pack: ../../etc/passwd\nwhen:\n  contains: [x]\n"), "must be a name");
    }

    [TestCaseSource(nameof(Hostile))]
    [CancelAfter(60_000)]
    public void A_hostile_file_is_refused_quickly_and_the_others_stay(byte[] content, string reason)
    {
        Write("acme.yaml", Pack(1, "user.name"));
        File.WriteAllBytes(Path.Combine(_folder, "hostile.yaml"), content);
        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        _packs.Refresh();
        Assert.That(watch.ElapsedMilliseconds, Is.LessThan(15_000));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(400L * 1024 * 1024));
        var refused = _packs.Entries.Single(e => e.State == PackState.Refused);
        Assert.That(refused.File, Is.EqualTo("hostile.yaml"));
        Assert.That(refused.Problems[0].Line, Is.GreaterThan(0));
        Assert.That(refused.Problems[0].Reason, Is.Not.Empty.And.Contains(reason));
        Assert.That(Read("ACME-GATE who=lina"), Is.EqualTo(("acme-gate", "lina")));
    }

    [Test]
    [CancelAfter(120_000)]
    public void Broken_at_random_a_pack_is_read_or_refused_with_a_line_and_its_lines_are_read_without_a_fault()
    {
        const int Seed = 20261123;
        var random = new Random(Seed);
        var texts = PackSet.ShippedFiles().SelectMany(f => f.Yaml.Split("\n---\n")).Where(t => t.Length < 4000).ToList();
        string[] bits = ["[", "]", "{", "}", ":", "- ", "'", "\"", "\n", "\n  ", "&a ", "*a", "!!int ", "|", ">", "#", "%", "@", "`", "\t", "\0", "\uD800", "null", "~", "999999999999", "-1", "''", "? ", "<<: ", "---\n", "...\n", "(?<a>.*)+", "\\", "{x}", "yyyy"];
        int refused = 0, loaded = 0;
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 3000 && watch.Elapsed < TimeSpan.FromSeconds(30); round++)
        {
            var text = new StringBuilder(texts[random.Next(texts.Count)]);
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 30), text.Length - at));
                        break;
                    case 1:
                        text.Insert(at, bits[random.Next(bits.Length)]);
                        break;
                    case 2:
                        text[at] = (char)random.Next(1, 0x500);
                        break;
                    default:
                        text.Insert(at, text.ToString(random.Next(text.Length / 2), random.Next(1, text.Length / 2)));
                        break;
                }
            }
            var yaml = text.ToString();
            var (packs, problems) = _packs.Compile(yaml, trial: true);
            Assert.That(packs.Count + problems.Count, Is.GreaterThan(0), $"seed {Seed}, round {round}");
            foreach (var problem in problems) Assert.That(problem.Reason, Is.Not.Empty, $"seed {Seed}, round {round}: {yaml}");
            if (problems.Count > 0) refused++;
            else loaded++;
            foreach (var pack in packs)
            {
                _normalizer.Packs = PackSet.Empty.With(pack);
                foreach (var test in pack.Definition.Tests.Take(2)) Read(test.Line + "\u0000 \uFFFD {\"a\":[1]} x=y");
            }
        }
        TestContext.Out.WriteLine($"{loaded} read, {refused} refused in {watch.Elapsed.TotalSeconds:F1} s");
        Assert.That(refused, Is.GreaterThan(100));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_pattern_that_is_linear_but_slow_is_given_up()
    {
        Write("slow.yaml", "pack: slow\nwhen:\n  contains: [ACME-GATE]\nparse:\n  - {kind: regex, pattern: '(?<x>(.+)+(.+)+(.{0,500})+[^z]{0,900}q)'}\n");
        _packs.Refresh();
        Assert.That(_packs.InForce.Packs.Any(p => p.Name == "slow"), Is.True);
        var line = "ACME-GATE " + string.Concat(Enumerable.Range(0, 4000).Select(i => (char)('a' + (i * 7919 % 13))));
        for (var i = 0; i < 40; i++) Read(line);
        Assert.That(_packs.InForce.Packs.Single(p => p.Name == "slow").IsCutOff, Is.True);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++) Read(line);
        Assert.That(watch.ElapsedMilliseconds, Is.LessThan(10_000));
    }

    [Test]
    public void Packs_of_the_site_can_not_use_up_the_table_of_field_names()
    {
        for (var file = 0; file < 15; file++)
            Write($"p{file:D2}.yaml", $"pack: p{file}\nwhen:\n  contains: [x]\nfields:\n" + string.Concat(Enumerable.Range(0, 390).Select(i => $"  k{i}: greedy.p{file}_{i}\n")));
        _packs.Refresh();
        Assert.That(_packs.Entries.Count(e => e is { Origin: PackOrigin.Site, State: PackState.InForce }), Is.EqualTo(SitePacks.MostNewNames / 390));
        Assert.That(_packs.Entries.First(e => e.State == PackState.Refused).Problems[0].Reason, Does.Contain("field names"));
    }

    [Test]
    public void The_example_of_the_manual_loads_and_passes_its_own_test()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "Juming.sln"))) root = root.Parent;
        var example = File.ReadLines(Path.Combine(root.FullName, "docs", "parser-packs.md")).Where(l => l.StartsWith("    ", StringComparison.Ordinal)).Select(l => l[4..]);
        var (packs, problems) = _packs.Compile(string.Join('\n', example), trial: true);
        Assert.That(problems.Select(p => $"{p.Line}: {p.Reason}"), Is.Empty);
        Assert.That(packs.Single().Definition.Tests, Has.Count.EqualTo(1));
    }

    private void Write(string name, string yaml)
    {
        File.WriteAllText(Path.Combine(_folder, name), yaml);
        // A stamp of its own for each write, however fast they follow each other.
        File.SetLastWriteTimeUtc(Path.Combine(_folder, name), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(_stamp++));
    }

    private int _stamp;

    private static string Pack(int version, string field) =>
        $"pack: acme-gate\nversion: {version}\nwhen: {{contains: [ACME-GATE]}}\nparse:\n  - {{kind: dissect, pattern: 'who={{who}}'}}\nfields: {{who: {field}}}\n";

    private (string? Parser, string? User) Read(string line)
    {
        var batch = new EventBatch(1);
        _normalizer.Normalize(batch, Encoding.UTF8.GetBytes(line), new LineContext { Received = 1_793_491_200_000_000, Source = new SourceMemory() });
        return (batch.Text(0, Field.JmParser), batch.Text(0, Field.UserName));
    }

    private static TestCaseData Case(string name, byte[] content, string reason) => new TestCaseData(content, reason).SetArgDisplayNames(name);
}
