using System.Globalization;
using System.Numerics;

namespace Juming.Site.Collection.Sources;

/// <summary>
/// Learns how long a sender is usually quiet. Gaps between batches are kept as counts of powers of two seconds, those under a second in the first, halved every
/// 4,096 gaps so that a changed habit is learned anew; a sender is silent after three times the gap that 99 % stay under, and never before five minutes.
/// </summary>
internal sealed class SilenceWatch
{
    private const int LeastGaps = 20;
    private const long LeastSeconds = 300;
    private const int HalvedEvery = 4096;

    private readonly Lock _gate = new();
    private readonly int[] _gaps = new int[24];
    private long _last;
    private int _count;

    /// <summary>True while the silence has been announced and not ended.</summary>
    public bool Announced { get; set; }

    /// <summary>The gaps learned, as text that <see cref="Restore"/> reads.</summary>
    public string Habit
    {
        get { lock (_gate) return string.Join(',', _gaps); }
    }

    /// <summary>Takes up a habit that was learned earlier. Quiet counts from now: nobody listened while the program was down.</summary>
    public void Restore(string? habit, long now)
    {
        lock (_gate)
        {
            _last = now;
            var parts = habit?.Split(',') ?? [];
            for (var i = 0; i < Math.Min(parts.Length, _gaps.Length); i++)
                if (int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var gaps)) _gaps[i] = Math.Min(gaps, HalvedEvery);
        }
    }

    /// <summary>Lines came, at microseconds since 1970 UTC; once for all that came together.</summary>
    public void Heard(long now)
    {
        lock (_gate)
        {
            if (_last != 0 && now >= _last)
            {
                var seconds = (ulong)((now - _last) / 1_000_000);
                _gaps[seconds == 0 ? 0 : Math.Min(_gaps.Length - 1, BitOperations.Log2(seconds) + 1)]++;
                if (++_count % HalvedEvery == 0)
                    for (var i = 0; i < _gaps.Length; i++) _gaps[i] /= 2;
            }
            if (now > _last) _last = now;
        }
    }

    /// <summary>Seconds of quiet after which this sender counts as silent; null while its habit is not known (fewer than 20 gaps).</summary>
    public long? SilentAfterSeconds
    {
        get
        {
            lock (_gate)
            {
                var total = 0;
                foreach (var n in _gaps) total += n;
                if (total < LeastGaps && _count < LeastGaps) return null;
                var upTo = 0;
                for (var i = 0; i < _gaps.Length; i++)
                {
                    upTo += _gaps[i];
                    if (upTo >= total * 0.99) return Math.Max(LeastSeconds, 3L * (1L << i));
                }
                return LeastSeconds;
            }
        }
    }

    /// <summary>True when the sender has been quiet against its habit.</summary>
    public bool IsSilent(long now) => _last != 0 && SilentAfterSeconds is { } limit && now - _last > limit * 1_000_000;
}
