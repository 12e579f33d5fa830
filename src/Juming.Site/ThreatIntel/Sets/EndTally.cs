using System.Text.Json;
using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Sets;

/// <summary>
/// How many indicators of a set end when, by kind: so that what has ended leaves the counts without the set being read through. Counted by the hour, those that end later than in a month by the
/// day; an indicator counts until the last moment of its hour or day is over.
/// </summary>
internal sealed class EndTally
{
    private const int Near = 30 * 24;
    private const int Day = 24;

    private readonly Dictionary<IndicatorKind, SortedDictionary<long, long>> _ends;

    private EndTally(Dictionary<IndicatorKind, SortedDictionary<long, long>> ends) => _ends = ends;

    public EndTally() : this([])
    {
    }

    /// <summary>As it is stored.</summary>
    public string Text => JsonSerializer.Serialize(_ends);

    /// <summary>What was stored.</summary>
    public static EndTally Of(string text) => new(JsonSerializer.Deserialize<Dictionary<IndicatorKind, SortedDictionary<long, long>>>(text) ?? []);

    /// <summary>Counts one.</summary>
    public void Add(IndicatorKind kind, DateTimeOffset until, DateTimeOffset now)
    {
        var hour = (until.UtcTicks + TimeSpan.TicksPerHour - 1) / TimeSpan.TicksPerHour;
        if (hour - (now.UtcTicks / TimeSpan.TicksPerHour) > Near) hour = (hour + Day - 1) / Day * Day;
        if (!_ends.TryGetValue(kind, out var hours)) _ends[kind] = hours = [];
        hours[hour] = hours.GetValueOrDefault(hour) + 1;
    }

    /// <summary>How many of a kind have ended by then.</summary>
    public long Ended(IndicatorKind kind, DateTimeOffset now)
    {
        if (!_ends.TryGetValue(kind, out var hours)) return 0;
        var (ended, hour) = (0L, now.UtcTicks / TimeSpan.TicksPerHour);
        foreach (var (end, count) in hours)
        {
            if (end > hour) break;
            ended += count;
        }
        return ended;
    }
}
