using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Juming.Platform.Access.Audit;
using Juming.Platform.Content;
using Juming.Platform.Content.Root;
using Juming.Platform.Library.Packs;
using Juming.Site.Deliveries.Data;
using Juming.Site.Deliveries.Packs;
using Juming.Site.Detection.Rules;
using Juming.Site.Response.Playbooks;
using Juming.Testing;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>Packs on their way from the library to what they are for, stage by stage, with the site's consent where they act, and back.</summary>
[Category("C4.1")]
internal sealed class PackTests
{
    private static RunningTier Cloud => Joined.Tiers.Cloud;

    private static RunningTier Site => Joined.Tiers.Site;

    [Test]
    public async Task Rules_come_by_themselves_stage_by_stage_and_go_back_when_they_are_taken_back()
    {
        var name = await NameOutsideOf(ContentKinds.Rules, 10);
        await Publish(ContentKinds.Rules, name, 1, Rule(name, "first"), stage: 10);
        await Publish(ContentKinds.Rules, "marker-" + name, 1, Rule("marker-" + name, "marker"));
        await Until("marker-" + name, 1, PackState.InForce);
        Assert.That(Book.Find(IdOf(name)), Is.Null, "this site is not in the first stages");
        Assert.That((await Cloud.Send(new SetPackStage($"rules/{name}/1", 100))).Error, Is.Null);
        await Until(name, 1, PackState.InForce);
        Assert.That(Book.Find(IdOf(name))?.Title, Is.EqualTo("first"));
        await Publish(ContentKinds.Rules, name, 2, Zip(Rule(name, "second")));
        await Until(name, 2, PackState.InForce);
        Assert.That(Book.Find(IdOf(name))?.Title, Is.EqualTo("second"));
        Assert.That((await Cloud.Send(new PublishPack(ContentKinds.Rules, name, 2, "again", "", 100, Rule(name, "other")))).Error?.Code, Is.EqualTo("library.version-taken"));
        Assert.That((await Cloud.Send(new WithdrawPack($"rules/{name}/2", "too many false alarms"))).Error, Is.Null);
        await Until(name, 1, PackState.InForce);
        Assert.That(Book.Find(IdOf(name))?.Title, Is.EqualTo("first"));
        Assert.That((await Cloud.Send(new WithdrawPack($"rules/{name}/1", "all of it"))).Error, Is.Null);
        await Until(name, 1, PackState.Withdrawn);
        Assert.That(Book.Find(IdOf(name)), Is.Null);
        var audit = (await Site.Send(new SearchAudit(null, null, 500, Action: "TakePack"))).Value;
        Assert.That(audit.Count(a => a.Arguments.Contains($"rules/{name}/", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public async Task A_site_goes_back_by_itself_and_stays_there_until_a_newer_one_comes()
    {
        await Publish(ContentKinds.Rules, "back", 1, Rule("back", "one"));
        await Until("back", 1, PackState.InForce);
        await Publish(ContentKinds.Rules, "back", 2, Rule("back", "two"));
        var two = await Until("back", 2, PackState.InForce);
        Assert.That((await Site.Send(new RollBackDelivery(two.Id, "floods us"))).Error, Is.Null);
        await Until("back", 1, PackState.InForce);
        Assert.That((await Find("back", 2))!.State, Is.EqualTo(PackState.RolledBack));
        await Publish(ContentKinds.Rules, "back", 3, Rule("back", "three"));
        await Until("back", 3, PackState.InForce);
        var one = (await Find("back", 1))!;
        Assert.That((await Site.Send(new RollBackDelivery(one.Id, "x"))).Error?.Code, Is.EqualTo("deliveries.not-open"));
    }

    [Test]
    public async Task A_pack_that_is_none_fails_alone_and_says_why()
    {
        await Publish(ContentKinds.Rules, "broken", 1, "title: no rule at all\nid: x: y: z"u8.ToArray());
        await Publish(ContentKinds.Rules, "bomb", 1, Bomb());
        await Publish(ContentKinds.Rules, "climber", 1, Zip(Rule("climber", "up"), "../../climber.yml"));
        await Publish(ContentKinds.Parsers, "no-parser", 1, "pack: another-name\nversion: 1"u8.ToArray());
        foreach (var name in new[] { "broken", "bomb", "climber", "no-parser" })
            Assert.That((await Until(name, 1, PackState.Failed)).Problem, Is.Not.Null, name);
        Assert.That(Directory.EnumerateFiles(Site.Folder, "climber.yml", SearchOption.AllDirectories), Is.Empty);
        await Publish(ContentKinds.Rules, "sound-beside", 1, Rule("sound-beside", "sound"));
        await Until("sound-beside", 1, PackState.InForce);
    }

    [Test]
    public async Task A_playbook_waits_for_consent_shows_its_changes_and_starts_by_nobody()
    {
        var document = Playbook("Block from the library");
        await Publish(ContentKinds.Playbooks, "library-block", 1, document);
        var waiting = await Until("library-block", 1, PackState.Waiting);
        Assert.That((await Site.Send(new ListPlaybooks(null))).Value.Items.Any(p => p.Name == "Block from the library"), Is.False);
        var changes = (await Site.Send(new CompareDelivery(waiting.Id))).Value;
        Assert.That(changes.Problem, Is.Null);
        Assert.That(changes.Changes, Is.Not.Empty);
        Assert.That((await Site.Send(new DecideDelivery(waiting.Id, true, new string('0', 64), ""))).Error?.Code, Is.EqualTo("deliveries.not-open"), "what was looked at is what is agreed to");
        Assert.That((await Site.Send(new DecideDelivery(waiting.Id, true, waiting.Sha256, "looks right"))).Error, Is.Null);
        await Until("library-block", 1, PackState.InForce);
        var playbook = (await Site.Send(new ListPlaybooks(null))).Value.Items.Single(p => p.Name == "Block from the library");
        Assert.That((playbook.Published, playbook.On), Is.EqualTo((1, false)));
        await Publish(ContentKinds.Playbooks, "library-block", 2, Playbook("Block from the library, again"));
        var second = await Until("library-block", 2, PackState.Waiting);
        Assert.That((await Site.Send(new CompareDelivery(second.Id))).Value.Changes.Select(c => c.Part), Does.Contain("name"));
        Assert.That((await Site.Send(new DecideDelivery(second.Id, false, second.Sha256, "not here"))).Error, Is.Null);
        await Until("library-block", 2, PackState.Refused);
        Assert.That((await Find("library-block", 1))!.State, Is.EqualTo(PackState.InForce));
        Assert.That((await Cloud.Send(new WithdrawPack("playbooks/library-block/1", "unsafe"))).Error, Is.Null);
        await Until("library-block", 1, PackState.Withdrawn);
        Assert.That((await Site.Send(new ListPlaybooks(null))).Value.Items.Single(p => p.Id == playbook.Id).Published, Is.Zero, "what its publisher calls unsafe is out of force without a question");
    }

    [Test]
    public async Task An_operator_publishes_its_own_once_the_cloud_lets_it()
    {
        var middle = Joined.Tiers.Operator;
        Assert.That((await middle.Send(new PublishPack(ContentKinds.Rules, "house", 1, "House", "", 100, Rule("house", "of the operator")))).Error?.Code, Is.EqualTo("content.not-delegated"));
        var own = (await middle.Send(new GetOwnKey())).Value;
        Assert.That((await Cloud.Send(new DelegateOperator(own.Id, own.Key[..^4]))).Error?.Code, Is.EqualTo("content.bad-delegation"));
        Assert.That((await Cloud.Send(new DelegateOperator(own.Id, own.Key))).Error, Is.Null);
        await ThreeTiers.Until(async () => (await middle.Send(new GetOwnKey())).Value.IsDelegated, "the delegation came");
        Assert.That((await middle.Send(new PublishPack(ContentKinds.Rules, "house", 1, "House", "", 100, Rule("house", "of the operator")))).Error, Is.Null);
        var row = await Until("house", 1, PackState.InForce);
        Assert.That(row.Operator, Is.EqualTo(own.Id.ToString("N")));
        Assert.That((await Cloud.Send(new DelegateOperator(own.Id, ""))).Error, Is.Null);
        await Until("house", 1, PackState.Withdrawn);
    }

    private static RuleBook Book => Site.Services.GetRequiredService<RuleBook>();

    private static async Task Publish(string kind, string name, int version, byte[] content, int stage = 100)
    {
        var done = await Cloud.Send(new PublishPack(kind, name, version, "Title of " + name, "", stage, content));
        Assert.That(done.Error, Is.Null);
    }

    private static async Task<DeliveryView?> Find(string name, int version) => (await Site.Send(new ListDeliveries { Take = 200 })).Value.Items.FirstOrDefault(p => p.Name == name && p.Version == version);

    private static async Task<DeliveryView> Until(string name, int version, PackState state)
    {
        DeliveryView? found = null;
        await ThreeTiers.Until(async () => (found = await Find(name, version))?.State == state, $"{name} v{version} is {state}");
        return found!;
    }

    /// <summary>A name whose first version this site takes in the last stage only.</summary>
    private static async Task<string> NameOutsideOf(string kind, int stage)
    {
        var self = await Site.Services.GetRequiredService<IContent>().Self(CancellationToken.None);
        return Enumerable.Range(0, 1000).Select(n => "staged-" + n).First(n => PackKeeper.Share(self, $"{kind}/{n}/1") >= stage);
    }

    private static string IdOf(string name) => new Guid(System.Security.Cryptography.MD5.HashData(Encoding.UTF8.GetBytes(name))).ToString();

    private static byte[] Rule(string name, string title) => Encoding.UTF8.GetBytes($$"""
        title: {{title}}
        id: {{IdOf(name)}}
        status: test
        level: low
        logsource: {product: linux, service: sshd}
        detection:
          selection:
            message|contains: 'library {{name}}'
          condition: selection
        """);

    private static byte[] Zip(byte[] content, string name = "rule.yml")
    {
        using var to = new MemoryStream();
        using (var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry(name).Open())
            entry.Write(content);
        return to.ToArray();
    }

    private static byte[] Bomb() => Zip(new byte[64 * 1024 * 1024]);

    private static byte[] Playbook(string name)
    {
        var playbook = JsonNode.Parse(Juming.Site.Response.Ready.ReadyPlaybooks.Read("port-scan")!)!;
        playbook["id"] = "playbook--5e1b1c5a-0e59-4a9e-8a55-0f3d9f1f0a11";
        playbook["name"] = name;
        return Encoding.UTF8.GetBytes(playbook.ToJsonString());
    }
}
