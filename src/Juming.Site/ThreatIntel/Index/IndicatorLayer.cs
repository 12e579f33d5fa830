using System.Text;
using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>
/// A small set in memory above the index: what came since, and what the site entered itself. Never changed: a change makes another. A filter of 64 Ki bits answers nearly every look-up that
/// finds nothing before the table is asked.
/// </summary>
internal sealed class IndicatorLayer
{
    private const int FilterBits = 16;

    private readonly Dictionary<ulong, IndicatorMark> _marks;
    private readonly ulong[] _filter = new ulong[1 << (FilterBits - 6)];
    private readonly List<IndexedIndicator> _entries;
    private readonly HashSet<Guid> _covered;
    private readonly (List<UInt128> Starts, List<ulong> Marks) _v4;
    private readonly (List<UInt128> Starts, List<ulong> Marks) _v6;

    /// <param name="entries">Its indicators; of those with one value the surest counts.</param>
    /// <param name="withdrawn">Identities below it that no longer count.</param>
    /// <param name="isOwn">They are the site's own.</param>
    public IndicatorLayer(IEnumerable<IndexedIndicator> entries, IEnumerable<Guid> withdrawn, bool isOwn)
    {
        (_entries, IsOwn) = ([.. entries], isOwn);
        _marks = new(_entries.Count);
        _covered = [.. withdrawn, .. _entries.Select(e => e.Id)];
        var networks = new List<(NetRange Range, ulong Mark)>();
        for (var i = 0; i < _entries.Count; i++) Add(_entries[i], (uint)i, networks);
        _v4 = NetworkSegments.Of(networks.Where(n => n.Range.First.IsV4));
        _v6 = NetworkSegments.Of(networks.Where(n => !n.Range.First.IsV4));
    }

    /// <summary>They are the site's own, not the cloud's.</summary>
    public bool IsOwn { get; }

    /// <summary>It says nothing of what lies below: an operator may add to the cloud's word and not take from it.</summary>
    public bool AddsOnly { get; init; }

    /// <summary>Indicators in it.</summary>
    public IReadOnlyList<IndexedIndicator> Entries => _entries;

    /// <summary>It says something at all, a withdrawal too.</summary>
    public bool HasAnything => _covered.Count > 0;

    /// <summary>Numbers of labels that its domains have, as bits.</summary>
    public uint Depths { get; private set; }

    /// <summary>It holds networks.</summary>
    public bool HasNetworks => _v4.Starts.Count + _v6.Starts.Count > 0;

    /// <summary>It says something else of this identity, or that it no longer counts: what lies below is not asked.</summary>
    public bool Covers(Guid id) => _covered.Contains(id);

    /// <summary>The mark of a key; none where there is none.</summary>
    public IndicatorMark Find(ulong key)
    {
        if ((_filter[key >> (64 - FilterBits + 6)] >> (int)(key >> (64 - FilterBits)) & 1) == 0) return IndicatorMark.None;
        return _marks.GetValueOrDefault(key);
    }

    /// <summary>The mark of the narrowest network that holds the address.</summary>
    public IndicatorMark FindNetwork(NetAddress address)
    {
        var (starts, marks) = address.IsV4 ? _v4 : _v6;
        if (starts.Count == 0) return IndicatorMark.None;
        var at = starts.BinarySearch(address.Bits);
        if (at < 0) at = ~at - 1;
        return at < 0 ? IndicatorMark.None : new(marks[at]);
    }

    private void Add(in IndexedIndicator entry, uint record, List<(NetRange Range, ulong Mark)> networks)
    {
        var mark = new IndicatorMark(record, entry.Value.Kind, entry.Severity, entry.Confidence, entry.LastDay, entry.Exact);
        var text = Encoding.UTF8.GetBytes(entry.Value.Value);
        if (entry.Value.Kind == IndicatorKind.Network)
        {
            if (NetRange.TryRead(text, out var range)) networks.Add((range, mark.Bits));
            return;
        }
        if (IndicatorKeys.Of(entry.Value.Kind, text) is not { } key) return;
        if (entry.Value.Kind == IndicatorKind.Domain) Depths |= 1u << IndicatorKeys.Depth(text);
        if (!_marks.TryGetValue(key, out var there) || mark.Confidence > there.Confidence) _marks[key] = mark;
        _filter[key >> (64 - FilterBits + 6)] |= 1UL << (int)(key >> (64 - FilterBits));
    }
}

/// <summary>Everything that is in force at one moment: the index, and the layers above it. Swapped as one reference.</summary>
internal sealed class IndicatorView(IndicatorIndex? index, IReadOnlyList<IndicatorLayer> layers)
{
    /// <summary>Nothing.</summary>
    public static readonly IndicatorView Empty = new(null, []);

    /// <summary>The mapped set; null while there is none.</summary>
    public IndicatorIndex? Index { get; } = index;

    /// <summary>What lies above it. Layers that are empty are left out by who makes the view.</summary>
    public IReadOnlyList<IndicatorLayer> Layers { get; } = layers;

    /// <summary>There is nothing to ask.</summary>
    public bool IsEmpty => (Index?.Count ?? 0) == 0 && Layers.Count == 0;

    /// <summary>Numbers of labels that domains have, as bits.</summary>
    public uint Depths { get; } = layers.Aggregate(index?.Depths ?? 0, (all, layer) => all | layer.Depths);

    /// <summary>Somewhere in it are networks.</summary>
    public bool HasNetworks { get; } = index is { HasNetworks: true } || layers.Any(l => l.HasNetworks);

    /// <summary>True when it holds exactly this value, whoever named it and however sure.</summary>
    public bool Holds(IndicatorValue value)
    {
        var text = Encoding.UTF8.GetBytes(value.Value);
        if (value.Kind == IndicatorKind.Network)
        {
            if (!NetRange.TryRead(text, out var range)) return false;
            return Layers.Any(l => l.Entries.Any(e => e.Value == value)) || (Index?.FindNetwork(range.First) is { IsNone: false } mark && Index.Values.Read(mark.Record)?.Value == value);
        }
        if (IndicatorKeys.Of(value.Kind, text) is not { } key) return false;
        Span<ulong> marks = stackalloc ulong[1];
        return Layers.Any(l => !l.Find(key).IsNone) || Index?.FindAll([key], marks) > 0;
    }

    /// <summary>What a hit of fingerprints stands for; null when it no longer counts. Whether it stands for the value of the event is still to be seen.</summary>
    public (IndexedIndicator Indicator, bool IsOwn)? Resolve(in IndicatorHit hit)
    {
        var layer = hit.Place == 0 ? null : Layers[hit.Place - 1];
        var found = layer is null ? Index!.Values.Read(hit.Mark.Record) : layer.Entries[(int)hit.Mark.Record];
        if (found is not { } indicator || (layer is null && Layers.Any(l => !l.IsOwn && !l.AddsOnly && l.Covers(indicator.Id)))) return null;
        return (indicator, layer is { IsOwn: true });
    }
}
