using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Blocking;
using Juming.Site.Deliveries.Data;
using Juming.Site.Deliveries.Packs;
using Juming.Site.DeviceLinkage.Register;
using Juming.Testing.Content;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>A recipe that was learnt elsewhere comes from the cloud's library and drives a console that this site never explored.</summary>
[Category("C4.1"), Category("Long")]
internal sealed class DeliveredRecipeTests
{
    [Test]
    public async Task A_recipe_of_the_library_drives_a_console_that_this_site_never_explored()
    {
        await using var console = await DeviceFarm.StartOne("layer");
        string learnt;
        await using (var elsewhere = await LinkedSite.Start()) learnt = await elsewhere.Yaml(await elsewhere.Learn(await elsewhere.Add(console)));
        var lines = learnt.Split('\n').Select(l => l.StartsWith("id:", StringComparison.Ordinal) ? "id: travel-layer" : l.StartsWith("vendor:", StringComparison.Ordinal) ? "vendor: Layered" : l.StartsWith("product:", StringComparison.Ordinal) ? "product: L1" : l);
        await using var tiers = await ThreeTiers.Start(siteSettings: new Dictionary<string, string?> { ["Modules:Linkage:AllowThisMachine"] = "true", ["Modules:Linkage:RunSeconds"] = "60" });
        var account = console.Accounts[0];
        var device = (await tiers.Site.Send(new AddDevice("Layered", console.Address.ToString(), account.User, new Secret(account.Password), "王主任", "2026-2") { Vendor = "Layered", Model = "L1", Seed = new Secret(account.TotpSeed ?? "") })).Value;
        await tiers.Publish("recipes", "travel-layer", 1, "Layered gate", Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        var waiting = await Until(tiers, PackState.Waiting);
        Assert.That((await tiers.Site.Send(new DecideDelivery(waiting.Id, true, waiting.Sha256, "looked at every step"))).Error, Is.Null);
        await Until(tiers, PackState.InForce);
        await using var scope = tiers.Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        var done = await scope.ServiceProvider.GetServices<IBlockExecutor>().Single(b => b.GetType().Name == "ConsoleExecutor").Block(LinkedSite.Order(device, "203.0.113.201", null), CancellationToken.None);
        Assert.That((done.Reading, done.Failure, done.Changed), Is.EqualTo((BlockReading.Present, (string?)null, (bool?)true)));
        Assert.That(console.TruthLog.Of("block").Count(t => t.Target == "203.0.113.201"), Is.EqualTo(1));
    }

    private static async Task<DeliveryView> Until(ThreeTiers tiers, PackState state)
    {
        DeliveryView? found = null;
        await ThreeTiers.Until(async () => (found = (await tiers.Site.Send(new ListDeliveries())).Value.Items.FirstOrDefault(p => p.Name == "travel-layer"))?.State == state, $"the recipe is {state}");
        return found!;
    }
}
