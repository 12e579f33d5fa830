using System.Text.Json;
using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel.Index;

namespace Juming.Site.ThreatIntel.Sets;

/// <summary>Builds one set: checks entries, counts kinds, and keeps the gravest and surest of those that were not in force before. Memory grows with 24 bytes an entry.</summary>
internal sealed class SetBuild(IndexBuilder builder, IndicatorView before, int mostFresh, DateTimeOffset now) : IDisposable
{
    private readonly List<IndicatorValue> _room = [];
    private readonly long[] _kinds = new long[16];
    private readonly PriorityQueue<IndicatorEntry, int> _fresh = new();
    private readonly EndTally _ends = new();
    private long _freshCount;

    /// <summary>Name of the set.</summary>
    public Guid Set => builder.Set;

    /// <summary>Entries taken.</summary>
    public long Count => _kinds.Sum();

    /// <summary>Entries left out.</summary>
    public long Refused { get; private set; }

    /// <summary>Entries that were not in force before, the gravest first.</summary>
    public IReadOnlyList<IndicatorEntry> Fresh => [.. _fresh.UnorderedItems.OrderByDescending(f => f.Priority).Select(f => f.Element)];

    /// <summary>More of them than are kept.</summary>
    public long FreshLeftOut => _freshCount - _fresh.Count;

    /// <summary>Entries by kind, JSON.</summary>
    public string Kinds => Text(_kinds);

    /// <summary>When how many of them end, JSON.</summary>
    public string Ends => _ends.Text;

    /// <summary>Takes an entry, or leaves it out.</summary>
    public void Add(IndicatorEntry entry)
    {
        if (IndicatorCheck.Of(entry.Value, _room) != IndicatorProblem.None)
        {
            Refused++;
            return;
        }
        entry = Sane(entry);
        Put(IndicatorFacts.Indexed(entry), entry.ValidUntil);
        if (mostFresh == 0 || before.Holds(entry.Value)) return;
        _freshCount++;
        var priority = (entry.Severity * 101) + entry.Confidence;
        if (_fresh.Count < mostFresh) _fresh.Enqueue(entry, priority);
        else if (_fresh.TryPeek(out _, out var least) && priority > least) _fresh.EnqueueDequeue(entry, priority);
    }

    /// <summary>Takes an entry of a set that was checked when it came.</summary>
    public void AddChecked(in IndexedIndicator indicator) => Put(indicator, indicator.LastDay is null ? null : IndicatorFacts.Of(indicator).Until);

    /// <summary>Writes both files.</summary>
    public void Finish() => builder.Finish();

    public void Dispose() => builder.Dispose();

    /// <summary>The entry with numbers that are in their ranges.</summary>
    public static IndicatorEntry Sane(IndicatorEntry entry) => entry with { Confidence = Math.Clamp(entry.Confidence, 0, 100), Severity = Math.Clamp(entry.Severity, 1, 4), Tlp = Enum.IsDefined(entry.Tlp) ? entry.Tlp : SharingLimit.Red };

    /// <summary>Counts a set by kind, and when how many end, JSON.</summary>
    public static (string Kinds, string Ends) CountsOf(IEnumerable<IndexedIndicator> all, DateTimeOffset now)
    {
        var (kinds, ends) = (new long[16], new EndTally());
        foreach (var one in all)
        {
            kinds[(int)one.Value.Kind]++;
            if (one.LastDay is not null && IndicatorFacts.Of(one).Until is { } until) ends.Add(one.Value.Kind, until, now);
        }
        return (Text(kinds), ends.Text);
    }

    private void Put(in IndexedIndicator indicator, DateTimeOffset? until)
    {
        builder.Add(indicator);
        _kinds[(int)indicator.Value.Kind]++;
        if (until is { } end) _ends.Add(indicator.Value.Kind, end, now);
    }

    private static string Text(long[] kinds) => JsonSerializer.Serialize(Enum.GetValues<IndicatorKind>().Where(k => kinds[(int)k] > 0).ToDictionary(k => k, k => kinds[(int)k]));
}
