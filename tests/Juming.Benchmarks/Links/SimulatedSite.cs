using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Juming.Contracts.Link;
using Juming.Platform.Links.Identity;

namespace Juming.Benchmarks.Links;

/// <summary>A site as the operator sees it: enrols, holds a session with heartbeats and a synchronisation with its health, and dials again when it is cut off.</summary>
internal sealed class SimulatedSite(Uri url, int number) : IDisposable
{
    private const uint State = 1;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    private readonly ulong _boot = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;
    private X509Certificate2? _certificate;
    private long _welcomes;
    private double _answerMs;

    /// <summary>How often the operator has said welcome.</summary>
    public long Welcomes => Interlocked.Read(ref _welcomes);

    /// <summary>How long the last heartbeat waited for its answer, milliseconds; 0 before the first.</summary>
    public double AnswerMs => Volatile.Read(ref _answerMs);

    public async Task Enrol(string token, CancellationToken ct)
    {
        var parts = JoinToken.Read(token) ?? throw new InvalidOperationException("no token");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var way = Way(null);
        var reply = await new Enrolment.EnrolmentClient(way).EnrolAsync(new EnrolRequest
        {
            Peer = ByteString.CopyFrom(parts.Peer.ToByteArray(bigEndian: true)),
            Secret = ByteString.CopyFrom(parts.Secret),
            SigningRequest = ByteString.CopyFrom(LinkCertificates.Request(key)),
            Build = "0.1.0",
        }, cancellationToken: ct);
        _certificate = KeyText.Join(reply.Certificate.ToByteArray(), key);
    }

    /// <summary>Lives until it is cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        var pause = FirstPause;
        while (!ct.IsCancellationRequested)
        {
            var before = Welcomes;
            try
            {
                await Once(ct);
            }
            catch (Exception e) when (e is RpcException or IOException or OperationCanceledException or HttpRequestException)
            {
                // Whatever ended it, the next time is as good as this one.
            }
            pause = Welcomes > before ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            await Task.Delay(pause * Random.Shared.NextDouble(), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _certificate?.Dispose();

    private async Task Once(CancellationToken ct)
    {
        using var way = Way(_certificate);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var session = new Session.SessionClient(way).Open(cancellationToken: ending.Token);
        await session.RequestStream.WriteAsync(new LowerFrame { Hello = new Hello { ProtocolMin = 1, ProtocolMax = 1, BootId = _boot, Build = "0.1.0" } }, ending.Token);
        if (!await session.ResponseStream.MoveNext(ending.Token) || session.ResponseStream.Current.Welcome is not { } welcome) return;
        Interlocked.Increment(ref _welcomes);
        using var sync = new Sync.SyncClient(way).Run(new Metadata { { "fence", welcome.Fence.ToString(System.Globalization.CultureInfo.InvariantCulture) } }, cancellationToken: ending.Token);
        var answering = Answer(sync, ending.Token);
        var beating = Beat(session, TimeSpan.FromSeconds(welcome.LeaseSeconds), ending.Token);
        await Task.WhenAny(answering, beating);
        await ending.CancelAsync();
        await Task.WhenAll(answering, beating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Beat(AsyncDuplexStreamingCall<LowerFrame, UpperFrame> session, TimeSpan lease, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(lease / 3 * (0.8 + (0.4 * Random.Shared.NextDouble())), ct);
            var at = Stopwatch.GetTimestamp();
            await session.RequestStream.WriteAsync(new LowerFrame { Heartbeat = new Heartbeat() }, ct);
            if (!await session.ResponseStream.MoveNext(ct)) return;
            Volatile.Write(ref _answerMs, Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }
    }

    /// <summary>Tells its health when the operator is there: one value, as often as it connects.</summary>
    private async Task Answer(AsyncDuplexStreamingCall<SyncFrame, SyncFrame> sync, CancellationToken ct)
    {
        await sync.RequestStream.WriteAsync(new SyncFrame { Ask = new Ask { Topic = State } }, ct);
        while (await sync.ResponseStream.MoveNext(ct))
        {
            if (sync.ResponseStream.Current.StatePosition is not { } position) continue;
            var health = new Contracts.Egress.SiteHealth { BuildMinor = 1, DiskUsed = 300, SourcesUp = (uint)number % 50, EventsPerSecond = 40 };
            await sync.RequestStream.WriteAsync(new SyncFrame { StateBatch = new StateBatch { Topic = State, Items = { new StateItem { Key = "health", Type = 1, Version = position.Newest + 1, Payload = health.ToByteString() } } } }, ct);
        }
    }

    private GrpcChannel Way(X509Certificate2? own) => GrpcChannel.ForAddress(url, new GrpcChannelOptions
    {
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { LocalCertificateSelectionCallback = own is null ? null : (_, _, _, _, _) => own, RemoteCertificateValidationCallback = (_, _, _, _) => true },
            // Each from an address of its own, as sites are.
            ConnectCallback = async (connection, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(new IPAddress([127, 2, (byte)(number / 250), (byte)(1 + (number % 250))]), 0));
                await socket.ConnectAsync(IPAddress.Loopback, connection.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
    });
}
