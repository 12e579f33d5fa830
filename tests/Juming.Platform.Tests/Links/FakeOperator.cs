using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Juming.Contracts.Link;
using Juming.Platform.Links.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Tests.Links;

/// <summary>An operator with an authority of its own that answers as a test tells it to.</summary>
internal sealed class FakeOperator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private FakeOperator(DateTimeOffset now, X509Certificate2? listener)
    {
        Upper = Guid.CreateVersion7();
        Authority = LinkCertificates.MakeAuthority(_key, Upper, now);
        using var listenerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Listener = listener ?? LinkCertificates.SignUpper(Authority, listenerKey, Upper, now);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(this).AddGrpc(grpc => grpc.MaxSendMessageSize = null);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = Listener, ClientCertificateMode = ClientCertificateMode.AllowCertificate, ClientCertificateValidation = (_, _, _) => true });
        }));
        _app = builder.Build();
        _app.MapGrpcService<Desk>();
        _app.MapGrpcService<Talk>();
        _app.MapGrpcService<Topics>();
    }

    public Guid Upper { get; }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Listener { get; }

    /// <summary>What it answers to a request for a certificate; null for what is right.</summary>
    public Func<byte[], byte[]>? Certificate { get; set; }

    /// <summary>What it says when a session is opened; a welcome in order by default.</summary>
    public UpperFrame[] Words { get; set; } = [Welcome()];

    /// <summary>What it says when a synchronisation begins.</summary>
    public SyncFrame[] Frames { get; set; } = [];

    /// <summary>Words that came in sessions.</summary>
    public int Heard => Volatile.Read(ref _heard);

    private int _heard;

    public string Url => _app.Urls.Single();

    public static async Task<FakeOperator> Start(DateTimeOffset? now = null, X509Certificate2? listener = null)
    {
        var made = new FakeOperator(now ?? TimeProvider.System.GetUtcNow(), listener);
        await made._app.StartAsync();
        return made;
    }

    public static UpperFrame Welcome(uint protocol = 1, long fence = 1, uint lease = 60) => new() { Welcome = new Welcome { Protocol = protocol, Fence = fence, LeaseSeconds = lease } };

    public string Token(Guid? peer = null) => JoinToken.Make(peer ?? Guid.CreateVersion7(), LinkCertificates.PinOf(Authority)).Write();

    public byte[] Sign(byte[] request, Guid peer)
    {
        using var withKey = Authority.HasPrivateKey ? null : Authority.CopyWithPrivateKey(_key);
        using var signed = LinkCertificates.SignPeer(withKey ?? Authority, request, Upper, peer, TimeProvider.System.GetUtcNow());
        return signed.RawData;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private EnrolReply Answer(byte[] request, Guid peer) => new() { Certificate = ByteString.CopyFrom(Certificate?.Invoke(request) ?? Sign(request, peer)), Upper = ByteString.CopyFrom(Upper.ToByteArray(bigEndian: true)) };

    internal sealed class Desk(FakeOperator self) : Enrolment.EnrolmentBase
    {
        public override Task<AuthorityReply> Authority(AuthorityRequest request, ServerCallContext context) => Task.FromResult(new AuthorityReply { Certificate = ByteString.CopyFrom(self.Authority.RawData) });

        public override Task<EnrolReply> Enrol(EnrolRequest request, ServerCallContext context) => Task.FromResult(self.Answer(request.SigningRequest.ToByteArray(), new Guid(request.Peer.Span, bigEndian: true)));
    }

    internal sealed class Talk(FakeOperator self) : Session.SessionBase
    {
        public override Task<EnrolReply> Renew(RenewRequest request, ServerCallContext context) => Task.FromResult(self.Answer(request.SigningRequest.ToByteArray(), Guid.Empty));

        public override async Task Open(IAsyncStreamReader<LowerFrame> requestStream, IServerStreamWriter<UpperFrame> responseStream, ServerCallContext context)
        {
            await requestStream.MoveNext(context.CancellationToken);
            foreach (var word in self.Words) await responseStream.WriteAsync(word, context.CancellationToken);
            while (await requestStream.MoveNext(context.CancellationToken)) Interlocked.Increment(ref self._heard);
        }
    }

    internal sealed class Topics(FakeOperator self) : Contracts.Link.Sync.SyncBase
    {
        public override async Task Run(IAsyncStreamReader<SyncFrame> requestStream, IServerStreamWriter<SyncFrame> responseStream, ServerCallContext context)
        {
            foreach (var frame in self.Frames) await responseStream.WriteAsync(frame, context.CancellationToken);
            while (await requestStream.MoveNext(context.CancellationToken)) { }
        }
    }
}
