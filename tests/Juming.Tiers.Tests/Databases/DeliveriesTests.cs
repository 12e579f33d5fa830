using System.Text;
using Juming.Cloud.ThreatIntel;
using Juming.Cloud.ThreatIntel.Indicators;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Contracts.Indicators;
using Juming.Platform.Content;
using Juming.Platform.Library.Packs;
using Juming.Site.Deliveries.Data;
using Juming.Site.Deliveries.Packs;
using Juming.Site.ThreatIntel.InForce;
using Juming.Testing.Content;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>What the cloud publishes comes in force at a site, all three on PostgreSQL; on SQLite the tests of content show it.</summary>
[Category("C4.1")]
internal sealed class DeliveriesTests
{
    [Test]
    public async Task Indicators_with_their_facts_and_packs_come_go_back_and_are_told_of_on_PostgreSQL()
    {
        await using var tiers = await ThreeTiers.Start(await TestDatabases.MakeFor("cloud", TestDatabases.Postgres), await TestDatabases.Make(TestDatabases.Postgres), await TestDatabases.MakeFor("operator", TestDatabases.Postgres));
        var entered = await tiers.Cloud.Send(new AddIndicators { Text = "pg.badly-kept.net", Threat = ThreatKind.C2, Confidence = 95, Family = "Emotet", Techniques = "T1105" });
        Assert.That(entered.Error, Is.Null);
        FoundView? found = null;
        await ThreeTiers.Until(async () => (found = (await tiers.Site.Send(new LookUp("pg.badly-kept.net"))).Value.Found.FirstOrDefault()) is not null, "the indicator is in force");
        Assert.That((found!.Threat, found.Techniques), Is.EqualTo(("Emotet", new[] { "T1105" })));
        Assert.That((await tiers.Cloud.Send(new DecideIndicator(IndicatorIds.Of(new(IndicatorKind.Domain, "pg.badly-kept.net")), IndicatorState.FalsePositive, "wrong"))).Error, Is.Null);
        await ThreeTiers.Until(async () => (await tiers.Site.Send(new LookUp("pg.badly-kept.net"))).Value.Found.Count == 0, "it is gone");
        for (var version = 1; version <= 2; version++) await tiers.Publish(ContentKinds.Rules, "pg-rules", version, "Rules", Rule(version));
        await ThreeTiers.Until(async () => (await Pack(tiers, 2))?.State == PackState.InForce, "the second version is in force");
        Assert.That((await tiers.Site.Send(new RollBackDelivery((await Pack(tiers, 2))!.Id, "floods"))).Error, Is.Null);
        await ThreeTiers.Until(async () => (await tiers.Operator.Send(new ListPacks())).Value.FirstOrDefault(p => p.Path == "rules/pg-rules/2")?.Sites.RolledBack == 1, "the operator knows");
        await ThreeTiers.Run(tiers.Operator, "library-tally");
        await ThreeTiers.Until(async () => (await tiers.Cloud.Send(new ListPacks())).Value.First(p => p.Path == "rules/pg-rules/2").Sites.RolledBack == 1, "the cloud knows");
    }

    private static async Task<DeliveryView?> Pack(ThreeTiers tiers, int version) => (await tiers.Site.Send(new ListDeliveries { Take = 200 })).Value.Items.FirstOrDefault(p => p.Version == version);

    private static byte[] Rule(int version) => Encoding.UTF8.GetBytes($$"""
        title: Rule {{version}}
        id: 5c5c1f6e-52a5-4a6e-9d3b-6f1c2b7f0c02
        status: test
        level: low
        logsource: {product: linux, service: sshd}
        detection:
          selection:
            message|contains: 'never'
          condition: selection
        """);
}
