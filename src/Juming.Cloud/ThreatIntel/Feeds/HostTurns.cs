using System.Collections.Concurrent;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>Spaces out calls to one host, and keeps away from one that asked for it.</summary>
internal sealed class HostTurns(ThreatIntelSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _next = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits for the turn.</summary>
    /// <exception cref="FeedFailedException">The host asked not to be called for so long that a run can't wait.</exception>
    public async Task Enter(string host, CancellationToken ct)
    {
        var gap = TimeSpan.FromMilliseconds(settings.GapMilliseconds);
        var now = clock.GetUtcNow();
        if (_next.TryGetValue(host, out var busy) && busy - now > LongestWait) throw new FeedFailedException("rate-limited", $"{host} wants to be asked again in {(busy - now).TotalSeconds:0} seconds");
        var turn = _next.AddOrUpdate(host, now, (_, next) => next > now ? next : now);
        _next.AddOrUpdate(host, turn + gap, (_, next) => next > turn ? next + gap : turn + gap);
        if (turn > now) await Task.Delay(turn - now, clock, ct);
    }

    /// <summary>The host asked to be left alone.</summary>
    public void Rest(string host, TimeSpan time) => _next[host] = clock.GetUtcNow() + time;
}
