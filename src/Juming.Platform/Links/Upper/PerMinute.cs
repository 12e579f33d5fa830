using System.Collections.Concurrent;

namespace Juming.Platform.Links.Upper;

/// <summary>Counts what comes of each key within a minute.</summary>
internal sealed class PerMinute<T> where T : notnull
{
    private const int MostKeys = 20_000;

    private readonly ConcurrentDictionary<T, int> _counts = new();
    private long _minute;

    /// <summary>Counts one more; false when that is above the most, or when too many different ones come to keep count of them.</summary>
    public bool Take(T key, TimeProvider clock, int most)
    {
        var minute = clock.GetTimestamp() / (clock.TimestampFrequency * 60);
        if (Interlocked.Exchange(ref _minute, minute) != minute) _counts.Clear();
        if (_counts.Count >= MostKeys && !_counts.ContainsKey(key)) return false;
        return _counts.AddOrUpdate(key, 1, (_, count) => count + 1) <= most;
    }
}
