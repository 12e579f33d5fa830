using System.Text;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Library.Packs;
using Juming.Site.Deliveries.Data;
using Juming.Site.Deliveries.Packs;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Juming.Site.DeviceLinkage.Register;
using Juming.Site.Events;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>Parser packs and recipes on their way from the library into use, and back.</summary>
[Category("C4.1")]
internal sealed class DrivingPackTests
{
    private static ThreeTiers Tiers => Joined.Tiers;

    [Test]
    public async Task A_parser_pack_parses_the_next_line_and_the_version_before_does_so_again_when_it_is_taken_back()
    {
        await Publish(ContentKinds.Parsers, "acme-travel", 1, Parser(1, "user.name"));
        await Until("acme-travel", 1, PackState.InForce);
        Assert.That(await Parsed("lina"), Is.EqualTo("user.name"));
        await Publish(ContentKinds.Parsers, "acme-travel", 2, Parser(2, "user.target.name"));
        await Until("acme-travel", 2, PackState.InForce);
        Assert.That(await Parsed("wei"), Is.EqualTo("user.target.name"));
        Assert.That((await Tiers.Cloud.Send(new WithdrawPack("parsers/acme-travel/2", "wrong field"))).Error, Is.Null);
        await Until("acme-travel", 1, PackState.InForce);
        Assert.That(await Parsed("hong"), Is.EqualTo("user.name"));
        await Publish(ContentKinds.Parsers, "acme-travel", 3, Parser(3, "user.target.name"));
        var three = await Until("acme-travel", 3, PackState.InForce);
        Assert.That((await Tiers.Site.Send(new RollBackDelivery(three.Id, "our field is the other"))).Error, Is.Null);
        await Until("acme-travel", 1, PackState.InForce);
        Assert.That(await Parsed("ming"), Is.EqualTo("user.name"));
        Assert.That((await Tiers.Cloud.Send(new WithdrawPack("parsers/acme-travel/1", "all of it"))).Error, Is.Null);
        await Until("acme-travel", 1, PackState.Withdrawn);
        Assert.That(await Parsed("jun"), Is.Null);
    }

    [Test]
    public async Task A_recipe_waits_for_consent_is_offered_for_its_devices_and_goes_back_to_the_version_before()
    {
        var device = (await Tiers.Site.Send(new AddDevice("Travel gate", "https://127.0.0.1:9", "admin", new Secret("x"), "王主任", "2026-1") { Vendor = "Travel", Model = "TG-1" })).Value;
        await Publish(ContentKinds.Recipes, "travel-block", 1, Recipe("travel-block", "新增"));
        var one = await Until("travel-block", 1, PackState.Waiting);
        Assert.That(await Offered(device), Is.Empty, "nothing acts before somebody agreed");
        var changes = (await Tiers.Site.Send(new CompareDelivery(one.Id))).Value;
        Assert.That((changes.Problem, changes.Changes.Any(c => c.After.Contains("capability: block-ip", StringComparison.Ordinal))), Is.EqualTo(((Error?)null, true)));
        await Agree(one);
        Assert.That(await Offered(device), Is.EqualTo(new[] { "block-ip" }));
        Assert.That(await InUse("travel-block"), Does.Contain("新增"));
        await Publish(ContentKinds.Recipes, "travel-block", 2, Recipe("travel-block", "创建"));
        var two = await Until("travel-block", 2, PackState.Waiting);
        Assert.That(await InUse("travel-block"), Does.Contain("新增"), "the one that was agreed to goes on");
        Assert.That((await Tiers.Site.Send(new CompareDelivery(two.Id))).Value.Changes, Has.Count.EqualTo(2));
        await Agree(two);
        Assert.That(await InUse("travel-block"), Does.Contain("创建"));
        Assert.That((await Tiers.Site.Send(new RollBackDelivery(two.Id, "our console says it otherwise"))).Error, Is.Null);
        await Until("travel-block", 1, PackState.InForce);
        Assert.That(await InUse("travel-block"), Does.Contain("新增"));
        Assert.That((await Tiers.Cloud.Send(new WithdrawPack("recipes/travel-block/1", "unsafe"))).Error, Is.Null);
        await Until("travel-block", 1, PackState.Withdrawn);
        Assert.That(await Offered(device), Is.Empty);
        await Publish(ContentKinds.Recipes, "travel-broken", 1, "id: travel-broken\nsteps: [{eval: 1}]"u8.ToArray());
        var broken = await Until("travel-broken", 1, PackState.Waiting);
        Assert.That((await Tiers.Site.Send(new CompareDelivery(broken.Id))).Value.Problem?.Code, Is.EqualTo("linkage.recipe-faulty"));
        Assert.That((await Tiers.Site.Send(new DecideDelivery(broken.Id, true, broken.Sha256, ""))).Error, Is.Null);
        Assert.That((await Until("travel-broken", 1, PackState.Failed)).Problem, Is.Not.Null);
    }

    private static async Task Agree(DeliveryView waiting)
    {
        Assert.That((await Tiers.Site.Send(new DecideDelivery(waiting.Id, true, waiting.Sha256, "looks right"))).Error, Is.Null);
        await Until(waiting.Name, waiting.Version, PackState.InForce);
    }

    private static async Task<IReadOnlyList<string>> Offered(Guid device) => (await Tiers.Site.Send(new GetDevice(device))).Value.Capabilities;

    private static async Task<string?> InUse(string name)
    {
        var rows = (await Tiers.Site.Send(new ListRecipes { State = RecipeState.Approved, Take = 200 })).Value.Items.Where(r => r.Name == name).ToList();
        return rows.Count == 0 ? null : (await Tiers.Site.Send(new GetRecipe(rows.Single().Id))).Value.Yaml;
    }

    /// <summary>The field that holds the name in the line once it is stored; null when no pack knew it.</summary>
    private static async Task<string?> Parsed(string name)
    {
        await Joined.Log($"<134>Nov 28 12:00:00 gate travel[7]: ACME-TRAVEL who={name}");
        EventView? stored = null;
        await ThreeTiers.Until(async () => (stored = await Find($"\"{name}\"")) is not null, "the line is stored");
        return stored!.Fields.GetValueOrDefault("observer.product") == "travel" ? stored.Fields.First(f => f.Value == name && f.Key.StartsWith("user.", StringComparison.Ordinal)).Key : null;
    }

    private static async Task<EventView?> Find(string query)
    {
        await foreach (var chunk in Tiers.Site.Services.GetRequiredService<ISearch>().Search(new SearchRequest(query, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), 1), CancellationToken.None))
            if (chunk.Events.Count > 0) return chunk.Events[0];
        return null;
    }

    private static async Task Publish(string kind, string name, int version, byte[] content) => Assert.That((await Tiers.Cloud.Send(new PublishPack(kind, name, version, "Title of " + name, "", 100, content))).Error, Is.Null);

    private static async Task<DeliveryView> Until(string name, int version, PackState state)
    {
        DeliveryView? found = null;
        await ThreeTiers.Until(async () => (found = (await Tiers.Site.Send(new ListDeliveries { Take = 200 })).Value.Items.FirstOrDefault(p => p.Name == name && p.Version == version))?.State == state, $"{name} v{version} is {state}");
        return found!;
    }

    private static byte[] Parser(int version, string field) => Encoding.UTF8.GetBytes($$$"""
        pack: acme-travel
        version: {{{version}}}
        vendor: acme
        product: travel
        category: iam
        when:
          contains: ['ACME-TRAVEL']
        parse:
          - kind: kv
        fields:
          who: {{{field}}}
        tests:
          - line: '<134>Nov 28 12:00:00 gate travel[7]: ACME-TRAVEL who=lina'
            expect: {{{{field}}}: lina}
        """);

    private static byte[] Recipe(string id, string button) => Encoding.UTF8.GetBytes("""
        apiVersion: juming/recipe.v1
        id: THE-ID
        name: {zh: 封禁IP, en: Block IP}
        vendor: Travel
        product: TG-1
        capability: block-ip
        kind: mutate
        inputs:
          ip: {type: ip, required: true}
        limits: {min_interval: 2s, max_run: 120s, concurrency: 1}
        safety: {protected_check: ip, dry_run_stop: submit}
        steps:
          - {id: nav1, click: {role: menuitem, name: [安全防护]}}
          - {id: add, click: {role: button, name: [THE-BUTTON]}}
          - {id: f1, fill: {label: [IP地址], value: "${ip}"}}
          - {id: ok, submit: {click: {role: button, name: [确定]}}}
          - {id: result, assert: {text: [添加成功], within: 10s}}
        verify:
          - open: {ref: nav1}
          - table.find: {row: {IP地址: "${ip}"}}
            save: v
          - assert: {expr: "${v.found}"}
        rollback:
          steps:
            - open: {ref: nav1}
            - table.find: {row: {IP地址: "${ip}"}}
              save: r
            - if: "${r.found}"
              then:
                - {dialog: {accept: true, expect: [确认], arm: true}}
                - {click: {in: "${r.row}", role: button, name: [删除]}}
            - assert: {not_row: {IP地址: "${ip}"}}
        """.Replace("THE-ID", id, StringComparison.Ordinal).Replace("THE-BUTTON", button, StringComparison.Ordinal));
}
