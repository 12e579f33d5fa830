using System.Text;
using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Library.Packs;
using Juming.Platform.Links;
using Juming.Platform.Links.Egress.Policy;
using Juming.Platform.Links.Join;
using Juming.Site.Deliveries.Packs;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>Whoever publishes a pack sees at how many sites it stands how; the operator sees at which.</summary>
[Category("C4.1")]
internal sealed class StandingTests
{
    private static ThreeTiers Tiers => Joined.Tiers;

    [Test]
    public async Task A_library_counts_sites_that_wait_took_it_turned_it_down_and_went_back()
    {
        await Publish("counted-rules", 1);
        await OperatorSees("rules/counted-rules/1", PackCounts.None with { InForce = 1 });
        await Publish("counted-rules", 2);
        await OperatorSees("rules/counted-rules/2", PackCounts.None with { InForce = 1 });
        await OperatorSees("rules/counted-rules/1", PackCounts.None with { Replaced = 1 });
        var two = (await Tiers.Site.Send(new ListDeliveries { Take = 200 })).Value.Items.Single(p => p.Name == "counted-rules" && p.Version == 2);
        Assert.That((await Tiers.Site.Send(new RollBackDelivery(two.Id, "floods 10.1.2.3"))).Error, Is.Null);
        await OperatorSees("rules/counted-rules/2", PackCounts.None with { RolledBack = 1 });
        await OperatorSees("rules/counted-rules/1", PackCounts.None with { InForce = 1 });
        var sites = (await Tiers.Operator.Send(new ListPackSites("rules/counted-rules/2"))).Value;
        Assert.That(sites.Items.Single() is { Name: "Customer · hq", Sites.RolledBack: 1, At: not null }, sites.Items[0].ToString());
        await ThreeTiers.Run(Tiers.Operator, "library-tally");
        await ThreeTiers.Until(async () => await At(Tiers.Cloud, "rules/counted-rules/2") is { RolledBack: 1, Offered: 1 } && await At(Tiers.Cloud, "rules/counted-rules/1") is { InForce: 1 }, "the cloud has the operator's counts");
        Assert.That((await Tiers.Cloud.Send(new ListPackSites("rules/counted-rules/2"))).Value.Items.Single() is { Name: "Relay", At: null });
        Assert.That((await Tiers.Operator.Send(new ListPacks())).Value.Single(p => p.Path == "rules/counted-rules/2").IsOwn, Is.False);
        Assert.That((await Tiers.Operator.Send(new WithdrawPack("rules/counted-rules/2", "not mine"))).Error?.Code, Is.EqualTo("library.no-such-pack"));
    }

    [Test]
    public async Task The_operator_is_told_which_indicators_are_in_force_at_a_site()
    {
        // How a site stands is told once a minute.
        await ThreeTiers.Until(async () => await FiguresAtOperator() is { IntelIndicators: > 0, IntelVersion: > 0, DiskUsedPercent: > 0 }, "how the site stands is told, its indicators with it", 90);
        Assert.That((await FiguresAtOperator())!.IntelVersion, Is.LessThanOrEqualTo(Tiers.Indicators.Version));
    }

    [Test]
    public async Task The_operator_sees_how_many_vulnerabilities_concern_a_site_and_which_only_by_the_customers_leave()
    {
        var counts = new ImpactCounts { KnownAt = 1_790_000_000_000_000, OpenCritical = 3, OpenHigh = 5, OpenUnrated = 1, OpenExploited = 2, AssetsAffected = 40, AssetsExploited = 7 };
        var named = new ImpactByVulnerability { KnownAt = counts.KnownAt };
        named.Cves.AddRange(["CVE-2031-0001", "CVE-2031-0002"]);
        named.CveAssetsAffected.AddRange([7u, 33u]);
        // One short: of the second nothing is known.
        named.CveAssetsRemediated.Add(2);
        Assert.That(await Tell(counts), Is.EqualTo(EgressOutcome.Sent));
        Assert.That(await Tell(named), Is.Not.EqualTo(EgressOutcome.Sent), "counts alone, as long as the customer chose no more");
        SiteImpact? told = null;
        await ThreeTiers.Until(async () => (told = await ImpactAtOperator()) is { Exploited: 2 }, "the counts are at the operator");
        Assert.Multiple(() =>
        {
            Assert.That((told!.Critical, told.High, told.Medium, told.Unrated, told.Assets, told.AssetsExploited), Is.EqualTo((3L, 5L, 0L, 1L, 40L, 7L)));
            Assert.That(told!.KnownAt, Is.EqualTo(DateTimeOffset.UnixEpoch.AddMicroseconds(counts.KnownAt)));
            Assert.That(told!.Named, Is.Empty);
        });
        Assert.That((await Tiers.Site.Send(new ChoosePolicy(2))).Error, Is.Null);
        try
        {
            Assert.That(await Tell(named), Is.EqualTo(EgressOutcome.Sent));
            await ThreeTiers.Until(async () => (told = await ImpactAtOperator())!.Named.Count > 0, "single vulnerabilities are there");
            Assert.That(told!.Named, Is.EqualTo(new[] { new SiteVulnerability("CVE-2031-0001", 7, 2) }));
        }
        finally
        {
            await Tiers.Site.Send(new ChoosePolicy(1));
        }
    }

    private static async Task<EgressOutcome> Tell(IMessage message)
    {
        await using var scope = Tiers.Site.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IEgress>().Send(message, default)).Outcome;
    }

    private static async Task<SiteImpact?> ImpactAtOperator()
    {
        var site = (await Tiers.Operator.Send(new ListSites())).Value.Items.Single(s => s.Name == "hq");
        return (await Tiers.Operator.Send(new GetSite(site.CustomerId, site.Id))).Value.Impact;
    }

    [Test]
    public async Task A_figure_that_may_not_leave_does_not_silence_the_others()
    {
        await using var upper = await Juming.Testing.RunningTier.Start("operator", settings: new Dictionary<string, string?> { ["Modules:Links:Listen"] = "127.0.0.1:0" });
        await using var lower = await Juming.Testing.RunningTier.Start("site", settings: new Dictionary<string, string?> { ["Modules:Collection:Udp"] = "", ["Modules:Collection:Tcp"] = "" }, services: s => s.AddScoped<IHealthPart, Boaster>());
        var made = (await upper.Send(new MakeSiteToken("Boastful", "hq"))).Value;
        Assert.That((await lower.Send(new JoinUpper(made.Url, new Secret(made.Token)))).Error, Is.Null);
        SiteFigures? told = null;
        await ThreeTiers.Until(async () => (told = (await upper.Send(new ListSites())).Value.Items.SingleOrDefault()?.Figures) is not null, "how the site stands is told", 60);
        Assert.That((told!.Alerts, told.IncidentsOpen), Is.EqualTo((0L, 0L)), "what may not leave did not");
        Assert.That(told.DiskUsedPercent, Is.GreaterThan(0));
    }

    private static async Task<SiteFigures?> FiguresAtOperator() => (await Tiers.Operator.Send(new ListSites())).Value.Items.Single(s => s.Name == "hq").Figures;

    /// <summary>Says of a site what no site can be.</summary>
    private sealed class Boaster : IHealthPart
    {
        public Task Fill(SiteHealth to, CancellationToken ct)
        {
            (to.Alerts, to.IncidentsOpen) = (ulong.MaxValue, uint.MaxValue);
            return Task.CompletedTask;
        }
    }

    [Test]
    public async Task What_a_site_says_of_packs_is_bounded_and_what_none_may_say_is_left_out()
    {
        await using var scope = Tiers.Site.Services.CreateAsyncScope();
        var egress = scope.ServiceProvider.GetRequiredService<IEgress>();
        var id = ByteString.CopyFrom(PackIdentity.Of("rules/never-published/1").ToByteArray(bigEndian: true));
        Assert.That((await egress.Send(new PackStanding { Pack = id, Outcome = (PackOutcome)99, At = 1 }, default)).Outcome, Is.EqualTo(EgressOutcome.Refused));
        Assert.That((await egress.Send(new PackStanding { Pack = ByteString.CopyFromUtf8("10.1.2.3"), Outcome = PackOutcome.InForce }, default)).Outcome, Is.EqualTo(EgressOutcome.Refused));
        Assert.That((await egress.Send(new PackTally { Pack = id, InForce = uint.MaxValue }, default)).Outcome, Is.EqualTo(EgressOutcome.Refused));
        Assert.That((await Tiers.Operator.Send(new ListPackSites(new string('x', 161)))).Error, Is.Not.Null);
    }

    private static async Task Publish(string name, int version) => Assert.That((await Tiers.Cloud.Send(new PublishPack(ContentKinds.Rules, name, version, "Counted", "", 100, Rule(name, version)))).Error, Is.Null);

    private static async Task<PackCounts?> At(Juming.Testing.RunningTier tier, string path) => (await tier.Send(new ListPacks())).Value.FirstOrDefault(p => p.Path == path)?.Sites;

    private static Task OperatorSees(string path, PackCounts counts) => ThreeTiers.Until(async () => await At(Tiers.Operator, path) == counts, $"{path} stands as {counts} at the operator");

    private static byte[] Rule(string name, int version) => Encoding.UTF8.GetBytes($$"""
        title: Counted {{version}}
        id: 5c5c1f6e-52a5-4a6e-9d3b-6f1c2b7f0c01
        status: test
        level: low
        logsource: {product: linux, service: sshd}
        detection:
          selection:
            message|contains: 'standing {{name}}'
          condition: selection
        """);
}
