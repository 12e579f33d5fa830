using System.Globalization;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Search;

/// <summary>The time that a search goes by: that of the event, or that of its receipt, which finds events of devices whose clock is wrong.</summary>
internal sealed class Axis
{
    /// <summary>Event time.</summary>
    public static readonly Axis Event = new("time");

    /// <summary>Receipt.</summary>
    public static readonly Axis Receipt = new("received");

    private Axis(string column) => Column = column;

    /// <summary>Its column.</summary>
    public string Column { get; }

    private bool IsEvent => ReferenceEquals(this, Event);

    /// <summary>The axis of a request.</summary>
    public static Axis Of(SearchRequest request) => request.ByReceipt ? Receipt : Event;

    /// <summary>The instant of an event, in microseconds.</summary>
    public long At(EventView e) => Instants.Micros(IsEvent ? e.Time : e.Received);

    /// <summary>First instant in a segment.</summary>
    public long First(Segment segment) => IsEvent ? segment.MinTime : segment.MinReceived;

    /// <summary>Last instant in a segment.</summary>
    public long Last(Segment segment) => IsEvent ? segment.MaxTime : segment.MaxReceived;

    /// <summary>True when a segment may hold something of a span.</summary>
    public bool Meets(Segment segment, long from, long to) => segment.Rows > 0 && First(segment) <= to && LatestUntil(segment, to) >= from;

    /// <summary>True when times of a span lie in another.</summary>
    public bool Meets(Span span, long from, long to) => IsEvent ? span.MinTime <= to && span.MaxTime >= from : span.MinReceived <= to && span.MaxReceived >= from;

    /// <summary>The latest instant, not after another, at which a segment may hold something.</summary>
    public long LatestUntil(Segment segment, long micros) => IsEvent ? segment.LatestUntil(micros) : Math.Min(micros, segment.MaxReceived);

    /// <summary>The condition for a span.</summary>
    public string Within(long from, long to) => string.Create(CultureInfo.InvariantCulture, $"{Column} BETWEEN make_timestamp({from}) AND make_timestamp({to})");

    /// <summary>The condition for what comes after a cursor, with AND before it; nothing without one.</summary>
    public string After(Cursor? cursor) =>
        cursor is { } c ? string.Create(CultureInfo.InvariantCulture, $" AND (epoch_us({Column}) < {c.Time} OR (epoch_us({Column}) = {c.Time} AND id < '{c.Id}'::UUID))") : "";
}
