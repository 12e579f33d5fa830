using Juming.Platform.Modules;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Assets.Impact;

/// <summary>Holds new software against the vulnerabilities as soon as something says that there is some.</summary>
internal sealed partial class ImpactLoop(ImpactDesk desk, ImpactSignal signal, TierContext tier, TimeProvider clock, ILogger<ImpactLoop> log) : BackgroundService
{
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        // What was new when the process ended still is.
        signal.Ring();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await signal.Wait(stoppingToken);
                // Statements come in bursts: one look serves them all.
                await Task.Delay(Gather, clock, stoppingToken);
                try
                {
                    while (await desk.MatchNew(stoppingToken)) { }
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // A parcel that is not here, a database that is away: what is new is still marked so.
                    LogFailed(log, e);
                    signal.Ring();
                    await Task.Delay(Rest, clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Software could not be held against the vulnerabilities; it is tried again in a minute")]
    private static partial void LogFailed(ILogger log, Exception error);
}
