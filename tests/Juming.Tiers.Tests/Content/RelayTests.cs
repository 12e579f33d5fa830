using System.Security.Cryptography;
using Juming.Cloud.Operators.Manage;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Access.Audit;
using Juming.Platform.Content;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Look;
using Juming.Platform.Content.Root;
using Juming.Platform.Content.Sync;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Join;
using Juming.Site.ThreatIntel.InForce;
using Juming.Testing;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Content;

/// <summary>The operator in the middle: what it passes on costs little, what it changes is found, and keys change above its head.</summary>
[Category("C4.1")]
internal sealed class RelayTests
{
    [Test]
    public async Task A_look_without_news_costs_less_than_ten_kilobytes_on_the_wire()
    {
        var tiers = Joined.Tiers;
        var invited = (await tiers.Operator.Send(new MakeSiteToken("Customer", "counted"))).Value;
        await using var proxy = new CountingProxy(new Uri(invited.Url).Port);
        await using var site = await RunningTier.Start("site", settings: new Dictionary<string, string?> { ["Modules:Content:Root"] = await ThreeTiers.FingerprintOf(tiers.Cloud) });
        Assert.That((await site.Send(new JoinUpper(proxy.Address.AbsoluteUri, new Secret(invited.Token)))).Error, Is.Null);
        await ThreeTiers.Until(() => Task.FromResult(ThreeTiers.HeadOf(site)?.AsSpan().SequenceEqual(ThreeTiers.HeadOf(tiers.Operator)) == true), "it is level");
        var desk = site.Services.GetRequiredService<ContentDesk>();
        var status = site.Services.GetRequiredService<ContentStatus>();
        await ThreeTiers.Until(async () =>
        {
            var before = proxy.Bytes;
            await Task.Delay(700);
            return proxy.Bytes == before;
        }, "it is quiet");
        desk.Above!.Close();
        proxy.Reset();
        var (asked, began) = (status.Now.AskedAt, TimeProvider.System.GetTimestamp());
        desk.AskBell.Ring();
        await ThreeTiers.Until(() => Task.FromResult(status.Now.AskedAt > asked), "it has asked");
        TestContext.Out.WriteLine($"{proxy.Bytes} bytes on {proxy.Connections} new connection, {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");
        Assert.That((proxy.Connections, status.Now.Problem), Is.EqualTo((1, (Error?)null)), "a connection of its own");
        Assert.That(proxy.Bytes, Is.InRange(1, 10_000));
        asked = status.Now.AskedAt;
        proxy.Reset();
        desk.AskBell.Ring();
        await ThreeTiers.Until(() => Task.FromResult(status.Now.AskedAt > asked), "it has asked again");
        Assert.That(proxy.Connections, Is.Zero, "while the connection stands");
    }

    [Test]
    [Category("Long")]
    public async Task The_connection_for_content_is_closed_two_minutes_after_its_last_use()
    {
        var tiers = Joined.Tiers;
        var invited = (await tiers.Operator.Send(new MakeSiteToken("Customer", "idle"))).Value;
        await using var proxy = new CountingProxy(new Uri(invited.Url).Port);
        await using var site = await RunningTier.Start("site", settings: new Dictionary<string, string?> { ["Modules:Content:Root"] = await ThreeTiers.FingerprintOf(tiers.Cloud) });
        Assert.That((await site.Send(new JoinUpper(proxy.Address.AbsoluteUri, new Secret(invited.Token)))).Error, Is.Null);
        await ThreeTiers.Until(() => Task.FromResult(ThreeTiers.HeadOf(site)?.AsSpan().SequenceEqual(ThreeTiers.HeadOf(tiers.Operator)) == true && proxy.Open == 2), "it is level, over two connections");
        var began = TimeProvider.System.GetTimestamp();
        while (proxy.Open == 2 && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(4)) await Task.Delay(200);
        TestContext.Out.WriteLine($"closed after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s");
        Assert.That(proxy.Open, Is.EqualTo(1), "the session's stands");
        Assert.That(TimeProvider.System.GetElapsedTime(began).TotalSeconds, Is.InRange(100, 200));
    }

    [Test]
    public async Task Whatever_an_operator_makes_of_what_it_passes_on_is_refused_audited_and_not_used()
    {
        var tiers = Joined.Tiers;
        var trust = new Dictionary<string, string?> { ["Modules:Content:Root"] = await ThreeTiers.FingerprintOf(tiers.Cloud) };
        Liar liar = null!;
        await using var middle = await RunningTier.Start("operator", settings: new Dictionary<string, string?>(trust) { ["Modules:Links:Listen"] = "127.0.0.1:0" }, services: s => s.AddSingleton<IBulkShelf>(p => liar = new Liar(p.GetRequiredService<ContentDesk>())));
        var above = (await tiers.Cloud.Send(new MakeOperatorToken("Liar"))).Value;
        Assert.That((await middle.Send(new JoinUpper(above.Url, new Secret(above.Token)))).Error, Is.Null);
        await using var site = await RunningTier.Start("site", settings: trust);
        var invited = (await middle.Send(new MakeSiteToken("Customer", "lied-to"))).Value;
        Assert.That((await site.Send(new JoinUpper(invited.Url, new Secret(invited.Token)))).Error, Is.Null);
        await ThreeTiers.Until(async () => (await site.Send(new LookUp("45.67.89.1"))).Value.Found.Count > 0, "it is level");
        await tiers.Enter("honest.badly-kept.net");
        await ThreeTiers.Until(async () => (await site.Send(new LookUp("honest.badly-kept.net"))).Value.Found.Count > 0, "it has seen two heads");
        var status = site.Services.GetRequiredService<ContentStatus>();
        var desk = site.Services.GetRequiredService<ContentDesk>();
        var n = 0;
        foreach (var (lie, code) in Liar.Lies)
        {
            liar.Lie = lie;
            await tiers.Enter($"lie-{++n}.badly-kept.net");
            await ThreeTiers.Until(() =>
            {
                desk.AskBell.Ring();
                return Task.FromResult(status.Now.Problem?.Code == code);
            }, $"{lie} is {code}");
            Assert.That((await site.Send(new LookUp($"lie-{n}.badly-kept.net"))).Value.Found, Is.Empty, lie);
        }
        liar.Lie = "";
        await ThreeTiers.Until(async () =>
        {
            desk.AskBell.Ring();
            return (await site.Send(new LookUp($"lie-{n}.badly-kept.net"))).Value.Found.Count > 0;
        }, "what is honest again is taken");
        var audit = (await site.Send(new SearchAudit(null, null, 500, Action: "ContentRefused"))).Value;
        Assert.That(audit.Select(a => a.Outcome), Is.SupersetOf(Liar.Lies.Select(l => l.Code).Where(c => c != "content.away").Distinct()));
    }

    [Test]
    public async Task Keys_are_exchanged_and_the_root_goes_offline_while_content_goes_on()
    {
        var tiers = Joined.Tiers;
        const string Passphrase = "correct horse battery staple";
        Assert.That((await tiers.Cloud.Send(new ExportRootKey(new Secret("short")))).Error?.Code, Is.EqualTo("content.weak-passphrase"));
        var exported = (await tiers.Cloud.Send(new ExportRootKey(new Secret(Passphrase)))).Value;
        Assert.That((await tiers.Cloud.Send(new ForgetRootKey(new Secret(exported.Pem), new Secret(Passphrase + "x")))).Error?.Code, Is.EqualTo("content.key-closed"));
        Assert.That((await tiers.Cloud.Send(new DescribeContent())).Value.RootKeyIsHere);
        Assert.That((await tiers.Cloud.Send(new ForgetRootKey(new Secret(exported.Pem), new Secret(Passphrase)))).Error, Is.Null);
        Assert.That((await tiers.Cloud.Send(new DescribeContent())).Value.RootKeyIsHere, Is.False);
        Assert.That((await tiers.Cloud.Send(new ExportRootKey(new Secret(Passphrase)))).Error?.Code, Is.EqualTo("content.root-key-gone"));
        var (second, name) = RootKeys.Make(Passphrase);
        ChangeRoot With(params string[] keys) => new() { Keys = [.. keys.Select(k => new Secret(k))], Passphrases = [new Secret(Passphrase)] };
        Assert.That((await tiers.Cloud.Send(With(second))).Error?.Code, Is.EqualTo("content.too-few-keys"));
        var two = await tiers.Cloud.Send(With(exported.Pem, second) with { Add = [name], Threshold = 2 });
        Assert.That((two.Error, two.Value.Version, two.Value.Threshold), Is.EqualTo(((Error?)null, 2L, 2)));
        Assert.That((await tiers.Cloud.Send(With(exported.Pem) with { RenewOnline = true })).Error?.Code, Is.EqualTo("content.too-few-keys"));
        Assert.That((await tiers.Cloud.Send(With(exported.Pem, second) with { RenewOnline = true })).Value.Version, Is.EqualTo(3));
        await tiers.Enter("under-new-keys.badly-kept.net");
        await ThreeTiers.Until(async () => (await tiers.Site.Send(new LookUp("under-new-keys.badly-kept.net"))).Value.Found.Count > 0, "what is signed with the new keys comes");
        Assert.That((await tiers.Site.Send(new DescribeContent())).Value.Files.Single(f => f.Role == "root").Version, Is.EqualTo(3));
    }

    /// <summary>An operator that passes on something else than it got.</summary>
    private sealed class Liar(ContentDesk desk) : IBulkShelf
    {
        public static readonly (string Lie, string Code)[] Lies =
        [
            ("a bit turned", "content.other-hash"),
            ("data without end", "content.other-hash"),
            ("an older head", "content.older"),
            ("a timestamp of its own", "content.unsigned"),
            ("rules of its own", "content.unreadable"),
            ("a delegation that it gave itself", "content.unsigned"),
            ("nothing", "content.away"),
        ];

        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private BulkHead? _first;

        public string Lie { get; set; } = "";

        public async Task<BulkHead?> Head(CancellationToken ct)
        {
            if (await desk.Head(ct) is not { } head) return null;
            _first ??= head;
            var hash = RandomNumberGenerator.GetBytes(32);
            return Lie switch
            {
                "an older head" => _first with { Hash = hash },
                "a timestamp of its own" => head with { Hash = hash, Timestamp = SignedFile.Write(SignedFile.Read(head.Timestamp, Limits.MostTimestamp).Signed, [_key]) },
                "rules of its own" => head with { Hash = hash, Own = [Signed("rules")] },
                "a delegation that it gave itself" => head with { Hash = hash, Own = [Signed(Roles.Of(Guid.NewGuid()))] },
                _ => head,
            };
        }

        public Task<byte[]?> Root(long version, CancellationToken ct) => desk.Root(version, ct);

        public async Task<Stream?> Open(ReadOnlyMemory<byte> sha256, CancellationToken ct)
        {
            await using var file = await desk.Open(sha256, ct);
            if (file is null || Lie == "nothing") return null;
            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes, ct);
            if (Lie == "a bit turned") bytes[^1] ^= 1;
            return Lie == "data without end" ? new MemoryStream([.. bytes.Select(b => (byte)~b), .. new byte[32 * 1024 * 1024]]) : new MemoryStream(bytes);
        }

        private byte[] Signed(string role) => SignedFile.Write(new TargetsData(role, 99, TimeProvider.System.GetUtcNow().AddDays(3), new Dictionary<string, ContentTarget>(), new Dictionary<string, RoleKeys>()).ToJson(), [_key]);
    }
}
