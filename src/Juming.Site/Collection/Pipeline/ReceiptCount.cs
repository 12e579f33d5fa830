using System.Runtime.InteropServices;
using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection.Pipeline;

/// <summary>Counts the lines one receiving loop takes, by sender and minute, and books them a read at a time. One owner.</summary>
/// <param name="ledger">Where they are booked.</param>
/// <param name="ever">Counts that outlive a kill; null for transports whose sender keeps a copy.</param>
/// <param name="dropped">The reason why these lines go no further, or null when they do.</param>
internal sealed class ReceiptCount(LedgerBook ledger, InFlightCounts? ever, string? dropped = null)
{
    private const long MicrosPerMinute = 60_000_000;

    private readonly Dictionary<(Source Source, long Minute), (long Lines, long Bytes)> _earlier = [];
    private Source? _source;
    private long _minute;
    private long _lines;
    private long _bytes;

    /// <summary>Counts one line.</summary>
    public void Add(Source source, long now, long bytes)
    {
        var minute = now / MicrosPerMinute;
        if (!ReferenceEquals(source, _source) || minute != _minute)
        {
            Fold();
            (_source, _minute) = (source, minute);
        }
        _lines++;
        _bytes += bytes;
    }

    /// <summary>Books what was counted; before the lines can be stored.</summary>
    public void Book()
    {
        if (_lines == 0 && _earlier.Count == 0) return;
        if (_earlier.Count == 0)
        {
            Book(_source!, _minute, _lines, _bytes);
            (_lines, _bytes) = (0, 0);
            return;
        }
        Fold();
        foreach (var ((source, minute), (lines, bytes)) in _earlier) Book(source, minute, lines, bytes);
        _earlier.Clear();
    }

    private void Book(Source source, long minute, long lines, long bytes)
    {
        ever?.Add(source.Id, lines);
        ledger.Received(source.Id, minute, lines, bytes);
        if (dropped is not null) ledger.Dropped(source.Id, minute, dropped, lines, bytes);
    }

    private void Fold()
    {
        if (_lines == 0) return;
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_earlier, (_source!, _minute), out _);
        sum = (sum.Lines + _lines, sum.Bytes + _bytes);
        (_lines, _bytes) = (0, 0);
    }
}
