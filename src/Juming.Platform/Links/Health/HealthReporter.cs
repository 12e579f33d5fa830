using Juming.Contracts.Egress;
using Juming.Platform.Data;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress;
using Juming.Platform.Links.Lower;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Links.Health;

/// <summary>Tells the host above how this one stands: once a minute while the two are connected, and as soon as they are. It goes through the gate like everything else.</summary>
internal sealed partial class HealthReporter(IServiceScopeFactory scopes, LinkStatus status, LinkPlace place, TierContext tier, TimeProvider clock, ILogger<HealthReporter> log) : BackgroundService
{
    private const int MostLeftOut = 5;
    private static readonly TimeSpan Each = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private long? _toldAt;
    private bool _wasConnected;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline || place.IsTop) return;
        using var timer = new PeriodicTimer(Look, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var connected = status.Now.State == LinkState.Connected;
                if (connected && (!_wasConnected || _toldAt is not { } at || clock.GetElapsedTime(at) >= Each)) await Report(stoppingToken);
                _wasConnected = connected;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task Report(CancellationToken ct)
    {
        _toldAt = clock.GetTimestamp();
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            if (scope.ServiceProvider.GetService<IEgress>() is not { } egress) return;
            var health = await Measure(scope.ServiceProvider, ct);
            // One figure that may not leave does not silence the others: the host above still hears, and sees that something was refused.
            for (var left = MostLeftOut; left >= 0; left--)
            {
                var verdict = await egress.Send(health, ct);
                if (verdict.Outcome != EgressOutcome.Refused) return;
                LogRefused(log, verdict.Reason ?? "", verdict.Field ?? "");
                if (SiteHealth.Descriptor.FindFieldByName(verdict.Field ?? "") is not { } field) return;
                field.Accessor.Clear(health);
            }
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            LogAway(log, DatabaseErrors.Reason(e));
        }
    }

    private async Task<SiteHealth> Measure(IServiceProvider services, CancellationToken ct)
    {
        var db = services.GetRequiredService<LinksDb>();
        var build = typeof(HealthReporter).Assembly.GetName().Version ?? new Version(0, 0, 0);
        var drive = new DriveInfo(tier.DataFolder);
        var free = drive.TotalSize == 0 ? 1000 : drive.AvailableFreeSpace * 1000 / drive.TotalSize;
        var health = new SiteHealth
        {
            BuildMajor = (uint)Math.Max(0, build.Major),
            BuildMinor = (uint)Math.Max(0, build.Minor),
            BuildPatch = (uint)Math.Max(0, build.Build),
            MeasuredAt = PlainStatements.Micros(clock.GetUtcNow()),
            StartedAt = PlainStatements.Micros(_startedAt),
            DiskUsed = (uint)(1000 - free),
            DiskLevel = free switch { >= 150 => DiskLevel.Enough, >= 80 => DiskLevel.Low, >= 30 => DiskLevel.VeryLow, _ => DiskLevel.Full },
            LinkConnections = (uint)status.Connections,
            LinkRoundTrip = status.AnsweredIn is { } trip ? (uint)Math.Clamp(Math.Ceiling(trip.TotalMilliseconds), 1, 600_000) : 0,
            EgressRefused = (ulong)await db.Refusals.Where(r => r.Reason != EgressWatch.HeldBack).SumAsync(r => r.Count, ct),
            LinkWaiting = (ulong)Math.Max(0, await db.LogEnds.Where(e => e.Topic == Topics.Reports).SumAsync(e => e.Last - e.Acked, ct)),
        };
        foreach (var part in services.GetServices<IHealthPart>()) await part.Fill(health, ct);
        return health;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What this host's health is was not let out: {Reason} {Field}")]
    private static partial void LogRefused(ILogger log, string reason, string field);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The host above is not told of this one's health: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);
}
