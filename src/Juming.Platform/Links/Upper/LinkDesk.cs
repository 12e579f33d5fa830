using System.Net;
using Google.Protobuf.Reflection;
using Juming.Contracts.Link;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Identity;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Upper;

/// <summary>The desk of an upper host, on its database.</summary>
internal sealed class LinkDesk(LinksDb db, Authority authority, Connections connections, LinkListener listener, PeerNews news, LinksSettings settings, TierContext tier, TimeProvider clock) : ILinkDesk
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(24);

    public bool Listens => settings.ListenAt(tier.Tier).Length > 0;

    public async Task<Invitation?> Invite(Guid peer, CancellationToken ct)
    {
        var held = await authority.Get(ct);
        var row = await db.Peers.FirstOrDefaultAsync(p => p.Id == peer, ct);
        if (row is { EnrolledAt: not null } or { RevokedAt: not null } or { Side: PeerSide.Upper }) return null;
        var token = JoinToken.Make(peer, held.Pin);
        if (row is null) db.Add(row = new PeerRow { Id = peer, Side = PeerSide.Lower, CreatedAt = clock.GetUtcNow() });
        (row.TokenHash, row.TokenUntil) = (JoinToken.HashOf(token.Secret), clock.GetUtcNow() + TokenLife);
        await db.SaveChangesAsync(ct);
        return new Invitation(token.Write(), Url(), row.TokenUntil.Value);
    }

    public async Task<bool> Revoke(Guid peer, CancellationToken ct)
    {
        var row = await db.Peers.FirstOrDefaultAsync(p => p.Id == peer && p.Side == PeerSide.Lower, ct);
        if (row is null) return false;
        row.RevokedAt ??= clock.GetUtcNow();
        row.TokenHash = null;
        await db.SaveChangesAsync(ct);
        connections.ShutOut(peer, EndReason.Revoked);
        await news.Tell(peer, ct);
        return true;
    }

    public async Task<bool> Release(Guid peer, CancellationToken ct)
    {
        var row = await db.Peers.FirstOrDefaultAsync(p => p.Id == peer && p.Side == PeerSide.Lower && p.QuarantinedAt != null, ct);
        if (row is null) return false;
        (row.QuarantinedAt, row.FlipsSince, row.Flips) = (null, null, 0);
        await db.SaveChangesAsync(ct);
        return true;
    }

    public async Task<IReadOnlyDictionary<Guid, PeerStanding>> Standing(IReadOnlyCollection<Guid> peers, CancellationToken ct)
    {
        var rows = await db.Peers.AsNoTracking().Where(p => peers.Contains(p.Id) && p.Side == PeerSide.Lower).ToListAsync(ct);
        return rows.ToDictionary(r => r.Id, r => new PeerStanding(PeerStates.Of(r, clock.GetUtcNow()), r.LastSeenAt, r.Build, r.SkewMs, r.EnrolledAt is null ? r.TokenUntil : null, r.EnrolledAt, r.Fence));
    }

    public async Task<IReadOnlyList<ArrivedValue>> Values(IReadOnlyCollection<Guid> peers, IReadOnlyCollection<MessageDescriptor> messages, CancellationToken ct)
    {
        var types = messages.Select(UpwardMessages.TypeOf).ToList();
        return await db.ArrivedValues.AsNoTracking().Where(v => peers.Contains(v.Peer) && v.Topic == Topics.State && types.Contains(v.Type)).Select(v => new ArrivedValue(v.Peer, v.Key, v.Type, v.Payload, v.ReceivedAt)).ToListAsync(ct);
    }

    private string Url()
    {
        if (settings.PublicUrl.Length > 0) return settings.PublicUrl;
        var bound = listener.Addresses.Select(a => new Uri(a)).FirstOrDefault();
        var point = settings.ListenAt(tier.Tier) is { Length: > 0 } at ? IPEndPoint.Parse(at) : new IPEndPoint(IPAddress.Loopback, 0);
        var host = point.Address.Equals(IPAddress.Any) || point.Address.Equals(IPAddress.IPv6Any) ? Environment.MachineName : new UriBuilder("https", point.Address.ToString()).Uri.Host;
        return new UriBuilder("https", host, bound?.Port ?? point.Port).Uri.AbsoluteUri;
    }
}

/// <summary>Says how a peer of the register stands.</summary>
internal static class PeerStates
{
    /// <summary>In one word.</summary>
    public static PeerState Of(PeerRow row, DateTimeOffset now)
    {
        if (row.RevokedAt is not null) return PeerState.Revoked;
        if (row.QuarantinedAt is not null) return PeerState.Quarantined;
        if (row.EnrolledAt is null) return row.TokenUntil < now ? PeerState.TokenExpired : PeerState.Invited;
        return row.LeaseUntil > now ? PeerState.Connected : PeerState.Silent;
    }
}
