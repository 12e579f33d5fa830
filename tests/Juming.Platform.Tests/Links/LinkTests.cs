using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Join;
using Juming.Platform.Links.Lower;
using Juming.Platform.Links.Upper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links;

/// <summary>A site joins an operator, and the two keep each other up to date, over real connections.</summary>
public sealed class LinkTests
{
    [Test]
    public async Task A_site_joins_by_its_token_and_what_it_reports_arrives_once_and_in_order()
    {
        await using var hosts = await TwoHosts.Linked();
        await hosts.Report([1], [2], [3]);
        await hosts.SetValue("health", [7]);
        await hosts.SetValue("health", [8]);
        await TwoHosts.Until(() => hosts.OnUpper(db => db.Inboxes.AnyAsync(i => i.Peer == hosts.Peer && i.Last == 3)));
        await TwoHosts.Until(() => hosts.OnUpper(db => db.ArrivedValues.AnyAsync(v => v.Peer == hosts.Peer && v.Payload == new byte[] { 8 })));
        var view = (await hosts.Lower.Send(new DescribeLink())).Value;
        var standing = await hosts.Standing();
        Assert.Multiple(() =>
        {
            Assert.That(view.State, Is.EqualTo(nameof(LinkState.Connected)));
            Assert.That(view.Self, Is.EqualTo(hosts.Peer));
            Assert.That(standing.State, Is.EqualTo(PeerState.Connected));
            Assert.That(standing.SkewMs, Is.InRange(-5000, 5000));
        });
    }

    [Test]
    public async Task What_is_reported_while_the_operator_is_away_arrives_when_it_is_back()
    {
        var folder = Path.Combine(Path.GetTempPath(), "juming-test-upper-" + Guid.NewGuid().ToString("N")[..8]);
        try
        {
            await using var site = await TwoHosts.StartLower();
            var peer = Guid.CreateVersion7();
            string address;
            Guid upper;
            await using (var first = await TwoHosts.StartUpper(folder))
            {
                await using var scope = first.Services.CreateAsyncScope();
                var invitation = (await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Invite(peer, CancellationToken.None))!;
                address = new Uri(invitation.Url).Authority;
                upper = (await site.Send(new JoinUpper(invitation.Url, new Secret(invitation.Token)))).Value.Upper;
            }
            await site.Services.GetRequiredService<Platform.Links.Keep.Outgoing>().Append(upper, Topics.Reports, [(1, "k", [42])], CancellationToken.None);
            await using var second = await TwoHosts.StartUpper(folder, address);
            await TwoHosts.Until(async () =>
            {
                await using var scope = second.Services.CreateAsyncScope();
                return await scope.ServiceProvider.GetRequiredService<Platform.Links.Data.LinksDb>().Inboxes.AnyAsync(i => i.Peer == peer && i.Last == 1);
            }, 60);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Test]
    public async Task Whoever_is_shut_out_is_gone_within_a_second_and_stays_out()
    {
        await using var hosts = await TwoHosts.Linked();
        var watch = Stopwatch.StartNew();
        await using (var scope = hosts.Upper.Services.CreateAsyncScope()) Assert.That(await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Revoke(hosts.Peer, CancellationToken.None));
        await TwoHosts.Until(() => Task.FromResult(hosts.Lower.Services.GetRequiredService<LinkStatus>().Now.State != LinkState.Connected));
        TestContext.Out.WriteLine($"ended after {watch.ElapsedMilliseconds} ms");
        Assert.That(hosts.Upper.Services.GetRequiredService<Connections>().Of(hosts.Peer), Is.Null);
        await TwoHosts.Until(() => Task.FromResult(hosts.Lower.Services.GetRequiredService<LinkStatus>().Now.Problem == "shut-out"));
        Assert.That((await hosts.Standing()).State, Is.EqualTo(PeerState.Revoked));
    }

    [Test]
    public async Task A_token_that_comes_a_second_time_is_refused_and_told()
    {
        await using var hosts = await TwoHosts.Start();
        var invitation = await hosts.Invite();
        Assert.That((await hosts.Join(invitation)).Succeeded);
        await using var thief = await TwoHosts.StartLower();
        var second = await thief.Send(new JoinUpper(invitation.Url, new Secret(invitation.Token)));
        Assert.Multiple(() =>
        {
            Assert.That(second.Error?.Code, Is.EqualTo("links.token-used"));
        });
        var audit = await hosts.Upper.Send(new Platform.Access.Audit.SearchAudit(null, null));
        Assert.That(audit.Value.Select(e => e.Outcome), Does.Contain("links.token-used-twice"));
    }

    [Test]
    public async Task Nothing_is_told_to_somebody_who_is_not_the_operator_of_the_token()
    {
        await using var hosts = await TwoHosts.Start();
        var invitation = await hosts.Invite();
        var token = JoinToken.Read(invitation.Token)!;
        var other = token with { Pin = new byte[JoinToken.PinLength] };
        var refused = await hosts.Lower.Send(new JoinUpper(invitation.Url, new Secret(other.Write())));
        Assert.That(refused.Error?.Code, Is.EqualTo("links.stranger"));
        Assert.That((await hosts.Join(invitation)).Succeeded, "The token was not spent.");
    }

    [TestCase("")]
    [TestCase("jm1")]
    [TestCase("jm1...")]
    [TestCase("jm2.AAAA.BBBB.CCCC")]
    [TestCase("jm1.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.A")]
    [TestCase("jm1.\u0000.\u202e.x")]
    public void A_text_that_is_no_token_is_none(string text) => Assert.That(JoinToken.Read(text), Is.Null);

    [Test]
    public async Task Two_processes_with_one_identity_are_told_and_shut_out()
    {
        await using var hosts = await TwoHosts.Linked();
        var member = (await hosts.Lower.Services.GetRequiredService<Membership>().Get(CancellationToken.None))!;
        var reasons = new List<EndReason>();
        // As a copied virtual machine would: with the same key, by turns.
        for (var turn = 0; turn < 12 && !reasons.Contains(EndReason.Quarantined); turn++)
        {
            using var channel = UpperChannel.Of(member, new OutboundSettings(), TimeProvider.System);
            using var call = new Session.SessionClient(channel.Channel).Open();
            try
            {
                await call.RequestStream.WriteAsync(new LowerFrame { Hello = new Hello { ProtocolMin = 1, ProtocolMax = 1, BootId = (ulong)(turn % 2) + 1 } });
                if (await call.ResponseStream.MoveNext(CancellationToken.None) && call.ResponseStream.Current.FrameCase == UpperFrame.FrameOneofCase.Ended) reasons.Add(call.ResponseStream.Current.Ended.Reason);
            }
            catch (RpcException refused) when (refused.Status is { StatusCode: StatusCode.Unauthenticated, Detail: "quarantined" })
            {
                // The third with this identity, which dials by itself, came just before and was told in this one's place.
                reasons.Add(EndReason.Quarantined);
            }
        }
        Assert.That(reasons, Does.Contain(EndReason.Quarantined));
        Assert.That((await hosts.Standing()).State, Is.EqualTo(PeerState.Quarantined));
        await using var scope = hosts.Upper.Services.CreateAsyncScope();
        Assert.That(await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Release(hosts.Peer, CancellationToken.None));
        Assert.That((await hosts.Standing()).State, Is.Not.EqualTo(PeerState.Quarantined));
    }

    [Test]
    public async Task Without_a_certificate_only_the_way_in_is_open()
    {
        await using var hosts = await TwoHosts.Start();
        var invitation = await hosts.Invite();
        using var channel = UpperChannel.ToJoin(new Uri(invitation.Url), JoinToken.Read(invitation.Token)!.Pin, new OutboundSettings(), TimeProvider.System);
        var session = Assert.ThrowsAsync<RpcException>(async () =>
        {
            using var call = new Session.SessionClient(channel.Channel).Open();
            await call.ResponseStream.MoveNext(CancellationToken.None);
        });
        var sync = Assert.ThrowsAsync<RpcException>(async () =>
        {
            using var call = new Contracts.Link.Sync.SyncClient(channel.Channel).Run();
            await call.ResponseStream.MoveNext(CancellationToken.None);
        });
        var nonsense = Assert.ThrowsAsync<RpcException>(async () => await new Enrolment.EnrolmentClient(channel.Channel).EnrolAsync(new EnrolRequest
        {
            Peer = ByteString.CopyFrom(hosts.Peer.ToByteArray(bigEndian: true)),
            Secret = ByteString.CopyFrom(JoinToken.Read(invitation.Token)!.Secret),
            SigningRequest = ByteString.CopyFromUtf8("no request at all"),
        }));
        Assert.Multiple(() =>
        {
            Assert.That(session!.StatusCode, Is.EqualTo(StatusCode.Unauthenticated));
            Assert.That(sync!.StatusCode, Is.EqualTo(StatusCode.Unauthenticated));
            Assert.That(nonsense!.StatusCode, Is.EqualTo(StatusCode.PermissionDenied));
        });
        Assert.That((await hosts.Join(invitation)).Succeeded, "The token was not spent on it.");
    }
}
