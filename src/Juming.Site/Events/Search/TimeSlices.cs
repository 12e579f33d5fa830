using Juming.Site.Events.Store;

namespace Juming.Site.Events.Search;

/// <summary>
/// Walks a range of time backwards in slices, each meant to take about a third of a second, so that what is newest arrives first however
/// large a segment is. Time in which no segment can hold anything is passed over.
/// </summary>
internal sealed class TimeSlices
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(700);

    private readonly Axis _axis;
    private readonly IReadOnlyList<Segment> _segments;
    private readonly long _from;
    private readonly long _to;
    private long _width;
    private long _next;

    /// <param name="axis">Which time.</param>
    /// <param name="segments">All segments.</param>
    /// <param name="from">First microsecond.</param>
    /// <param name="to">Last microsecond.</param>
    /// <param name="parts">The first slice is this part of the range.</param>
    public TimeSlices(Axis axis, IReadOnlyList<Segment> segments, long from, long to, int parts)
    {
        _axis = axis;
        _segments = [.. segments.Where(s => axis.Meets(s, from, to))];
        _from = _segments.Count == 0 ? from : Math.Max(from, _segments.Min(axis.First));
        _to = _next = _segments.Count == 0 ? to : Math.Min(to, _segments.Max(axis.Last));
        _width = Math.Max(1_000_000, (_to - _from) / parts);
    }

    /// <summary>Segments that may hold something of the range.</summary>
    public int Total => _segments.Count;

    /// <summary>Those that are done.</summary>
    public int Done => _segments.Count(s => _axis.First(s) > _next || _next < _from);

    /// <summary>Share of the range that is done, 0 to 1.</summary>
    public double Share => _next < _from ? 1 : (double)(_to - _next) / Math.Max(1, _to - _from + 1);

    /// <summary>First microsecond of the slice.</summary>
    public long Low { get; private set; }

    /// <summary>Last microsecond of the slice.</summary>
    public long High { get; private set; }

    /// <summary>Segments that may hold something of the slice.</summary>
    public IEnumerable<Segment> Segments => _segments.Where(s => _axis.Meets(s, Low, High));

    /// <summary>Takes the next slice; false when the range is done.</summary>
    public bool Next()
    {
        var left = _segments.Where(s => _axis.Meets(s, _from, _next)).ToList();
        if (left.Count == 0)
        {
            _next = _from - 1;
            return false;
        }
        High = left.Max(s => _axis.LatestUntil(s, _next));
        Low = High - _from < _width ? _from : High - _width + 1;
        return true;
    }

    /// <summary>The slice is done; the next is larger or smaller by how long it took.</summary>
    public void Finish(TimeSpan took, bool wasEmpty)
    {
        _next = Low - 1;
        if (took < Quick) Widen(wasEmpty ? 16 : 4);
        else if (took < Fast) Widen(2);
        else if (took > Slow) _width = Math.Max(1_000_000, _width / 2);
    }

    /// <summary>The slice held more than was asked for: what is left of it begins at an event.</summary>
    public void Rest(long time)
    {
        // As wide as what just came, twice: the next is not to be cut off again and again.
        _width = Math.Max(1_000_000, (High - time) * 2);
        _next = time;
    }

    private void Widen(int times) => _width = _width > long.MaxValue / 32 ? _width : _width * times;
}
