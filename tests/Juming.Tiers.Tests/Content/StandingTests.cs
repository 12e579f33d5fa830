using System.Text;
using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Content;
using Juming.Platform.Library.Packs;
using Juming.Platform.Links;
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
