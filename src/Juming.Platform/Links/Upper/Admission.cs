using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Connections;

namespace Juming.Platform.Links.Upper;

/// <summary>
/// Lets new connections in at a pace that this machine can shake hands at. Thousands that come back in the same second wait here as bare sockets instead of as work in front of those
/// who are in already; whoever would wait too long is closed at once, and comes again after a pause of its own.
/// </summary>
internal sealed class Admission : IDisposable
{
    // A handshake with both certificates, its session's row and its first questions cost about 8 ms of a core; the rest is for those who are in.
    private const int PerCoreAndSecond = 50;

    // Whoever dials gives up after 15 s.
    private const int MostSeconds = 10;

    private const int TicksASecond = 20;

    private readonly TokenBucketRateLimiter _pace;

    public Admission()
    {
        PerSecond = PerCoreAndSecond * Environment.ProcessorCount;
        _pace = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = PerSecond / 2,
            TokensPerPeriod = Math.Max(1, PerSecond / TicksASecond),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / TicksASecond),
            QueueLimit = PerSecond * MostSeconds,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>Connections that are let in each second.</summary>
    public int PerSecond { get; }

    /// <summary>Seconds over which so many should come back.</summary>
    public uint SecondsFor(int peers) => (uint)Math.Clamp(peers / PerSecond, 1, 60);

    /// <summary>Stands in front of TLS.</summary>
    public ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        using (var turn = await Turn(connection.ConnectionClosed))
            if (turn is not { IsAcquired: true }) return;
        await next(connection);
    };

    public void Dispose() => _pace.Dispose();

    private async Task<RateLimitLease?> Turn(CancellationToken closed)
    {
        try
        {
            return await _pace.AcquireAsync(1, closed);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
