using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel;
using Juming.Site.ThreatIntel.InForce;
using Juming.Site.ThreatIntel.Sets;
using NUnit.Framework;
using static Juming.Site.Tests.ThreatIntel.IntelSite;

namespace Juming.Site.Tests.ThreatIntel;

/// <summary>Sets and changes at a site: what is in force after each step, a restart and a roll-back.</summary>
[Category("C1.3")]
internal abstract class SetCases
{
    private string _folder = null!;
    private Dictionary<string, string?> _settings = null!;
    private IntelSite _site = null!;

    /// <summary>Settings of an empty database.</summary>
    protected abstract Task<Dictionary<string, string?>> Database();

    [SetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("juming-set-").FullName;
        _settings = await Database();
        _site = await IntelSite.Start(_folder, _settings);
    }

    [TearDown]
    public async Task Stop()
    {
        await _site.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    private async Task Restart()
    {
        await _site.DisposeAsync();
        _site = await IntelSite.Start(_folder, _settings);
    }

    private async Task<string[]> Met(string value) => [.. (await _site.Tier.Send(new LookUp(value))).Value.Found.Select(f => f.Value)];

    private static IndicatorEntry Domain(string name) => Entry(IndicatorKind.Domain, name);

    [Test]
    public async Task Sets_changes_folds_and_roll_backs_survive_a_restart()
    {
        var (a, b, c, d) = (Domain("a.example"), Domain("b.example"), Domain("c.example"), Domain("d.example"));
        Assert.That((await _site.Set.Replace(10, Stream(a, b), default)).Value, Is.EqualTo(new IndicatorDelivery(10, 2, 0)));
        Assert.That((await _site.Set.Change(11, [c], [a.Id], default)).Value.Version, Is.EqualTo(11));
        Assert.That((await _site.Set.Change(11, [d], [], default)).Value.Version, Is.EqualTo(11), "a version that is there changes nothing");
        await Restart();
        Assert.That(_site.Set.Version, Is.EqualTo(11));
        Assert.That((await Met("a.example"), await Met("b.example"), await Met("x.c.example"), await Met("d.example")), Is.EqualTo((Array.Empty<string>(), new[] { "b.example" }, new[] { "c.example" }, Array.Empty<string>())));
        await ((IndicatorSet)_site.Set).Fold(default);
        await Restart();
        Assert.That((_site.Set.Version, (await _site.Tier.Send(new GetInForce())).Value.Cloud.Added), Is.EqualTo((11L, 0)));
        Assert.That((await Met("a.example"), await Met("c.example")), Is.EqualTo((Array.Empty<string>(), new[] { "c.example" })));
        Assert.That((await _site.Set.Replace(9, Stream(a), default)).Error?.Code, Is.EqualTo("intel.older-set"));
        Assert.That((await _site.Set.Replace(20, Stream(d), default)).Value.InForce, Is.EqualTo(1));
        Assert.That((await Met("d.example"), await Met("c.example")), Is.EqualTo((new[] { "d.example" }, Array.Empty<string>())));
        Assert.That((await _site.Set.RollBack(default)).Value.Version, Is.EqualTo(11));
        await Restart();
        Assert.That((_site.Set.Version, _site.Set.WantsSetAfter), Is.EqualTo((11L, (long?)20)));
        Assert.That((await Met("d.example"), await Met("c.example")), Is.EqualTo((Array.Empty<string>(), new[] { "c.example" })));
        Assert.That((await _site.Set.Change(21, [d], [], default)).Error?.Code, Is.EqualTo("intel.rolled-back"), "what lies between is not there");
        Assert.That((await _site.Set.Replace(20, Stream(d), default)).Error?.Code, Is.EqualTo("intel.rolled-back"));
        Assert.That((await _site.Set.Replace(21, Stream(d), default)).Value.Version, Is.EqualTo(21));
        Assert.That(_site.Set.WantsSetAfter, Is.Null);
    }
}
