using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel;
using Juming.Site.ThreatIntel.Hits;
using Juming.Site.ThreatIntel.InForce;
using Juming.Site.ThreatIntel.Sets;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Juming.Site.Tests.ThreatIntel.IntelSite;

namespace Juming.Site.Tests.ThreatIntel;

/// <summary>An indicator ends at the site at its own instant, without a word from above.</summary>
[Category("C1.3")]
[NonParallelizable]
internal sealed class ExpiryTests
{
    private readonly ShiftedClock _clock = new();
    private string _folder = null!;
    private IntelSite _site = null!;

    [SetUp]
    public async Task Start()
    {
        _clock.Shift = TimeSpan.Zero;
        _folder = Directory.CreateTempSubdirectory("juming-expiry-").FullName;
        _site = await IntelSite.Start(_folder, services: s => s.AddSingleton<TimeProvider>(_clock));
    }

    [TearDown]
    public async Task Stop()
    {
        await _site.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    [Test]
    public async Task What_has_ended_makes_no_alert_and_leaves_the_counts_be_it_of_the_set_or_above_it()
    {
        var now = _clock.GetUtcNow();
        IndicatorEntry Ends(string name, double hours) => Entry(IndicatorKind.Domain, name) with { ValidUntil = now.AddHours(hours), Tlp = SharingLimit.Green };
        await _site.Set.Replace(10, Stream(Ends("soon.example", 2), Ends("later.example", 30 * 24 * 3), Entry(IndicatorKind.Domain, "ever.example")), default);
        await _site.Set.Change(11, [Ends("above.example", 2), Ends("stays.example", 48)], [], default);
        Assert.That(await Counts(), Is.EqualTo((3L, 2)));
        await Log("soon.example", "above.example");
        Assert.That(await _site.Alerts(2), Has.Count.EqualTo(2));
        ListHits asked = new() { Text = "t1071" };
        for (var i = 0; i < 200 && (await _site.Tier.Send(asked)).Value.Total < 2; i++) await Task.Delay(50);
        var hit = (await _site.Tier.Send(asked)).Value.Items.Single(h => h.Value == "soon.example");
        Assert.That((hit.Techniques, hit.Tlp, hit.Threat), Is.EqualTo((new[] { "T1071.001" }, (SharingLimit?)SharingLimit.Green, "TestLoader")));
        Assert.That((hit.Until!.Value - now.AddHours(2)).Duration(), Is.LessThan(TimeSpan.FromMinutes(1)));
        _clock.Shift = TimeSpan.FromHours(3.1);
        Assert.That(await Counts(), Is.EqualTo((2L, 1)));
        Assert.That((await _site.Tier.Send(new LookUp("soon.example"))).Value.Found.Single().Verdict, Is.EqualTo("ended"));
        await Log("soon.example", "above.example", "ever.example", "stays.example");
        var all = await _site.Alerts(4);
        Assert.That(all.Select(a => (a.Alert.Matched["value"], a.Alert.Count)), Is.EquivalentTo(new[] { ("soon.example", 1L), ("above.example", 1L), ("ever.example", 1L), ("stays.example", 1L) }));
        // Changes that become part of the set keep their ends, and so does a restart.
        await ((IndicatorSet)_site.Set).Fold(default);
        Assert.That(await Counts(), Is.EqualTo((3L, 0)));
        await _site.DisposeAsync();
        _site = await IntelSite.Start(_folder, services: s => s.AddSingleton<TimeProvider>(_clock));
        Assert.That(await Counts(), Is.EqualTo((3L, 0)));
        _clock.Shift = TimeSpan.FromHours(50);
        Assert.That(await Counts(), Is.EqualTo((2L, 0)));
        _clock.Shift = TimeSpan.FromDays(92);
        Assert.That(await Counts(), Is.EqualTo((1L, 0)), "far ends are counted by the day");
    }

    [Test]
    public async Task Techniques_that_are_none_are_left_out_and_names_are_one_bounded_line()
    {
        var entry = Entry(IndicatorKind.Domain, "hostile.example") with { Threat = "Evil\r\n<script>\u0000" + new string('x', 500), Techniques = ["T1071.001", "T10711", "<b>", "T1071.01", "t1071", "T1486"] };
        await _site.Set.Replace(10, Stream(entry), default);
        var found = (await _site.Tier.Send(new LookUp("hostile.example"))).Value.Found.Single();
        Assert.That(found.Techniques, Is.EqualTo(new[] { "T1071.001", "T1486" }));
        Assert.That((found.Threat.Length, found.Threat.Any(char.IsControl)), Is.EqualTo((120, false)));
    }

    private async Task Log(params string[] names) => await _site.Log(names.Select(n => Event(("@timestamp", _clock.GetUtcNow().ToString("O")), ("source.ip", "10.9.7.1"), ("dns.question.name", n))));

    private async Task<(long Domains, int Added)> Counts()
    {
        var cloud = (await _site.Tier.Send(new GetInForce())).Value.Cloud;
        return (cloud.Kinds.GetValueOrDefault(IndicatorKind.Domain), cloud.Added);
    }
}
