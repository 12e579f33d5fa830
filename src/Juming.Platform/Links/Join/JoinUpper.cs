using System.Net.Sockets;
using System.Security.Cryptography;
using FluentValidation;
using Google.Protobuf;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Lower;

namespace Juming.Platform.Links.Join;

/// <summary>Links this host with the one above, by a token that works once.</summary>
internal sealed record JoinUpper(string Url, Secret Token) : ICommand<Joined>, INeeds<LinksWrite>;

/// <summary>Who this host is now, and below whom.</summary>
internal sealed record Joined(Guid Upper, Guid Self, string Url);

file sealed class Validator : AbstractValidator<JoinUpper>
{
    public Validator()
    {
        RuleFor(r => r.Url).NotEmpty().MaximumLength(300);
        RuleFor(r => r.Token.Value).NotEmpty().MaximumLength(300);
    }
}

file sealed class Handler(Membership membership, OutboundSettings outbound, LinkPlace place, UpperWake wake, TimeProvider clock) : ICommandHandler<JoinUpper, Joined>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<Result<Joined>> Handle(JoinUpper request, CancellationToken ct)
    {
        if (place.IsTop) return LinksErrors.NobodyAbove;
        if (JoinToken.Read(request.Token.Value) is not { } token) return LinksErrors.NoToken;
        if (!Uri.TryCreate(request.Url.Trim(), UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps || url.UserInfo.Length > 0 || url.PathAndQuery != "/") return LinksErrors.NoUrl;
        if (await membership.Get(ct) is not null) return LinksErrors.JoinedAlready;
        using var channel = UpperChannel.ToJoin(url, token.Pin, outbound, clock);
        try
        {
            return await Join(channel, url, token, ct);
        }
        catch (RpcException e)
        {
            return ErrorOf(e, channel).With("url", url.Authority);
        }
    }

    private async Task<Result<Joined>> Join(UpperChannel channel, Uri url, JoinToken token, CancellationToken ct)
    {
        var client = new Enrolment.EnrolmentClient(channel.Channel);
        // The channel counts deadlines by the machine's own clock.
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + Patience;
        var authority = (await client.AuthorityAsync(new AuthorityRequest(), deadline: deadline, cancellationToken: ct)).Certificate.ToByteArray();
        if (channel.Trust(authority) is { } stranger) return stranger.With("url", url.Authority);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var reply = await client.EnrolAsync(new EnrolRequest
        {
            Peer = ByteString.CopyFrom(token.Peer.ToByteArray(bigEndian: true)),
            Secret = ByteString.CopyFrom(token.Secret),
            SigningRequest = ByteString.CopyFrom(LinkCertificates.Request(key)),
            Build = typeof(JoinUpper).Assembly.GetName().Version?.ToString(3) ?? "",
        }, deadline: deadline, cancellationToken: ct);
        var upper = channel.Upper!.Value;
        if (LinkCertificates.ProblemOfAnswer(reply.Certificate.ToByteArray(), channel.Authority, LinkCertificates.NameOf(upper, token.Peer), key, clock.GetUtcNow()) is { } problem)
            return LinksErrors.BadAnswer.With("url", url.Authority).With("detail", problem);
        await membership.Keep(upper, token.Peer, url, authority, reply.Certificate.ToByteArray(), key, ct);
        wake.TellJoined();
        return new Joined(upper, token.Peer, url.AbsoluteUri);
    }

    private static Error ErrorOf(RpcException e, UpperChannel channel)
    {
        if (e.StatusCode == StatusCode.PermissionDenied)
            return e.Status.Detail switch
            {
                "TokenUsed" => LinksErrors.TokenUsed,
                "TokenExpired" => LinksErrors.TokenExpired,
                "TokenUnknown" => LinksErrors.TokenUnknown,
                _ => LinksErrors.TokenRefused.With("reason", e.Status.Detail.Length > 100 ? e.Status.Detail[..100] : e.Status.Detail),
            };
        if (channel.Stranger is { } stranger) return LinksErrors.Stranger.With("detail", stranger);
        var cause = e.Status.DebugException?.GetBaseException();
        var detail = cause?.Message.TrimEnd('.') ?? e.Status.Detail;
        return cause is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.HostUnreachable or SocketError.NetworkUnreachable }
            ? LinksErrors.NoRoute.With("detail", detail)
            : LinksErrors.Unreachable.With("detail", detail);
    }
}
