using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Juming.Contracts.Link;
using Juming.Platform.Links;
using Juming.Platform.Links.Identity;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Tests.Links;

/// <summary>A site with a certificate in order, that says what it likes.</summary>
internal sealed class FakeSite : IDisposable
{
    private readonly GrpcChannel _channel;
    private AsyncDuplexStreamingCall<LowerFrame, UpperFrame>? _session;

    private FakeSite(Uri url, Guid peer, X509Certificate2? certificate) => (Peer, _channel) = (peer, Channel(url, certificate));

    public Guid Peer { get; }

    public Session.SessionClient Session => new(_channel);

    public GrpcChannel Way => _channel;

    public long Fence { get; private set; }

    /// <summary>Joins an operator under a new identity.</summary>
    public static async Task<FakeSite> Join(RunningTier upper)
    {
        var (peer, invitation) = await Invite(upper);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var way = Channel(new Uri(invitation.Url), null);
        var reply = await new Enrolment.EnrolmentClient(way).EnrolAsync(Request(invitation, LinkCertificates.Request(key)));
        return new FakeSite(new Uri(invitation.Url), peer, KeyText.Join(reply.Certificate.ToByteArray(), key));
    }

    /// <summary>With whatever certificate.</summary>
    public static FakeSite With(Uri url, Guid peer, X509Certificate2? certificate) => new(url, peer, certificate);

    public static async Task<(Guid Peer, Invitation Invitation)> Invite(RunningTier upper)
    {
        var peer = Guid.CreateVersion7();
        await using var scope = upper.Services.CreateAsyncScope();
        return (peer, (await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Invite(peer, CancellationToken.None))!);
    }

    public static EnrolRequest Request(Invitation invitation, byte[] signingRequest)
    {
        var token = JoinToken.Read(invitation.Token)!;
        return new EnrolRequest { Peer = ByteString.CopyFrom(token.Peer.ToByteArray(bigEndian: true)), Secret = ByteString.CopyFrom(token.Secret), SigningRequest = ByteString.CopyFrom(signingRequest), Build = "1.0.0" };
    }

    public static GrpcChannel Channel(Uri url, X509Certificate2? own) => GrpcChannel.ForAddress(url, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { LocalCertificateSelectionCallback = own is null ? null : (_, _, _, _, _) => own, RemoteCertificateValidationCallback = (_, _, _, _) => true },
        },
        MaxReceiveMessageSize = null,
        MaxSendMessageSize = null,
    });

    /// <summary>Opens a session in order.</summary>
    public async Task Open(ulong boot = 1)
    {
        _session = Session.Open();
        await _session.RequestStream.WriteAsync(new LowerFrame { Hello = new Hello { ProtocolMin = 1, ProtocolMax = 1, BootId = boot, Build = "1.0.0" } });
        if (!await _session.ResponseStream.MoveNext(CancellationToken.None) || _session.ResponseStream.Current.FrameCase != UpperFrame.FrameOneofCase.Welcome) throw new InvalidOperationException("No welcome.");
        Fence = _session.ResponseStream.Current.Welcome.Fence;
    }

    /// <summary>Sends frames of a synchronisation in that session, and waits until it ends.</summary>
    /// <returns>How it ended.</returns>
    public async Task<StatusCode> Sync(params SyncFrame[] frames)
    {
        using var call = new Contracts.Link.Sync.SyncClient(_channel).Run(Headers());
        return await Drive(call.RequestStream, call.ResponseStream, frames);
    }

    /// <summary>The same with bytes of any kind.</summary>
    public async Task<StatusCode> SyncBytes(byte[] bytes, bool packed = false)
    {
        var plain = Marshallers.Create(b => b, b => b);
        var headers = Headers();
        if (packed) headers.Add("grpc-internal-encoding-request", "gzip");
        using var call = _channel.CreateCallInvoker().AsyncDuplexStreamingCall(new Method<byte[], byte[]>(MethodType.DuplexStreaming, "juming.link.v1.Sync", "Run", plain, plain), null, new CallOptions(headers));
        return await Drive(call.RequestStream, call.ResponseStream, bytes);
    }

    public Metadata Headers(long? fence = null) => new() { { "fence", (fence ?? Fence).ToString(System.Globalization.CultureInfo.InvariantCulture) } };

    public void Dispose()
    {
        _session?.Dispose();
        _channel.Dispose();
    }

    internal static async Task<StatusCode> Drive<TIn, TOut>(IClientStreamWriter<TIn> to, IAsyncStreamReader<TOut> from, params TIn[] messages)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var writing = Write();
        try
        {
            while (await from.MoveNext(limit.Token)) { }
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
        finally
        {
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task Write()
        {
            foreach (var message in messages) await to.WriteAsync(message, limit.Token);
        }
    }
}
