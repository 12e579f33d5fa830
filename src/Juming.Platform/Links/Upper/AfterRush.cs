using System.Runtime.InteropServices;
using Juming.Platform.Modules;
using Microsoft.Extensions.Hosting;

namespace Juming.Platform.Links.Upper;

/// <summary>
/// Gives memory back once many have come in or gone and it is quiet again: a handshake takes several times of what a session holds afterwards, and both the runtime and the C library would keep that for
/// the next rush. One pause of some hundred milliseconds after each of them.
/// </summary>
internal sealed class AfterRush(Connections connections, TierContext tier, TimeProvider clock) : BackgroundService
{
    private const int Many = 50;
    private const int QuietLooks = 2;

    private static readonly TimeSpan Each = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tier.Offline) return;
        using var timer = new PeriodicTimer(Each, clock);
        var (last, moved, quiet) = (0, 0, 0);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = connections.Count;
                var change = Math.Abs(now - last);
                last = now;
                // Some always come and go; that alone is no rush.
                if (change < Many / 5) quiet++;
                else (quiet, moved) = (0, moved + change);
                if (quiet < QuietLooks || moved < Many) continue;
                moved = 0;
                GiveBack();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library that has no such thing gives back by itself.
            return;
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Trim(nuint keep);
}
