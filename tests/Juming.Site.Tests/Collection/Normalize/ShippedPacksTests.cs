using Juming.Site.Collection.Packs;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

[Category("S2")]
public sealed class ShippedPacksTests
{
    private static IEnumerable<TestCaseData> Packs() => PackSet.BuiltIn.Packs.Select(p => new TestCaseData(p).SetArgDisplayNames(p.Name));

    [TestCaseSource(nameof(Packs))]
    public void A_shipped_pack_passes_its_own_tests(object pack) =>
        Assert.That(((ParserPack)pack).RunTests().Select(p => $"{p.Line}: {p.Reason}"), Is.Empty);

    [TestCaseSource(nameof(Packs))]
    public void A_shipped_pack_has_tests(object pack) => Assert.That(((ParserPack)pack).Definition.Tests, Is.Not.Empty);

    [TestCaseSource(nameof(Packs))]
    public void A_shipped_packs_line_is_taken_by_it_among_all_packs(object pack)
    {
        var shipped = (ParserPack)pack;
        var taker = shipped.Definition.Tests.Select(t => TakerOf(t.Line)).ToList();
        Assert.That(taker, Is.All.EqualTo(shipped.Name));
    }

    [TestCaseSource(nameof(Packs))]
    public void A_shipped_pack_survives_being_written_as_yaml(object pack)
    {
        var shipped = (ParserPack)pack;
        var (again, problems) = ParserPack.Load(shipped.ToYaml());
        Assert.That(problems.Select(p => $"{p.Line}: {p.Reason}"), Is.Empty);
        Assert.That(again!.ToYaml(), Is.EqualTo(shipped.ToYaml()));
    }

    [Test]
    public void Names_of_shipped_packs_are_unique() => Assert.That(PackSet.BuiltIn.Packs.Select(p => p.Name), Is.Unique);

    private static string? TakerOf(string line)
    {
        var batch = new Juming.Site.Events.EventBatch(1);
        new Juming.Site.Collection.Pipeline.LineNormalizer().Normalize(batch, System.Text.Encoding.UTF8.GetBytes(line), new Juming.Site.Events.LineContext { Received = 1_780_000_000_000_000, Source = new Juming.Site.Events.SourceMemory() });
        return batch.Text(0, Juming.Site.Events.Field.JmParser);
    }
}
