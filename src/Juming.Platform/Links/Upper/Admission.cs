using Microsoft.AspNetCore.Connections;

namespace Juming.Platform.Links.Upper;

/// <summary>
/// Lets new connections in at a pace that this machine can shake hands at. Thousands that come back in the same second wait here as bare sockets instead of as work in front of those
/// who are in already; whoever would wait too long is closed at once, and comes again after a pause of its own.
/// </summary>
internal sealed class Admission(TimeProvider clock) : IDisposable
{
    // A handshake with both certificates, its session's row and its first questions cost about 8 ms of a core; the rest is for those who are in.
    private const int PerCoreAndSecond = 50;

    // Whoever dials gives up after 15 s.
    private const int MostSeconds = 10;

    // Timers are no finer than this; a machine of many cores lets in several at once.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    // Work that waits longer than this waits behind those who were let in: heartbeats too, and theirs come first.
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    // However strained it is, somebody is let in: strain that comes from elsewhere must not shut the door.
    private const int MostLooks = 10;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _waiting;
    private TimeSpan _ahead;
    private long _seenAt;
    private long _strainedAt;

    /// <summary>Connections that are let in each second when nothing else strains the machine.</summary>
    public int PerSecond { get; } = PerCoreAndSecond * Environment.ProcessorCount;

    /// <summary>Seconds over which so many should come back.</summary>
    public uint SecondsFor(int peers) => (uint)Math.Clamp(peers / PerSecond, 1, 60);

    /// <summary>Stands in front of TLS.</summary>
    public ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        if (await Turn(connection.ConnectionClosed)) await next(connection);
    };

    /// <summary>What one of those who come in took at the database.</summary>
    public void Took(TimeSpan time)
    {
        if (time > Late) Volatile.Write(ref _strainedAt, clock.GetTimestamp());
    }

    /// <summary>Waits for the turn of a connection.</summary>
    /// <returns>False when too many wait, or when it was closed meanwhile.</returns>
    public async Task<bool> Turn(CancellationToken closed)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > PerSecond * MostSeconds) return false;
            await _gate.WaitAsync(closed);
            try
            {
                await Pace(closed);
            }
            finally
            {
                _gate.Release();
            }
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>Waits as long as the one before has to be ahead, and longer while the machine is strained.</summary>
    private async Task Pace(CancellationToken closed)
    {
        var now = clock.GetTimestamp();
        var passed = clock.GetElapsedTime(_seenAt, now);
        _ahead = _ahead > passed ? _ahead - passed : TimeSpan.Zero;
        _seenAt = now;
        if (_ahead >= Step)
        {
            // That a wait ends late shows by how much everything here is late.
            var strained = await Wait(_ahead, closed);
            for (var look = 0; strained && look < MostLooks; look++) strained = await Wait(Look, closed);
        }
        _ahead += TimeSpan.FromSeconds(1.0 / PerSecond);
    }

    private async Task<bool> Wait(TimeSpan time, CancellationToken closed)
    {
        var began = clock.GetTimestamp();
        await Task.Delay(time, clock, closed);
        return clock.GetElapsedTime(began) - time > Late || (_strainedAt is not 0 and var at && clock.GetElapsedTime(at) < TimeSpan.FromMilliseconds(500));
    }
}
