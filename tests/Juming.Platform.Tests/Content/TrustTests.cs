using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juming.Platform.Content;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Trust;
using NUnit.Framework;
using static Juming.Platform.Tests.Content.SmallRepository;

namespace Juming.Platform.Tests.Content;

/// <summary>What an attacker between the cloud and a site, with or without some of the keys, can show to it. All of it is refused, and what was believed stays.</summary>
[Category("C4.1")]
public sealed class TrustTests
{
    private SmallRepository _cloud = null!;
    private TrustedMetadata _site = null!;

    [SetUp]
    public void Begin()
    {
        _cloud = new SmallRepository();
        _site = TrustedMetadata.Begin(_cloud.Root());
        _cloud.Publish(5, rules: Target("rules/web/1")).Into(_site, Noon);
    }

    [Test]
    public void What_the_cloud_signs_is_believed()
    {
        Assert.That(_site.IsWhole);
        _cloud.Publish(6, rules: [Target("rules/web/1"), Target("rules/web/2")]).Into(_site, Noon);
        Assert.Multiple(() =>
        {
            Assert.That(_site.IsWhole);
            Assert.That(_site.Lists["rules"].Data.Targets.Keys, Is.EquivalentTo(new[] { "rules/web/1", "rules/web/2" }));
        });
    }

    [Test]
    public void An_older_timestamp_is_refused() => Refused("content.older", () => _site.TakeTimestamp(_cloud.Publish(4).Timestamp, Noon));

    [Test]
    public void A_newer_timestamp_that_names_an_older_snapshot_is_refused()
    {
        var old = _cloud.Publish(4);
        Refused("content.older", () => _site.TakeTimestamp(_cloud.Timestamp(6, 4, old.Snapshot), Noon));
    }

    [Test]
    public void A_newer_snapshot_that_names_an_older_list_is_refused()
    {
        var rules = _cloud.List("rules", 4);
        var snapshot = _cloud.Snapshot(6, [("targets", 1, _cloud.List("targets")), ("rules", 4, rules), ("intel", 1, _cloud.List("intel"))]);
        _site.TakeTimestamp(_cloud.Timestamp(6, 6, snapshot), Noon);
        Refused("content.older", () => _site.TakeSnapshot(snapshot, Noon));
    }

    [Test]
    public void A_snapshot_that_leaves_a_list_out_is_refused()
    {
        var snapshot = _cloud.Snapshot(6, [("targets", 1, _cloud.List("targets")), ("rules", 6, _cloud.List("rules", 6))]);
        _site.TakeTimestamp(_cloud.Timestamp(6, 6, snapshot), Noon);
        Refused("content.older", () => _site.TakeSnapshot(snapshot, Noon));
    }

    [Test]
    public void Two_timestamps_of_one_version_are_refused() =>
        Refused("content.two-faces", () => _site.TakeTimestamp(_cloud.Publish(5, Noon.AddHours(20)).Timestamp, Noon));

    [Test]
    public void The_same_timestamp_signed_anew_is_the_same() => Assert.DoesNotThrow(() => _site.TakeTimestamp(_cloud.Timestamp(5, 5, _site.Snapshot!.Bytes), Noon));

    [Test]
    public void Held_back_news_are_taken_with_grace_and_then_refused()
    {
        var late = _cloud.Publish(6);
        Assert.DoesNotThrow(() => _site.Copy().TakeTimestamp(late.Timestamp, Noon.AddDays(8).AddMinutes(-1)));
        Refused("content.expired", () => _site.TakeTimestamp(late.Timestamp, Noon.AddDays(8).AddMinutes(1)));
        Assert.That(_site.NextExpiry(), Is.EqualTo((Noon.AddHours(24), "timestamp")));
    }

    [Test]
    public void Lists_of_different_days_are_refused_together()
    {
        var (before, after) = (_cloud.Publish(6), _cloud.Publish(7, rules: Target("rules/web/2")));
        _site.TakeTimestamp(after.Timestamp, Noon);
        Refused("content.other-hash", () => _site.TakeSnapshot(before.Snapshot, Noon));
        _site.TakeSnapshot(after.Snapshot, Noon);
        Refused("content.other-hash", () => _site.TakeList("rules", before.Lists["rules"], Noon));
    }

    [TestCase("snapshot")]
    [TestCase("targets")]
    [TestCase("rules")]
    [TestCase("operator")]
    [TestCase("stranger")]
    public void A_timestamp_signed_by_the_key_of_another_role_is_refused(string signer) =>
        Refused("content.unsigned", () => _site.TakeTimestamp(_cloud.Timestamp(6, 6, _cloud.Publish(6).Snapshot, signer: signer), Noon));

    [TestCase("timestamp")]
    [TestCase("operator")]
    [TestCase("stranger")]
    public void A_snapshot_signed_by_the_key_of_another_role_is_refused(string signer)
    {
        var snapshot = _cloud.Snapshot(6, [("targets", 1, _cloud.List("targets"))], signer);
        _site.TakeTimestamp(_cloud.Timestamp(6, 6, snapshot), Noon);
        Refused("content.unsigned", () => _site.TakeSnapshot(snapshot, Noon));
    }

    [TestCase("operator")]
    [TestCase("intel")]
    [TestCase("targets")]
    [TestCase("timestamp")]
    public void Rules_signed_by_any_other_key_are_refused(string signer)
    {
        var rules = _cloud.List("rules", 6, signer, targets: Target("rules/evil/1"));
        TakeUpTo("rules", rules);
        Refused("content.unsigned", () => _site.TakeList("rules", rules, Noon));
    }

    [Test]
    public void A_list_of_one_role_shown_as_anothers_is_refused()
    {
        // Signed by the right key, and yet it says to be something else.
        var intel = _cloud.List("intel", 6, "rules");
        TakeUpTo("rules", intel);
        Refused("content.unreadable", () => _site.TakeList("rules", intel, Noon));
    }

    [TestCase("intel/x/1")]
    [TestCase("rules/../playbooks/1")]
    [TestCase("rules//1")]
    [TestCase("rules/.hidden/1")]
    [TestCase("rules/a b/1")]
    [TestCase("/rules/x/1")]
    [TestCase("rules/x\\..\\y/1")]
    public void A_list_that_names_a_path_which_is_not_its_own_is_refused(string path)
    {
        var rules = _cloud.List("rules", 6, targets: Target(path));
        TakeUpTo("rules", rules);
        Refused("content.unreadable", () => _site.TakeList("rules", rules, Noon));
    }

    [Test]
    public void An_operator_adds_its_own_list_and_nothing_else()
    {
        var role = _cloud.OperatorRole;
        Assert.That(_site.TakeOwn(role, _cloud.List(role, 2, targets: Target(role + "/rules/own/1")), Noon));
        Refused("content.older", () => _site.TakeOwn(role, _cloud.List(role, 1), Noon));
        Refused("content.two-faces", () => _site.TakeOwn(role, _cloud.List(role, 2, targets: Target(role + "/rules/other/1")), Noon));
        Refused("content.unreadable", () => _site.TakeOwn(role, _cloud.List(role, 3, targets: Target("rules/own/1")), Noon));
        Refused("content.unreadable", () => _site.TakeOwn("rules", _cloud.List("rules", 9, "operator"), Noon));
        Refused("content.unsigned", () => _site.TakeOwn(role, _cloud.List(role, 3, "rules"), Noon));
        Refused("content.unsigned", () => _site.TakeOwn(Roles.Of(Guid.NewGuid()), _cloud.List(Roles.Of(Guid.NewGuid()), 3), Noon));
        Refused("content.expired", () => _site.TakeOwn(role, _cloud.List(role, 3, expires: Noon.AddDays(-8)), Noon));
        Assert.That(_site.Lists[role].Data.Targets.Keys, Is.EqualTo(new[] { role + "/rules/own/1" }));
    }

    [Test]
    public void A_list_of_an_operator_falls_with_its_delegation()
    {
        _site.TakeOwn(_cloud.OperatorRole, _cloud.List(_cloud.OperatorRole), Noon);
        var top = SignedFile.Write(new TargetsData("targets", 2, Noon.AddDays(9), new Dictionary<string, ContentTarget>(), new Dictionary<string, RoleKeys> { ["rules"] = _cloud.Of("rules"), ["intel"] = _cloud.Of("intel") }).ToJson(), [_cloud.Keys["targets"]]);
        TakeUpTo("targets", top, 2);
        _site.TakeList("targets", top, Noon);
        Assert.That(_site.Lists.ContainsKey(_cloud.OperatorRole), Is.False);
    }

    [Test]
    public void A_root_needs_the_keys_of_the_one_before_and_its_own()
    {
        var both = new RoleKeys([ContentKey.Of(_cloud.Keys["root"]), ContentKey.Of(_cloud.Keys["root2"])], 2);
        Refused("content.unsigned", () => _site.TakeRoot(_cloud.Root(2, both, signers: ["root"])));
        Refused("content.unsigned", () => _site.TakeRoot(_cloud.Root(2, both, signers: ["root2"])));
        Refused("content.unsigned", () => _site.TakeRoot(_cloud.Root(2, both, signers: ["root", "root"])));
        Refused("content.root-gap", () => _site.TakeRoot(_cloud.Root(3, both, signers: ["root", "root2"])));
        _site.TakeRoot(_cloud.Root(2, both, signers: ["root", "root2"]));
        Refused("content.unsigned", () => _site.TakeRoot(_cloud.Root(3, signers: ["root"])));
        Refused("content.older", () => _site.TakeRoot(_cloud.Root(1, both, signers: ["root", "root2"])));
        _site.TakeRoot(_cloud.Root(3, signers: ["root", "root2"]));
        Assert.That(_site.Root.Data.Version, Is.EqualTo(3));
    }

    [Test]
    public void A_key_that_was_exchanged_says_nothing_any_more_nor_does_its_last_version()
    {
        _site.TakeTimestamp(_cloud.Timestamp(long.MaxValue - 1, 5, _site.Snapshot!.Bytes), Noon);
        _site.TakeRoot(_cloud.Root(2, timestamp: "stranger"));
        Refused("content.unsigned", () => _site.TakeTimestamp(_cloud.Publish(6).Timestamp, Noon));
        Assert.That(_site.TakeTimestamp(_cloud.Timestamp(6, 5, _cloud.Publish(5).Snapshot, signer: "stranger"), Noon));
    }

    [Test]
    public void Nothing_is_taken_below_a_root_that_is_long_over()
    {
        var site = TrustedMetadata.Begin(_cloud.Root(expires: Noon.AddDays(-8)));
        Refused("content.expired", () => site.TakeTimestamp(_cloud.Publish(5).Timestamp, Noon));
    }

    [Test]
    public void More_than_may_be_is_not_read()
    {
        Refused("content.too-large", () => _site.TakeTimestamp(new byte[Limits.MostTimestamp + 1], Noon));
        Refused("content.too-large", () => _site.TakeRoot(new byte[Limits.MostRoot + 1]));
    }

    [Test]
    public void A_signature_counts_once_and_for_what_it_was_made()
    {
        var file = Encoding.UTF8.GetString(_cloud.Publish(6).Timestamp);
        foreach (var changed in new[]
        {
            file.Replace("\"version\":6", "\"version\":7", StringComparison.Ordinal),
            " " + file,
            file.Replace("\"spec\":1", "\"spec\":1.0", StringComparison.Ordinal),
            file.Replace("\"spec\":1", "\"spec\":1,\"spec\":1", StringComparison.Ordinal),
            file.Replace("\"type\"", "\"t\\u0079pe\"", StringComparison.Ordinal),
            file[..^1],
            file + file,
            "null",
            "[" + new string('[', 40) + "]",
        }) Assert.That(() => _site.Copy().TakeTimestamp(Encoding.UTF8.GetBytes(changed), Noon), Throws.TypeOf<ContentRefusedException>(), changed);
    }

    [Test]
    public void A_member_that_nobody_knows_is_refused()
    {
        var signed = JsonNode.Parse(_cloud.Publish(6).Timestamp)!["signed"]!;
        signed["more"] = 1;
        var file = SignedFile.Write(JsonSerializer.SerializeToElement(signed), [_cloud.Keys["timestamp"]]);
        Refused("content.unreadable", () => _site.TakeTimestamp(file, Noon));
    }

    [Test]
    public void Bytes_at_random_never_break_the_reader()
    {
        var random = new Random(20261128);
        var good = _cloud.Publish(6).Timestamp;
        for (var n = 0; n < 3000; n++)
        {
            var bad = (byte[])good.Clone();
            for (var k = random.Next(1, 4); k > 0; k--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            if (bad.AsSpan().SequenceEqual(good)) continue;
            Assert.That(() => _site.Copy().TakeTimestamp(bad, Noon), Throws.TypeOf<ContentRefusedException>(), Convert.ToBase64String(bad));
        }
    }

    private void TakeUpTo(string role, byte[] list, long version = 6)
    {
        var lists = new Dictionary<string, (long, byte[])> { ["targets"] = (1, _site.Lists["targets"].Bytes), ["rules"] = (5, _site.Lists["rules"].Bytes), ["intel"] = (1, _site.Lists["intel"].Bytes), [role] = (version, list) };
        var snapshot = _cloud.Snapshot(6, lists.Select(l => (l.Key, l.Value.Item1, l.Value.Item2)));
        _site.TakeTimestamp(_cloud.Timestamp(6, 6, snapshot), Noon);
        _site.TakeSnapshot(snapshot, Noon);
    }

    private static void Refused(string code, Action act)
    {
        var refused = Assert.Throws<ContentRefusedException>(() => act());
        Assert.That(refused!.Refusal.Code, Is.EqualTo(code), refused.Message);
    }
}
