using System.Net;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Juming.Site.Tests.Detection.StarterPack;

public sealed class PackShapeTests
{
    private static IReadOnlyList<PackDocument> Documents => PackDocument.All;

    [Test]
    public void The_pack_has_at_least_95_rules() => Assert.That(Documents, Has.Count.GreaterThanOrEqualTo(95));

    [Test]
    public void Ids_and_names_are_unique()
    {
        Assert.That(Documents.Select(d => d.Id), Is.Unique);
        Assert.That(Documents.Select(d => d.Text("name")).Where(n => n.Length > 0), Is.Unique);
    }

    [TestCaseSource(nameof(Documents))]
    public void A_rule_says_everything_that_a_reader_needs(PackDocument document)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Guid.TryParse(document.Id, out _), "id");
            Assert.That(document.Title, Has.Length.InRange(8, 120), "title");
            Assert.That(document.Map("titles")?.Children.ContainsKey("zh"), Is.True, "titles.zh");
            Assert.That(document.Text("description"), Has.Length.GreaterThan(20), "description");
            Assert.That(document.Map("advice")?.Children.ContainsKey("zh"), Is.True, "advice.zh");
            Assert.That(document.Map("advice")?.Children.ContainsKey("en"), Is.True, "advice.en");
            Assert.That(document.Level, Is.AnyOf("informational", "low", "medium", "high", "critical"));
            Assert.That(document.List("tags"), Has.Some.Matches<string>(t => Regex.IsMatch(t, @"^attack\.t[0-9]{4}(\.[0-9]{3})?$")), "technique");
            Assert.That(document.List("tags"), Has.Some.Matches<string>(t => Regex.IsMatch(t, @"^attack\.[a-z]+(_[a-z]+)*$")), "tactic");
            Assert.That(document.List("falsepositives"), Is.Not.Empty, "falsepositives");
            Assert.That(document.IsCorrelation || (document.Map("logsource") is not null && document.Map("detection") is not null), "detection");
        }
    }

    [TestCaseSource(nameof(Documents))]
    public void A_rule_has_a_sample_that_matches_and_one_that_does_not(PackDocument document)
    {
        Assert.That(document.Samples, Has.Some.Matches<PackSample>(s => s.Match));
        Assert.That(document.Samples, Has.Some.Matches<PackSample>(s => !s.Match));
        Assert.That(document.Samples.SelectMany(s => s.Lines), Has.None.Empty);
    }

    [TestCaseSource(nameof(Documents))]
    public void Addresses_in_samples_belong_to_nobody(PackDocument document)
    {
        var addresses = document.Samples.SelectMany(s => s.Lines).SelectMany(l => Regex.Matches(l, @"(?<![\d.\w-])\d{1,3}(\.\d{1,3}){3}(?![\d.\w])").Select(m => m.Value));
        Assert.That(addresses.Where(a => IPAddress.TryParse(a, out var ip) && !BelongsToNobody(ip)).Distinct(), Is.Empty);
    }

    [Test]
    public void A_building_block_is_used_by_a_correlation()
    {
        var used = Documents.Where(d => d.IsCorrelation)
            .SelectMany(d => ((YamlDotNet.RepresentationModel.YamlSequenceNode)d.Map("correlation")!.Children["rules"]).Select(r => r.ToString())).ToHashSet();
        Assert.That(Documents.Where(d => d.Level == "informational" && !used.Contains(d.Text("name"))).Select(d => d.Title), Is.Empty);
        Assert.That(used.Except(Documents.Select(d => d.Text("name"))), Is.Empty);
    }

    private static bool BelongsToNobody(IPAddress address)
    {
        var b = address.GetAddressBytes();
        return b is [10, ..] or [127, ..] or [0, ..] or [192, 168, ..] or [192, 0, 2, _] or [198, 51, 100, _] or [203, 0, 113, _] or [255, ..] || (b[0] == 172 && b[1] is >= 16 and < 32);
    }
}
