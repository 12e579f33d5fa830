using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Juming.Contracts.Link;
using Juming.Platform.Access.Audit;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Join;
using Juming.Platform.Links.Lower;
using Juming.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links;

/// <summary>An operator whose certificate is in order says what no operator says: the site does nothing of it, ends the connection, goes on working and tells its people.</summary>
internal sealed class HostileOperatorTests
{
    private RunningTier _site = null!;

    public static IEnumerable<TestCaseData> Frames =>
        BadFrames.OfLog(Topics.Orders).Concat(BadFrames.OfSent(Topics.Reports)).Concat(BadFrames.OfNone())
            .Append(("values where none come down", "direction", [new SyncFrame { StateBatch = new StateBatch { Topic = Topics.State, Items = { new StateItem { Key = "a", Version = 1 } } } }]))
            .Append(("a frame beyond all size", "size", [new SyncFrame { Batch = new Batch { Topic = Topics.Orders, First = 1, Records = { new Record { Key = "k", Payload = ByteString.CopyFrom(new byte[5 * 1024 * 1024]) } }, HashAfter = ByteString.CopyFrom(new byte[32]) } }]))
            .Select(f => new TestCaseData(f.Item2, f.Item3).SetArgDisplayNames(f.Item1));

    public static IEnumerable<TestCaseData> Words => new (string Name, string Code, UpperFrame[] Words)[]
    {
        ("no welcome but a lease", "welcome", [new UpperFrame { Lease = new Lease { Seconds = 1 } }]),
        ("a frame with nothing in it", "welcome", [new UpperFrame()]),
        ("a welcome without a fence", "welcome", [FakeOperator.Welcome(fence: 0)]),
        ("a welcome to a protocol that was not offered", "welcome", [FakeOperator.Welcome(protocol: 9)]),
        ("two welcomes", "welcome", [FakeOperator.Welcome(), FakeOperator.Welcome(fence: 2)]),
        ("leases without end", "flood", [FakeOperator.Welcome(), .. Enumerable.Repeat(new UpperFrame { Lease = new Lease { Seconds = 60 } }, 2_000)]),
    }.Select(w => new TestCaseData(w.Code, w.Words).SetArgDisplayNames(w.Name));

    [OneTimeSetUp]
    public async Task Start() => _site = await TwoHosts.StartLower();

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [TearDown]
    public async Task Leave() => await _site.Send(new LeaveUpper());

    [TestCaseSource(nameof(Frames))]
    public async Task A_frame_that_no_operator_sends_ends_the_connection_and_is_told(string code, SyncFrame[] frames)
    {
        await using var fake = await FakeOperator.Start();
        fake.Frames = frames;
        await Joined(fake);
        await Told(fake, code);
        await using var scope = _site.Services.CreateAsyncScope();
        Assert.That(await scope.ServiceProvider.GetRequiredService<LinksDb>().Inboxes.CountAsync(i => i.Peer == fake.Upper && i.Last > 0), Is.Zero);
    }

    [TestCaseSource(nameof(Words))]
    public async Task A_session_that_no_operator_holds_is_ended_and_told(string code, UpperFrame[] words)
    {
        await using var fake = await FakeOperator.Start();
        fake.Words = words;
        await Joined(fake);
        await Told(fake, code);
    }

    [Test]
    public async Task An_end_with_an_unknown_reason_and_an_endless_wait_is_an_end()
    {
        await using var fake = await FakeOperator.Start();
        fake.Words = [new UpperFrame { Ended = new Ended { Reason = (EndReason)99, RetryAfterSeconds = uint.MaxValue } }];
        await Joined(fake);
        await TwoHosts.Until(() => Task.FromResult(Status.State == LinkState.Waiting));
        Assert.That(Status.Problem, Is.EqualTo("unspecified"));
    }

    [Test]
    public async Task A_lease_of_no_time_does_not_make_the_site_talk_without_end()
    {
        await using var fake = await FakeOperator.Start();
        fake.Words = [FakeOperator.Welcome(lease: 0)];
        await Joined(fake);
        await TwoHosts.Until(() => Task.FromResult(fake.Heard > 0));
        await Task.Delay(1_500);
        Assert.That(fake.Heard, Is.LessThan(6));
    }

    [TestCase("garbage")]
    [TestCase("for another identity")]
    [TestCase("for another key")]
    [TestCase("of another authority")]
    public async Task A_certificate_that_is_not_the_sites_is_not_kept(string kind)
    {
        await using var fake = await FakeOperator.Start();
        var peer = Guid.CreateVersion7();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var foreign = LinkCertificates.MakeAuthority(other, fake.Upper, TimeProvider.System.GetUtcNow());
        fake.Certificate = kind switch
        {
            "garbage" => _ => [1, 2, 3],
            "for another identity" => request => fake.Sign(request, Guid.CreateVersion7()),
            "for another key" => _ => fake.Sign(LinkCertificates.Request(other), peer),
            _ => request => LinkCertificates.SignPeer(foreign, request, fake.Upper, peer, TimeProvider.System.GetUtcNow()).RawData,
        };
        var joined = await _site.Send(new JoinUpper(fake.Url, new Secret(fake.Token(peer))));
        Assert.That(joined.Error?.Code, Is.EqualTo("links.bad-answer"));
        Assert.That((await _site.Send(new DescribeLink())).Value.State, Is.EqualTo(nameof(LinkState.NotJoined)));
    }

    [Test]
    public async Task Whoever_sits_in_between_and_whose_clock_is_wrong_is_named()
    {
        // As a proxy that looks into TLS does: it passes on what the operator says and shows a certificate of its own.
        using var proxyKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var shown = new CertificateRequest("CN=Corp Inspection CA", proxyKey, HashAlgorithmName.SHA256).CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await using (var inspected = await FakeOperator.Start(listener: X509CertificateLoader.LoadPkcs12(shown.Export(X509ContentType.Pkcs12), null)))
        {
            var refused = (await _site.Send(new JoinUpper(inspected.Url, new Secret(inspected.Token())))).Error!;
            Assert.That((refused.Code, refused.Arguments!["issuer"]), Is.EqualTo(("links.inspected", "CN=Corp Inspection CA")));
        }
        await using (var late = await FakeOperator.Start(TimeProvider.System.GetUtcNow().AddDays(-200)))
            Assert.That((await _site.Send(new JoinUpper(late.Url, new Secret(late.Token())))).Error?.Code, Is.EqualTo("links.wrong-clock"));
        Assert.That((await _site.Send(new JoinUpper("https://no-such-host.invalid:8452", new Secret(JoinToken.Make(Guid.NewGuid(), new byte[16]).Write())))).Error?.Code, Is.AnyOf("links.no-route", "links.unreachable"));
        Assert.That((await _site.Send(new JoinUpper("https://127.0.0.1:9", new Secret(JoinToken.Make(Guid.NewGuid(), new byte[16]).Write())))).Error?.Code, Is.EqualTo("links.unreachable"));
        foreach (var url in new[] { "http://127.0.0.1:8452", "https://user@127.0.0.1", "https://127.0.0.1/path", "ftp://x", "127.0.0.1:8452" })
            Assert.That((await _site.Send(new JoinUpper(url, new Secret(JoinToken.Make(Guid.NewGuid(), new byte[16]).Write())))).Error?.Code, Is.EqualTo("links.no-url"), url);
    }

    private (LinkState State, string Problem) Status => (_site.Services.GetRequiredService<LinkStatus>().Now.State, _site.Services.GetRequiredService<LinkStatus>().Now.Problem);

    private async Task Joined(FakeOperator fake)
    {
        var joined = await _site.Send(new JoinUpper(fake.Url, new Secret(fake.Token())));
        Assert.That(joined.Error?.ToString(), Is.Null);
    }

    private async Task Told(FakeOperator fake, string what)
    {
        await TwoHosts.Until(async () => (await _site.Send(new SearchAudit(null, null, 500, Action: "LinkIncident"))).Value
            .Any(e => e.ActorName == fake.Upper.ToString("N")[^8..] && e.Outcome == "links.breach" && e.Arguments.Contains($"\"what\":\"{what}\"", StringComparison.Ordinal)));
        await TwoHosts.Until(() => Task.FromResult(Status is (LinkState.Waiting, "breach")));
    }
}
