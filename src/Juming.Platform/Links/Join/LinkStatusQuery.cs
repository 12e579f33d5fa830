using Juming.Platform.Handlers;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Lower;
using Juming.Platform.Links.Upper;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Join;

/// <summary>How this host's link to the one above stands.</summary>
internal sealed record DescribeLink : IQuery<LinkView>, INeeds<LinksRead>;

/// <summary>How this host is linked, above and below.</summary>
internal sealed record DescribeLinks : IQuery<LinksView>, INeeds<LinksRead>;

/// <summary>How a host is linked.</summary>
/// <param name="IsTop">Nobody is above it.</param>
/// <param name="Above">The link to the one above.</param>
/// <param name="Listens">Others can come in.</param>
/// <param name="Below">How many below it are in which state.</param>
internal sealed record LinksView(bool IsTop, LinkView Above, bool Listens, IReadOnlyDictionary<PeerState, int> Below);

/// <summary>How a link stands.</summary>
/// <param name="State">NotJoined, Connecting, Connected or Waiting.</param>
/// <param name="Since">Since when.</param>
/// <param name="Problem">Why it is not connected, a stable code; empty when it is.</param>
/// <param name="Detail">More about that, as it came.</param>
/// <param name="HeardAt">When the other end last said something.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Upper">Who it is.</param>
/// <param name="Self">Who this host is there.</param>
/// <param name="CertificateUntil">How long the certificate holds.</param>
/// <param name="AheadMs">How far the other end's clock is ahead of ours, milliseconds.</param>
/// <param name="AnswerMs">How long the other end took to answer the last heartbeat, milliseconds; null before the first of this connection.</param>
/// <param name="JoinedBefore">It has been joined at some time.</param>
/// <param name="Topics">How far each topic is.</param>
internal sealed record LinkView(
    string State, DateTimeOffset Since, string Problem, string Detail, DateTimeOffset? HeardAt, string Url, Guid? Upper, Guid? Self, DateTimeOffset? CertificateUntil, long AheadMs, double? AnswerMs, bool JoinedBefore, IReadOnlyList<TopicView> Topics);

/// <summary>How far a topic is.</summary>
/// <param name="Topic">Its number.</param>
/// <param name="Up">It goes up.</param>
/// <param name="Records">Records, or changes of values, so far.</param>
/// <param name="Waiting">Of these not yet acknowledged; 0 for what comes down.</param>
/// <param name="OldestWaiting">When the oldest of these was written.</param>
internal sealed record TopicView(int Topic, bool Up, long Records, long Waiting, DateTimeOffset? OldestWaiting);

file sealed class Handler(LinksDb db, Membership membership, LinkStatus status, LinkPlace place, LinksSettings settings, TierContext tier, TimeProvider clock) : IQueryHandler<DescribeLink, LinkView>, IQueryHandler<DescribeLinks, LinksView>
{
    public async Task<Result<LinkView>> Handle(DescribeLink request, CancellationToken ct) => await Above(ct);

    public async Task<Result<LinksView>> Handle(DescribeLinks request, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var rows = await db.Peers.AsNoTracking().Where(p => p.Side == PeerSide.Lower).Select(p => new PeerRow { RevokedAt = p.RevokedAt, QuarantinedAt = p.QuarantinedAt, EnrolledAt = p.EnrolledAt, TokenUntil = p.TokenUntil, LeaseUntil = p.LeaseUntil }).ToListAsync(ct);
        return new LinksView(place.IsTop, await Above(ct), settings.ListenAt(tier.Tier).Length > 0, rows.GroupBy(r => PeerStates.Of(r, now)).ToDictionary(g => g.Key, g => g.Count()));
    }

    private async Task<LinkView> Above(CancellationToken ct)
    {
        var found = await membership.Look(ct);
        var before = await db.Peers.AnyAsync(p => p.Side == PeerSide.Upper, ct);
        var (state, since, problem, detail, heard, ahead) = status.Now;
        return found is not { } member
            ? new LinkView(nameof(LinkState.NotJoined), since, "", "", null, "", null, null, null, 0, null, before, [])
            : new LinkView(state.ToString(), since, problem, detail, heard, member.Url, member.Upper, member.Self, member.CertificateUntil, ahead, state == LinkState.Connected ? status.AnsweredIn?.TotalMilliseconds : null, before, await TopicsOf(member.Upper, ct));
    }

    private async Task<IReadOnlyList<TopicView>> TopicsOf(Guid upper, CancellationToken ct)
    {
        var views = new List<TopicView>();
        foreach (var end in await db.LogEnds.AsNoTracking().Where(e => e.Peer == upper && e.Topic != Topics.State).ToListAsync(ct))
        {
            var oldest = await db.Log.Where(r => r.Peer == upper && r.Topic == end.Topic && r.Seq > end.Acked).OrderBy(r => r.Seq).Select(r => (long?)r.At).FirstOrDefaultAsync(ct);
            views.Add(new TopicView(end.Topic, true, end.Last, end.Last - end.Acked, oldest is { } at ? DateTimeOffset.UnixEpoch.AddMicroseconds(at) : null));
        }
        foreach (var inbox in await db.Inboxes.AsNoTracking().Where(i => i.Peer == upper).ToListAsync(ct)) views.Add(new TopicView(inbox.Topic, false, inbox.Last, 0, null));
        return views;
    }
}
