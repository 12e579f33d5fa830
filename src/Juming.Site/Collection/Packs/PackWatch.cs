using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Packs;

/// <summary>Puts the site's packs in force before the first line is read, and looks for changes every two seconds: that works on every file system, which notices don't.</summary>
internal sealed partial class PackWatch(SitePacks packs, TimeProvider clock, ILogger<PackWatch> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var tick = new PeriodicTimer(Pause, clock);
        try
        {
            while (await tick.WaitForNextTickAsync(stoppingToken)) Look();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The site stops.
        }
    }

    private void Look()
    {
        try
        {
            packs.Refresh();
        }
        catch (Exception e)
        {
            // Whatever stands in the folder, lines go on being read with the packs in force.
            LogFailed(log, packs.Folder, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The parser packs in {Folder} could not be looked at; those in force stay so")]
    private static partial void LogFailed(ILogger log, string folder, Exception error);
}
