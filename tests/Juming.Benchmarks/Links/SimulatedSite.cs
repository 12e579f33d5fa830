using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Juming.Contracts.Egress;
using Juming.Contracts.Link;
using Juming.Platform.Data;
using Juming.Platform.Links;
using Juming.Platform.Links.Egress.Gate;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Run;
using Juming.Platform.Links.Sync;

namespace Juming.Benchmarks.Links;

/// <summary>
/// A site as the operator sees it: enrols, holds a session with heartbeats, synchronises by the product's own engine (its health once a minute, an incident when it has connected), and
/// dials again with the product's pauses when it is cut off.
/// </summary>
internal sealed class SimulatedSite(Uri url, int number) : IDisposable
{
    // Those of Lower/Dialler.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HealthEach = TimeSpan.FromMinutes(1);

    private readonly ulong _boot = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;
    private readonly MemoryLog _reports = new();
    private readonly MemoryValues _values = new();
    private readonly Wake _bell = new();
    private readonly Lock _lock = new();
    private readonly List<(long At, double Ms)> _answers = [];
    private X509Certificate2? _certificate;
    private long _welcomes;
    private ulong _told;

    /// <summary>How often the operator has said welcome.</summary>
    public long Welcomes => Interlocked.Read(ref _welcomes);

    /// <summary>The operator has committed all that this site has told.</summary>
    public bool IsHeard => Welcomes > 0 && _reports.Acked == Volatile.Read(ref _told);

    /// <summary>How long heartbeats waited for their answers.</summary>
    /// <param name="since">Timestamp from which on.</param>
    public IReadOnlyList<double> Answers(long since)
    {
        lock (_lock) return [.. _answers.Where(a => a.At >= since).Select(a => a.Ms)];
    }

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
            if (Welcomes > before) pause = FirstPause;
            await Task.Delay(pause * Random.Shared.NextDouble(), ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>A connection of its own with its certificate.</summary>
    public GrpcChannel Dial() => Way(_certificate);

    /// <summary>What a site says first.</summary>
    public LowerFrame Greeting => new() { Hello = new Hello { ProtocolMin = 1, ProtocolMax = 1, BootId = _boot, Build = "0.1.0", Time = Now } };

    public void Dispose() => _certificate?.Dispose();

    private static long Now => PlainStatements.Micros(TimeProvider.System.GetUtcNow());

    private async Task Once(CancellationToken ct)
    {
        using var way = Dial();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var session = new Session.SessionClient(way).Open(cancellationToken: ending.Token);
        await session.RequestStream.WriteAsync(Greeting, ending.Token);
        if (!await session.ResponseStream.MoveNext(ending.Token) || session.ResponseStream.Current.Welcome is not { } welcome) return;
        Interlocked.Increment(ref _welcomes);
        using var sync = new Contracts.Link.Sync.SyncClient(way).Run(new Metadata { { "fence", welcome.Fence.ToString(CultureInfo.InvariantCulture) } }, cancellationToken: ending.Token);
        Report();
        Task[] all =
        [
            new SyncRun(Topics(), sync.ResponseStream, sync.RequestStream, _bell, TimeProvider.System, new NoAlarms()).Run(ending.Token),
            Beat(session.RequestStream, TimeSpan.FromSeconds(welcome.LeaseSeconds), ending.Token),
            Listen(session.ResponseStream, ending.Token),
            TellHealth(ending.Token),
        ];
        await Task.WhenAny(all);
        await ending.CancelAsync();
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private long _beatAt;

    private async Task Beat(IClientStreamWriter<LowerFrame> to, TimeSpan lease, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(lease / 3 * (0.8 + (0.4 * Random.Shared.NextDouble())), ct);
            Volatile.Write(ref _beatAt, Stopwatch.GetTimestamp());
            await to.WriteAsync(new LowerFrame { Heartbeat = new Heartbeat { Time = Now } }, ct);
        }
    }

    private async Task Listen(IAsyncStreamReader<UpperFrame> from, CancellationToken ct)
    {
        while (await from.MoveNext(ct))
        {
            if (from.Current.FrameCase == UpperFrame.FrameOneofCase.Ended) return;
            if (from.Current.FrameCase != UpperFrame.FrameOneofCase.Lease) continue;
            lock (_lock) _answers.Add((Stopwatch.GetTimestamp(), Stopwatch.GetElapsedTime(Volatile.Read(ref _beatAt)).TotalMilliseconds));
        }
    }

    private async Task TellHealth(CancellationToken ct)
    {
        var health = new SiteHealth { BuildMinor = 1, DiskUsed = 300, SourcesUp = (uint)number % 50, EventsPerSecond = 40 };
        var rule = MessageRule.Of(health)!;
        while (true)
        {
            health.MeasuredAt = Now;
            _values.Set(rule.KeyOf(health), rule.Type, health.ToByteArray(), Now);
            _bell.Ring();
            await Task.Delay(HealthEach * (0.8 + (0.4 * Random.Shared.NextDouble())), ct);
        }
    }

    /// <summary>An incident was opened.</summary>
    private void Report()
    {
        var told = new IncidentSummary { Incident = ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true)), Severity = 3, Priority = 2, Stage = IncidentStage.New, Attack = "T1110", Alerts = 12, DetectedAt = Now };
        told.Tactics.Add("TA0006");
        var rule = MessageRule.Of(told)!;
        _reports.Add(rule.Type, rule.KeyOf(told), Now, told.ToByteArray());
        Interlocked.Increment(ref _told);
        _bell.Ring();
    }

    private SyncTopics Topics() => new(
        new Dictionary<uint, ILogStore> { [Platform.Links.Topics.Reports] = _reports },
        new Dictionary<uint, IInboxStore>(),
        new Dictionary<uint, IStateStore> { [Platform.Links.Topics.State] = _values },
        new Dictionary<uint, IStateInbox>());

    private GrpcChannel Way(X509Certificate2? own) => GrpcChannel.ForAddress(url, new GrpcChannelOptions
    {
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(15),
            SslOptions = new SslClientAuthenticationOptions { LocalCertificateSelectionCallback = own is null ? null : (_, _, _, _, _) => own, RemoteCertificateValidationCallback = (_, _, _, _) => true },
            // Each from an address of its own, as sites are.
            ConnectCallback = async (connection, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Bind(new IPEndPoint(new IPAddress([127, 2, (byte)(number / 250), (byte)(1 + (number % 250))]), 0));
                    await socket.ConnectAsync(IPAddress.Loopback, connection.DnsEndPoint.Port, ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        },
    });
}

/// <summary>A site of which one control message after the other is timed: a question on its synchronisation, which the operator answers out of its database.</summary>
internal sealed class ControlProbe(SimulatedSite site)
{
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly List<(long At, double Ms)> _answers = [];

    /// <summary>How long answers took.</summary>
    /// <param name="since">Timestamp from which on.</param>
    public IReadOnlyList<double> Answers(long since)
    {
        lock (_lock) return [.. _answers.Where(a => a.At >= since).Select(a => a.Ms)];
    }

    /// <summary>Asks until it is cancelled; comes back at once when the operator does.</summary>
    public async Task Run(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var way = site.Dial();
                await Over(way, ct);
            }
            catch (Exception e) when (e is RpcException or IOException or OperationCanceledException or HttpRequestException)
            {
                await Task.Delay(100, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Asks over a connection until it breaks.</summary>
    public async Task Over(GrpcChannel way, CancellationToken ct)
    {
        using var session = new Session.SessionClient(way).Open(cancellationToken: ct);
        await session.RequestStream.WriteAsync(site.Greeting, ct);
        if (!await session.ResponseStream.MoveNext(ct) || session.ResponseStream.Current.Welcome is not { } welcome) return;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var beating = Beat(session, TimeSpan.FromSeconds(welcome.LeaseSeconds), ending.Token);
        try
        {
            using var sync = new Contracts.Link.Sync.SyncClient(way).Run(new Metadata { { "fence", welcome.Fence.ToString(CultureInfo.InvariantCulture) } }, cancellationToken: ct);
            while (true)
            {
                var at = Stopwatch.GetTimestamp();
                await sync.RequestStream.WriteAsync(new SyncFrame { Ask = new Ask { Topic = Topics.State } }, ct);
                do
                {
                    if (!await sync.ResponseStream.MoveNext(ct)) return;
                }
                while (sync.ResponseStream.Current.FrameCase != SyncFrame.FrameOneofCase.StatePosition);
                lock (_lock) _answers.Add((at, Stopwatch.GetElapsedTime(at).TotalMilliseconds));
                await Task.Delay(Each, ct);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task Beat(AsyncDuplexStreamingCall<LowerFrame, UpperFrame> session, TimeSpan lease, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(lease / 3, ct);
            await session.RequestStream.WriteAsync(new LowerFrame { Heartbeat = new Heartbeat() }, ct);
        }
    }
}
