using Juming.Platform.Content.Keep;
using Juming.Platform.Data;
using Juming.Platform.Modules;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Content.Sync;

/// <summary>Where several nodes are one host: looks every few seconds whether another of them has come to believe something newer, and gives that to those below as if it had come here.</summary>
internal sealed partial class OtherNodes(TrustBook book, ContentDesk desk, Database database, TierContext tier, TimeProvider clock, ILogger<OtherNodes> log) : BackgroundService
{
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline || !database.SeveralNodes) return;
        using var timer = new PeriodicTimer(Each, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Look(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task Look(CancellationToken ct)
    {
        try
        {
            if (await book.Follow(ct)) desk.Changed();
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            LogAway(log, DatabaseErrors.Reason(e));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What other nodes believe can't be looked at: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);
}
