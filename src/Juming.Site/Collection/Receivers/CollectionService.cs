using System.Net;
using System.Net.Sockets;
using Juming.Platform.Modules;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;
using Juming.Site.Detection;
using Juming.Site.Events;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Receivers;

/// <summary>Starts the receivers, books what a crash lost, and watches for senders that fall silent.</summary>
internal sealed partial class CollectionService(
    CollectionSettings settings, TierContext tier, SourceRegister sources, IngestPipeline pipeline, LedgerBook ledger, InFlightCounts inFlight, ILedger books,
    UdpReceiver udp, TcpReceiver tcp, FileWatch files, IHostCertificate certificate, IAlertIntake alerts, TimeProvider clock, ILoggerFactory logs) : IHostedService
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private readonly ILogger _log = logs.CreateLogger<CollectionService>();

    /// <summary>Where the receivers listen, "udp 0.0.0.0:5514" and so on.</summary>
    public IReadOnlyList<string> Listening => _listening;

    /// <summary>Receivers that ended although the site runs.</summary>
    public int Ended => _stop.IsCancellationRequested ? 0 : _loops.Count(l => l.IsCompleted);

    private readonly List<string> _listening = [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await sources.Load(cancellationToken);
        inFlight.Reserve(sources.NextNumber + SourceRegister.MostSources);
        await BookLostInCrash(cancellationToken);
        if (tier.Offline) return;
        foreach (var address in settings.Udp) Bind("Udp", address, () => Track("udp", udp.Listen(Parse(address), _stop.Token)));
        foreach (var address in settings.Tcp) Bind("Tcp", address, () => Track("tcp", tcp.Listen(Parse(address), null, _stop.Token)));
        foreach (var address in settings.Tls) Bind("Tls", address, () => Track("tls", tcp.Listen(Parse(address), certificate.Load(), _stop.Token)));
        foreach (var path in settings.UnixSockets) Bind("UnixSockets", path, () => Track("unix", tcp.Listen(new UnixDomainSocketEndPoint(path), null, _stop.Token)));
        _loops.Add(Task.Run(() => Watch(_stop.Token), CancellationToken.None));
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops.Append(files.Ended)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!tier.Offline) await sources.SaveLastSeen(CancellationToken.None);
        inFlight.Flush();
    }

    /// <summary>What was received but neither stored nor dropped when the process died is gone, or comes again; the ledger says which.</summary>
    private async Task BookLostInCrash(CancellationToken ct)
    {
        var booked = new Dictionary<int, long>(await books.ReceivedBySource(ct));
        long lost = 0;
        foreach (var open in await books.Open(ct))
        {
            // The commit of the lines was durable and that of their receipt was not.
            if (open.Count < 0)
            {
                ledger.Correct(open.SourceId, open.Minute, LedgerReasons.Received, -open.Count);
                booked[open.SourceId] = booked.GetValueOrDefault(open.SourceId) - open.Count;
                continue;
            }
            if (sources.Find(open.SourceId) is { } sender && KeepsCopy(sender.Key))
            {
                ledger.Correct(open.SourceId, open.Minute, LedgerReasons.Received, -open.Count);
                continue;
            }
            ledger.Correct(open.SourceId, open.Minute, LedgerReasons.LostInCrash, open.Count);
            lost += open.Count;
        }
        var minute = (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10 / 60_000_000;
        foreach (var id in sources.All.Where(s => !KeepsCopy(s.Key)).Select(s => s.Id).Append(0))
        {
            var missing = inFlight[id] - booked.GetValueOrDefault(id);
            if (missing < 0) inFlight.Set(id, booked.GetValueOrDefault(id));
            if (missing <= 0) continue;
            ledger.Correct(id, minute, LedgerReasons.Received, missing);
            ledger.Correct(id, minute, LedgerReasons.LostInCrash, missing);
            lost += missing;
        }
        await pipeline.BookWaiting();
        if (lost > 0) LogLost(_log, lost);
    }

    /// <summary>Senders of these kinds send again, or are read again, so nothing of theirs can be lost in a crash.</summary>
    private static bool KeepsCopy(string key) =>
        key.StartsWith("file/", StringComparison.Ordinal) || key.StartsWith("http/", StringComparison.Ordinal) || key.StartsWith("replay/", StringComparison.Ordinal);

    private void Track(string kind, (Task Loop, EndPoint Bound) receiver)
    {
        _loops.Add(receiver.Loop);
        _listening.Add($"{kind} {receiver.Bound}");
        LogListening(_log, kind, receiver.Bound);
    }

    private void Track(string kind, (Task Loop, IPEndPoint Bound) receiver) => Track(kind, (receiver.Loop, (EndPoint)receiver.Bound));

    private async Task Watch(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        var ticks = 0;
        try
        {
            do
            {
                try
                {
                    await Tick(ticks++, ct);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // A database or disk that is away for a while must not end the watch over files and silence.
                    LogTickFailed(_log, e);
                }
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
    }

    private async Task Tick(int tick, CancellationToken ct)
    {
        if (tick % 2 == 0) files.Look(ct);
        inFlight.Flush();
        await pipeline.BookWaiting();
        if (tick % 30 != 29) return;
        AnnounceSilence();
        await sources.SaveLastSeen(ct);
        if (await sources.MakeRoom(id => inFlight[id], ct) is not (> 0 and var gone)) return;
        inFlight.Reserve(sources.NextNumber + SourceRegister.MostSources);
        LogMadeRoom(_log, gone);
    }

    private void AnnounceSilence()
    {
        var now = clock.GetUtcNow();
        var micros = (now.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        foreach (var source in sources.All)
        {
            var silent = !source.Muted && source.Silence.IsSilent(micros);
            if (silent && !source.Silence.Announced)
                alerts.Raise("collection.source-silent", Severity.Medium, new Dictionary<string, string>
                {
                    ["source"] = sources.NameOf(source.Id),
                    ["minutes"] = ((micros - source.LastSeen) / 60_000_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
                }, source.Id, now);
            source.Silence.Announced = silent;
        }
    }

    private static void Bind(string setting, string address, Action listen)
    {
        try
        {
            listen();
        }
        catch (SocketException e)
        {
            throw new SettingsException("Modules:Collection:" + setting, $"'{address}' can't be listened on ({e.Message})", "an address of this machine with a port that nothing else listens on");
        }
    }

    // The settings were checked before anything started.
    private static IPEndPoint Parse(string address) => CollectionSettings.TryRead(address, out var endpoint) ? endpoint : throw new FormatException(address);

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening for logs on {Kind} {Address}")]
    private static partial void LogListening(ILogger log, string kind, EndPoint address);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} senders that were idle for a day and sent little made room in the register")]
    private static partial void LogMadeRoom(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The upkeep of collection failed and is tried again in a second")]
    private static partial void LogTickFailed(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Lines} lines were in flight when the program last ended and are lost; the ledger has them as lost-in-crash")]
    private static partial void LogLost(ILogger log, long lines);
}
