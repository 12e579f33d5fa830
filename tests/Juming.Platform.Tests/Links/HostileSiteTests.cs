using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Access.Audit;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Sync;
using Juming.Platform.Links.Upper;
using Juming.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links;

/// <summary>A site holds a certificate in order and sends what no site sends: nothing of it has an effect, it is put out, and it is told.</summary>
internal sealed class HostileSiteTests
{
    private RunningTier _upper = null!;

    public static IEnumerable<TestCaseData> Frames =>
        BadFrames.OfLog(Topics.Reports).Concat(BadFrames.OfSent(Topics.Orders)).Concat(BadFrames.OfState(Topics.State)).Concat(BadFrames.OfNone()).Select(f => new TestCaseData(f.Code, f.Frames).SetArgDisplayNames(f.Name));

    [OneTimeSetUp]
    public async Task Start() => _upper = await TwoHosts.StartUpper();

    [OneTimeTearDown]
    public async Task Stop() => await _upper.DisposeAsync();

    [TestCaseSource(nameof(Frames))]
    public async Task A_frame_that_no_site_sends_ends_the_session_and_is_told(string code, SyncFrame[] frames)
    {
        using var site = await FakeSite.Join(_upper);
        await site.Open();
        var ended = await site.Sync(frames);
        Assert.That(ended, Is.Not.EqualTo(StatusCode.OK));
        await Told(site.Peer, "links.breach", code);
        // The session goes with it.
        await TwoHosts.Until(() => Task.FromResult(_upper.Services.GetRequiredService<Connections>().Of(site.Peer) is null));
        await using var scope = _upper.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        Assert.That(await db.Inboxes.CountAsync(i => i.Peer == site.Peer && i.Last > 0), Is.Zero);
        Assert.That(await db.ArrivedValues.CountAsync(v => v.Peer == site.Peer), Is.LessThanOrEqualTo(Limits.MostValues));
    }

    [Test]
    public async Task Bytes_that_are_no_message_and_messages_beyond_all_size_are_told()
    {
        foreach (var (bytes, packed, code) in new[] { (new byte[] { 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1 }, false, "frame"), (new byte[5 * 1024 * 1024], false, "size"), (new byte[3 * 1024 * 1024], true, "") })
        {
            using var site = await FakeSite.Join(_upper);
            await site.Open();
            Assert.That(await site.SyncBytes(bytes, packed), Is.Not.EqualTo(StatusCode.OK), code);
            // What is packed is not even looked at.
            if (!packed) await Told(site.Peer, "links.breach", code);
        }
    }

    [Test]
    public async Task Records_out_of_order_and_chains_that_do_not_fit_are_not_applied()
    {
        using var site = await FakeSite.Join(_upper);
        await site.Open();
        var record = new Record { Type = 1, Key = "k", Payload = ByteString.CopyFromUtf8("x") };
        var right = ByteString.CopyFrom(Chain.Next(Chain.Start, 1, Chain.Digest(record)));
        using (var call = new Contracts.Link.Sync.SyncClient(site.Way).Run(site.Headers()))
        {
            await call.RequestStream.WriteAsync(new SyncFrame { Batch = new Batch { Topic = Topics.Reports, First = 7, Records = { record }, HashAfter = right } });
            await call.RequestStream.WriteAsync(new SyncFrame { Batch = new Batch { Topic = Topics.Reports, First = 1, Records = { record }, HashAfter = ByteString.CopyFrom(new byte[32]) } });
            await call.RequestStream.WriteAsync(new SyncFrame { Lost = new Lost { Topic = Topics.Reports, To = 9, Hash = right, AnswersLast = 5, AnswersHash = right } });
            await call.RequestStream.WriteAsync(new SyncFrame { Branch = new Branch { Topic = Topics.Reports, At = 0, Hash = right, AnswersHash = right } });
            await call.RequestStream.WriteAsync(new SyncFrame { Batch = new Batch { Topic = Topics.Reports, First = 1, Records = { record }, HashAfter = right } });
            while (await call.ResponseStream.MoveNext(CancellationToken.None) && call.ResponseStream.Current!.Ack is null) { }
            Assert.That(call.ResponseStream.Current!.Ack!.Applied, Is.EqualTo(1), "only the one that was in order");
        }
        await using var scope = _upper.Services.CreateAsyncScope();
        Assert.That(await scope.ServiceProvider.GetRequiredService<LinksDb>().Missing.CountAsync(m => m.Peer == site.Peer), Is.Zero);
    }

    [Test]
    public async Task A_session_begins_with_one_word_in_order_and_has_few()
    {
        foreach (var (code, words) in new (string, LowerFrame[])[]
        {
            ("hello", [new LowerFrame { Heartbeat = new Heartbeat() }]),
            ("hello", [new LowerFrame { Hello = new Hello { ProtocolMin = 1, ProtocolMax = 1, BootId = 0 } }]),
            ("hello", [new LowerFrame { Hello = new Hello { ProtocolMin = 1, ProtocolMax = 1, BootId = 1, Build = new string('b', 201) } }]),
            ("hello", [Hello(), Hello()]),
            ("flood", [Hello(), .. Enumerable.Repeat(new LowerFrame { Heartbeat = new Heartbeat() }, 700)]),
        })
        {
            using var site = await FakeSite.Join(_upper);
            using var call = site.Session.Open();
            await FakeSite.Drive(call.RequestStream, call.ResponseStream, words);
            await Told(site.Peer, "links.breach", code);
        }
    }

    [Test]
    public async Task A_protocol_of_the_future_is_refused_without_alarm()
    {
        using var site = await FakeSite.Join(_upper);
        using var call = site.Session.Open();
        await call.RequestStream.WriteAsync(new LowerFrame { Hello = new Hello { ProtocolMin = 7, ProtocolMax = 9, BootId = 1 } });
        Assert.That(await call.ResponseStream.MoveNext(CancellationToken.None), Is.True);
        Assert.That(call.ResponseStream.Current.Ended.Reason, Is.EqualTo(EndReason.Protocol));
        Assert.That((await Incidents(site.Peer)).Select(e => e.Outcome), Is.Empty, "it is a release, not an attack");
    }

    [Test]
    public async Task What_belongs_to_another_peer_or_another_session_is_refused()
    {
        using var one = await FakeSite.Join(_upper);
        using var two = await FakeSite.Join(_upper);
        await one.Open();
        await two.Open();
        await two.Open();
        Assert.That(two.Fence, Is.Not.EqualTo(one.Fence));
        // The one's certificate with the other's session: whose topics they are is read from the certificate alone.
        using (var call = new Contracts.Link.Sync.SyncClient(one.Way).Run(one.Headers(two.Fence)))
            Assert.That(await FakeSite.Drive(call.RequestStream, call.ResponseStream), Is.EqualTo(StatusCode.FailedPrecondition));
        using (var first = new Contracts.Link.Sync.SyncClient(one.Way).Run(one.Headers()))
        {
            Assert.That(await first.ResponseStream.MoveNext(CancellationToken.None), Is.True);
            using var second = new Contracts.Link.Sync.SyncClient(one.Way).Run(one.Headers());
            Assert.That(await FakeSite.Drive(second.RequestStream, second.ResponseStream), Is.EqualTo(StatusCode.FailedPrecondition), "two at once");
        }
    }

    [Test]
    public async Task A_request_for_a_certificate_gets_this_peers_name_whatever_it_asks_for()
    {
        var (peer, invitation) = await FakeSite.Invite(_upper);
        var (victim, _) = await FakeSite.Invite(_upper);
        var upper = (await _upper.Services.GetRequiredService<Authority>().Get(CancellationToken.None)).Upper;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var wish = new CertificateRequest($"CN=lower {victim:N}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(LinkCertificates.NameOf(upper, victim));
        wish.CertificateExtensions.Add(names.Build());
        wish.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var way = FakeSite.Channel(new Uri(invitation.Url), null);
        var client = new Enrolment.EnrolmentClient(way);
        var answer = await client.EnrolAsync(FakeSite.Request(invitation, wish.CreateSigningRequest()));
        using var got = X509CertificateLoader.LoadCertificate(answer.Certificate.ToByteArray());
        Assert.That(LinkCertificates.NamesIn(got), Is.EqualTo(new[] { LinkCertificates.NameOf(upper, peer).AbsoluteUri }));
        Assert.That(got.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority, Is.False);
        // Another key with the same token, a key of another kind, and the secret of one for another.
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.That(Refusal(client, FakeSite.Request(invitation, LinkCertificates.Request(other))), Is.EqualTo(nameof(EnrolRefusal.TokenUsed)));
        await Told(peer, "links.token-used-twice", "");
        var (_, fresh) = await FakeSite.Invite(_upper);
        using var rsa = RSA.Create(2048);
        Assert.That(Refusal(client, FakeSite.Request(fresh, new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest())), Is.EqualTo(nameof(EnrolRefusal.RequestRefused)));
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.That(Refusal(client, FakeSite.Request(fresh, LinkCertificates.Request(curve))), Is.EqualTo(nameof(EnrolRefusal.RequestRefused)));
        var stolen = FakeSite.Request(fresh, LinkCertificates.Request(other));
        stolen.Peer = ByteString.CopyFrom(victim.ToByteArray(bigEndian: true));
        Assert.That(Refusal(client, stolen), Is.EqualTo(nameof(EnrolRefusal.TokenUnknown)));
        var long1 = FakeSite.Request(fresh, new byte[100_000]);
        Assert.That(Refusal(client, long1), Is.EqualTo(nameof(EnrolRefusal.TokenUnknown)));
    }

    [Test]
    public async Task Certificates_of_another_authority_or_of_the_past_are_refused()
    {
        var (_, invitation) = await FakeSite.Invite(_upper);
        var url = new Uri(invitation.Url);
        var held = await _upper.Services.GetRequiredService<Authority>().Get(CancellationToken.None);
        using var theirs = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = LinkCertificates.MakeAuthority(theirs, held.Upper, TimeProvider.System.GetUtcNow());
        using var site = await FakeSite.Join(_upper);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = LinkCertificates.SignPeer(authority, LinkCertificates.Request(key), held.Upper, site.Peer, TimeProvider.System.GetUtcNow());
        var expired = Expired(held, site.Peer, key);
        var unknownSerial = LinkCertificates.SignPeer(held.Certificate, LinkCertificates.Request(key), held.Upper, site.Peer, TimeProvider.System.GetUtcNow());
        var stranger = LinkCertificates.SignPeer(held.Certificate, LinkCertificates.Request(key), held.Upper, Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());
        foreach (var certificate in new[] { forged, expired, unknownSerial, stranger })
        {
            using var fake = FakeSite.With(url, site.Peer, KeyText.Join(certificate.RawData, key));
            using var call = fake.Session.Open();
            Assert.That(await FakeSite.Drive(call.RequestStream, call.ResponseStream, Hello()), Is.EqualTo(StatusCode.Unauthenticated), certificate.Subject);
        }
        await Told(site.Peer, "links.old-certificate", "");
        await site.Open();
    }

    [Test]
    public async Task Whoever_goes_on_is_shut_out_until_somebody_looks()
    {
        using var site = await FakeSite.Join(_upper);
        for (var i = 0; i < 3; i++)
        {
            await site.Open();
            await site.Sync(BadFrames.OfNone().First().Frames);
        }
        await Told(site.Peer, "links.quarantined", "direction");
        using var call = site.Session.Open();
        Assert.That(await FakeSite.Drive(call.RequestStream, call.ResponseStream, Hello()), Is.EqualTo(StatusCode.Unauthenticated));
        await using var scope = _upper.Services.CreateAsyncScope();
        Assert.That((await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Standing([site.Peer], CancellationToken.None))[site.Peer].State, Is.EqualTo(PeerState.Quarantined));
    }

    [Test]
    public async Task Openings_come_as_often_as_one_that_restarts_and_not_more()
    {
        using var site = await FakeSite.Join(_upper);
        var busy = 0;
        for (var i = 0; i < 70; i++)
        {
            using var call = site.Session.Open();
            if (await FakeSite.Drive(call.RequestStream, call.ResponseStream, Hello(), new LowerFrame { Goodbye = new Goodbye() }) == StatusCode.ResourceExhausted) busy++;
        }
        Assert.That(busy, Is.InRange(5, 69));
    }

    private static X509Certificate2 Expired(Authority.Held held, Guid peer, ECDsa key)
    {
        var request = new CertificateRequest("CN=late", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(LinkCertificates.NameOf(held.Upper, peer));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], true));
        return request.Create(held.Certificate, held.Certificate.NotBefore, TimeProvider.System.GetUtcNow().AddMinutes(-5), RandomNumberGenerator.GetBytes(16));
    }

    private static LowerFrame Hello() => new() { Hello = new Hello { ProtocolMin = 1, ProtocolMax = 1, BootId = 1 } };

    private static string Refusal(Enrolment.EnrolmentClient client, EnrolRequest request) => Assert.ThrowsAsync<RpcException>(async () => await client.EnrolAsync(request))!.Status.Detail;

    private async Task<IReadOnlyList<AuditLine>> Incidents(Guid peer) => [.. (await _upper.Send(new SearchAudit(null, null, 500, Action: "LinkIncident"))).Value.Where(e => e.ActorName == peer.ToString("N")[^8..])];

    private async Task Told(Guid peer, string outcome, string what) =>
        await TwoHosts.Until(async () => (await Incidents(peer)).Any(e => e.Outcome == outcome && e.Arguments.Contains($"\"what\":\"{what}\"", StringComparison.Ordinal)));
}
