using System.Security.Cryptography;
using Juming.Contracts.Link;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Upper;

/// <summary>Why a caller is not let in; told to it as a code.</summary>
internal enum EnrolRefusal
{
    /// <summary>No such token, a wrong secret, or a peer that was revoked: which of them is not told.</summary>
    TokenUnknown,

    /// <summary>The token's time is over.</summary>
    TokenExpired,

    /// <summary>The token was used with another key.</summary>
    TokenUsed,

    /// <summary>The request for a certificate is not acceptable.</summary>
    RequestRefused,
}

/// <summary>Takes in those who hold a token, once, and gives those who are in a new certificate.</summary>
internal sealed class EnrolmentDesk(IServiceScopeFactory scopes, Authority authority, ILinkIncidents incidents, TimeProvider clock)
{
    /// <summary>How long a lost answer may be asked for again with the same key.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    private const int MostRequest = 4096;

    private readonly PerMinute<string> _told = new();

    /// <summary>Takes in the holder of a token.</summary>
    public async Task<(EnrolReply? Reply, EnrolRefusal? Refusal)> Enrol(EnrolRequest request, string from, CancellationToken ct)
    {
        if (request.Peer.Length != 16 || request.Secret.Length > 64 || request.SigningRequest.Length > MostRequest) return (null, EnrolRefusal.TokenUnknown);
        var held = await authority.Get(ct);
        var peer = new Guid(request.Peer.Span, bigEndian: true);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        EnrolRefusal? refusal = null;
        EnrolReply? reply = null;
        await db.SaveWith(async _ =>
        {
            var row = await db.Peers.FirstOrDefaultAsync(p => p.Id == peer && p.Side == PeerSide.Lower, ct);
            refusal = Judge(row, request);
            if (refusal is not null) return;
            (reply, refusal) = Sign(row!, request.SigningRequest.ToByteArray(), held);
            if (reply is null) return;
            row!.EnrolledAt ??= clock.GetUtcNow();
            row.Build = request.Build.Length > 60 ? request.Build[..60] : request.Build;
        }, ct);
        // Somebody who holds the secret came second: either of the two is not who it should be.
        if (refusal == EnrolRefusal.TokenUsed) await incidents.Tell(LinkIncident.TokenUsedTwice, peer, from, ct);
        // Guesses come by the thousand or not at all; one a minute tells as much.
        if (refusal == EnrolRefusal.TokenUnknown && _told.Take("", clock, 1)) await incidents.Tell(LinkIncident.TokenWrong, peer, from, ct);
        return (reply, refusal);
    }

    /// <summary>Gives a peer that has proved who it is a certificate for a new key.</summary>
    public async Task<(EnrolReply? Reply, EnrolRefusal? Refusal)> Renew(Guid peer, byte[] signingRequest, CancellationToken ct)
    {
        if (signingRequest.Length > MostRequest) return (null, EnrolRefusal.RequestRefused);
        var held = await authority.Get(ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        EnrolRefusal? refusal = null;
        EnrolReply? reply = null;
        await db.SaveWith(async _ =>
        {
            var row = await db.Peers.FirstOrDefaultAsync(p => p.Id == peer && p.Side == PeerSide.Lower && p.RevokedAt == null, ct);
            if (row is null) refusal = EnrolRefusal.TokenUnknown;
            else (reply, refusal) = Sign(row, signingRequest, held);
        }, ct);
        return (reply, refusal);
    }

    private EnrolRefusal? Judge(PeerRow? row, EnrolRequest request)
    {
        var right = CryptographicOperations.FixedTimeEquals(row?.TokenHash ?? new byte[SHA256.HashSizeInBytes], JoinToken.HashOf(request.Secret.Span));
        if (row is null || !right || row.RevokedAt is not null) return EnrolRefusal.TokenUnknown;
        if (row.EnrolledAt is { } at && (at + Again < clock.GetUtcNow() || !SameKey(row, request.SigningRequest.Span))) return EnrolRefusal.TokenUsed;
        return row.TokenUntil < clock.GetUtcNow() ? EnrolRefusal.TokenExpired : null;
    }

    private static bool SameKey(PeerRow row, ReadOnlySpan<byte> signingRequest) => row.KeyHash is { } hash && SHA256.HashData(signingRequest).AsSpan().SequenceEqual(hash);

    private (EnrolReply? Reply, EnrolRefusal? Refusal) Sign(PeerRow row, byte[] signingRequest, Authority.Held held)
    {
        try
        {
            using var certificate = LinkCertificates.SignPeer(held.Certificate, signingRequest, held.Upper, row.Id, clock.GetUtcNow());
            // The one before stays good until the new one was seen: the answer that brings it may be lost.
            if (row.PriorSerial.Length == 0) row.PriorSerial = row.Serial;
            row.Serial = certificate.SerialNumber;
            row.Certificate = certificate.RawData;
            row.KeyHash = SHA256.HashData(signingRequest);
            return (new EnrolReply
            {
                Certificate = Google.Protobuf.ByteString.CopyFrom(certificate.RawData),
                Upper = Google.Protobuf.ByteString.CopyFrom(held.Upper.ToByteArray(bigEndian: true)),
            }, null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return (null, EnrolRefusal.RequestRefused);
        }
    }
}
