using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Content.Sign;

/// <summary>Makes the cloud's repository at its first start, and signs anew what grows old.</summary>
internal sealed partial class Renewal(Publisher publisher, TierContext tier, TimeProvider clock, ILogger<Renewal> log) : BackgroundService
{
    private static readonly TimeSpan Each = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline || tier.Tier.Number > 2) return;
        using var timer = new PeriodicTimer(Each, clock);
        try
        {
            do await Renew(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task Renew(CancellationToken ct)
    {
        try
        {
            await publisher.Renew(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // A database or vault that is away for a while must not end the host; what is signed holds for a day.
            LogFailed(log, e is RefusalException ? null : e, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Content could not be signed anew: {Reason}")]
    private static partial void LogFailed(ILogger log, Exception? error, string reason);
}
