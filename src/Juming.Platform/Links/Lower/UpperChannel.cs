using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Run;

namespace Juming.Platform.Links.Lower;

/// <summary>
/// The way to the host above: the only place that opens a connection there. What answers must be the authority that this host knows, whoever sits in between;
/// a proxy that looks into TLS is seen, named and refused.
/// </summary>
internal sealed class UpperChannel : IDisposable
{
    private readonly OutboundSettings _outbound;
    private readonly TimeProvider _clock;
    private readonly GrpcChannel _channel;
    private X509Certificate2? _authority;
    private byte[]? _pin;
    private X509Certificate2? _seen;

    private UpperChannel(Uri url, OutboundSettings outbound, TimeProvider clock, X509Certificate2? own)
    {
        (_outbound, _clock) = (outbound, clock);
        _channel = GrpcChannel.ForAddress(url, new GrpcChannelOptions
        {
            HttpHandler = Handler(own),
            DisposeHttpClient = true,
            // A packed message may be a thousand times its size; nothing here packs any.
            CompressionProviders = [],
            MaxReceiveMessageSize = SyncRun.LargestFrame,
            MaxSendMessageSize = SyncRun.LargestFrame,
        });
    }

    /// <summary>The channel.</summary>
    public GrpcChannel Channel => _channel;

    /// <summary>Whom the other end showed itself to be when it was not whom it should be; null otherwise.</summary>
    public string? Stranger { get; private set; }

    /// <summary>The other end is who it should be, but its certificate is not valid at this host's time.</summary>
    public bool ClockIsWrong { get; private set; }

    /// <summary>What the other end's certificate is for, as it showed it.</summary>
    public X509Certificate2 Authority => _authority ?? throw new InvalidOperationException("It is not trusted yet.");

    /// <summary>For a host that has a token and nothing else yet.</summary>
    public static UpperChannel ToJoin(Uri url, byte[] pin, OutboundSettings outbound, TimeProvider clock) => new(url, outbound, clock, own: null) { _pin = pin };

    /// <summary>For a member.</summary>
    public static UpperChannel Of(Membership.Held member, OutboundSettings outbound, TimeProvider clock) => new(member.Url, outbound, clock, member.Certificate) { _authority = member.Authority, Upper = member.Upper };

    /// <summary>Whom the other end must be; unknown before it has shown its authority.</summary>
    public Guid? Upper { get; private set; }

    /// <summary>Takes the authority that the other end names, when it is the one of the token's pin and has signed what the other end shows.</summary>
    /// <returns>Why not, or null.</returns>
    public Error? Trust(byte[] certificate)
    {
        X509Certificate2 authority;
        try
        {
            authority = X509CertificateLoader.LoadCertificate(certificate);
        }
        catch (CryptographicException)
        {
            return LinksErrors.Stranger.With("detail", "it names no authority");
        }
        if (!CryptographicOperations.FixedTimeEquals(LinkCertificates.PinOf(authority), _pin)) return LinksErrors.Stranger.With("detail", "its authority is another one than the token names");
        // It is the right one that answers, but not the right one that holds the connection.
        if (_seen is null || UpperIn(_seen) is not { } upper) return LinksErrors.Inspected.With("issuer", _seen?.Issuer ?? "?");
        var now = _clock.GetUtcNow();
        if (_seen.NotBefore.ToUniversalTime() > now.UtcDateTime || _seen.NotAfter.ToUniversalTime() < now.UtcDateTime) return LinksErrors.WrongClock.With("now", now.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        if (LinkCertificates.ProblemOf(_seen, authority, LinkCertificates.NameOf(upper), server: true, now) is { } problem) return LinksErrors.Stranger.With("detail", problem);
        (_authority, Upper) = (authority, upper);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private SocketsHttpHandler Handler(X509Certificate2? own) => new()
    {
        UseProxy = _outbound.Proxy.Length > 0,
        Proxy = _outbound.Proxy.Length > 0 ? new WebProxy(_outbound.Proxy) : null,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        // The library would else put connections of its own in between, which know nothing of a proxy's CONNECT.
        ConnectCallback = Connect,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        EnableMultipleHttp2Connections = false,
        // Whoever opens it decides when it is closed.
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            LocalCertificateSelectionCallback = own is null ? null : (_, _, _, _, _) => own,
            RemoteCertificateValidationCallback = (_, shown, _, _) => Validate(shown),
        },
    };

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool Validate(X509Certificate? shown)
    {
        if (shown is null) return false;
        var certificate = shown as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
        if (_authority is null)
        {
            // Before the authority is known nothing is said but the question for it; Trust judges what was seen here.
            _seen = X509CertificateLoader.LoadCertificate(certificate.RawData);
            return _pin is not null;
        }
        var problem = LinkCertificates.ProblemOf(certificate, _authority, LinkCertificates.NameOf(Upper!.Value), server: true, _clock.GetUtcNow());
        ClockIsWrong = problem is not null && certificate.Issuer == _authority.Subject && problem.Contains(nameof(X509ChainStatusFlags.NotTimeValid), StringComparison.Ordinal);
        Stranger = problem is null ? null : certificate.Issuer;
        return problem is null;
    }

    private static Guid? UpperIn(X509Certificate2 certificate)
    {
        foreach (var name in LinkCertificates.NamesIn(certificate))
            if (Uri.TryCreate(name, UriKind.Absolute, out var uri) && uri.Scheme == "juming" && uri.AbsolutePath == "/upper" && Guid.TryParseExact(uri.Host, "N", out var upper)) return upper;
        return null;
    }
}
