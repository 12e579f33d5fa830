using Juming.Site.Detection;
using Juming.Site.Events;

namespace Juming.Site.ThreatIntel.Hunt;

/// <summary>Puts findings of stored events together: one alert for each indicator, asset and hour of event time.</summary>
/// <param name="run">Name of the portion.</param>
/// <param name="until">By indicator, the receipt from which events were asked as they came, microseconds since 1970 UTC.</param>
internal sealed class HuntTally(string run, IReadOnlyDictionary<string, long> until) : IFindings
{
    private const long Hour = 3_600_000_000;

    private readonly Dictionary<(string Key, long Hour), Sum> _sums = [];
    private EventBatch _batch = null!;

    private sealed class Sum(Finding what, int sourceId)
    {
        public readonly Finding What = what;
        public readonly int SourceId = sourceId;
        public readonly List<Guid> Events = [];
        public long First = long.MaxValue;
        public long Last = long.MinValue;
        public long Count;
    }

    /// <summary>Findings so far.</summary>
    public long Events { get; private set; }

    /// <summary>What becomes alerts.</summary>
    public IReadOnlyList<LateFinding> Findings => [.. _sums.Values.Select(s => new LateFinding(s.What, Instant(s.First), Instant(s.Last), s.Count, s.Events, s.SourceId, run))];

    /// <summary>The same for events of a batch.</summary>
    public HuntTally Of(EventBatch batch)
    {
        _batch = batch;
        return this;
    }

    /// <inheritdoc/>
    public void Add(int index, Finding finding)
    {
        ref readonly var header = ref _batch.Events[index];
        if (header.Received >= until.GetValueOrDefault(finding.Arguments["indicator"], long.MaxValue)) return;
        Events++;
        if (!_sums.TryGetValue((finding.Key, header.Time / Hour), out var sum)) _sums[(finding.Key, header.Time / Hour)] = sum = new Sum(finding, header.SourceId);
        sum.Count++;
        if (sum.Events.Count < 4) sum.Events.Add(header.Id);
        sum.First = Math.Min(sum.First, header.Time);
        sum.Last = Math.Max(sum.Last, header.Time);
    }

    private static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * 10);
}

/// <summary>Makes events of a search what the pipeline works with.</summary>
internal static class StoredEvents
{
    /// <summary>Adds a stored event with its fields.</summary>
    public static void Add(EventBatch batch, EventView found)
    {
        batch.Begin([], Micros(found.Received), found.SourceId);
        batch.Current.Id = found.Id;
        batch.Current.Time = Micros(found.Time);
        foreach (var (name, value) in found.Fields)
        {
            if (FieldNames.Find(name) is not (> 0 and var id)) continue;
            if (found.Several.TryGetValue(name, out var several))
                foreach (var one in several) batch.Add(id, one);
            else batch.Add(id, value);
        }
    }

    private static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
}
