using Juming.Platform.Modules;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Cloud.Distribution.Press;

/// <summary>Looks for changes of the merged indicators and of the vulnerabilities all the time.</summary>
internal sealed partial class PressLoop(IndicatorPress press, VulnerabilityPress vulnerabilities, DistributionSettings settings, TierContext tier, TimeProvider clock, ILogger<PressLoop> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(settings.LookEachMilliseconds), clock);
        var failed = false;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                try
                {
                    if (await press.Look(stoppingToken) is > 0 and var count) LogPublished(log, count);
                    if (await vulnerabilities.Look(stoppingToken) is > 0 and var parcels) LogParcels(log, parcels);
                    failed = false;
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // Whatever it was, what is published stands, and the next look sees the same changes.
                    if (!failed) LogFailed(log, e);
                    failed = true;
                }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Indicators were published: {Count} changes")]
    private static partial void LogPublished(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Vulnerabilities were published: {Count} parcels changed")]
    private static partial void LogParcels(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Indicators or vulnerabilities could not be published")]
    private static partial void LogFailed(ILogger log, Exception error);
}
