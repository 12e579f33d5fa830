using Juming.Site.Collection.Packs;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

[Category("S2")]
public sealed class HostilePacksTests
{
    private static IEnumerable<TestCaseData> Broken()
    {
        yield return Case("anchors that multiply", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "anchors");
        yield return Case("ten megabytes", "pack: x\n# " + new string('x', 10 * 1024 * 1024), 1, "at most");
        yield return Case("deep nesting", "pack: " + new string('[', 5000) + new string(']', 5000), 1, "");
        yield return Case("many nodes", "pack: [" + string.Join(",", Enumerable.Repeat("a", 30_000)) + "]", 1, "more than");
        yield return Case("a list in place of a pack", "- a\n- b\n", 1, "mapping");
        yield return Case("a list in place of a name", "pack: [a]\nwhen:\n  contains: [x]\n", 1, "must be text");
        yield return Case("a key nobody knows", "pack: x\nwhen:\n  contains: [x]\nshell: rm\n", 4, "has no 'shell'");
        yield return Case("a version that is no number", "pack: x\nversion: newest\nwhen:\n  contains: [x]\n", 2, "whole number");
        yield return Case("no condition", "pack: x\n", 1, "which lines it takes");
        yield return Case("text that is not YAML", "pack: 'x\n", 1, "");
        yield return Case("nothing", "", 1, "no pack");
        yield return Case("a pattern that is none", "pack: x\nwhen:\n  contains: [x]\nparse:\n  - kind: regex\n    pattern: '(?<a'\n", 1, "");
        yield return Case("a test that fails", "pack: x\nwhen:\n  contains: [x]\ntests:\n  - line: 'xx'\n    expect: {user.name: lina}\n", 5, "expected 'lina'");
    }

    [TestCaseSource(nameof(Broken))]
    [CancelAfter(10_000)]
    public void A_broken_pack_is_refused_with_line_and_reason(string yaml, int line, string reason)
    {
        var (pack, problems) = ParserPack.Load(yaml);
        Assert.That(pack, Is.Null);
        Assert.That(problems, Is.Not.Empty);
        Assert.That(problems[0].Line, Is.GreaterThanOrEqualTo(line).And.LessThan(line + 8));
        Assert.That(problems[0].Reason, Is.Not.Empty.And.Contains(reason));
    }

    [Test]
    public void A_pack_of_the_same_name_replaces_the_old_version()
    {
        PackSet With(PackSet set, int version) => set.With(ParserPack.Load($"pack: acme\nversion: {version}\nwhen:\n  contains: [acme]\n").Pack!);
        var set = With(With(PackSet.BuiltIn, 1), 2);
        Assert.That(set.Packs.Single(p => p.Name == "acme").Definition.Version, Is.EqualTo(2));
        Assert.That(set.Without("acme").Packs, Has.Count.EqualTo(PackSet.BuiltIn.Packs.Count));
    }

    private static TestCaseData Case(string name, string yaml, int line, string reason) => new TestCaseData(yaml, line, reason).SetArgDisplayNames(name);
}
