using System.Buffers.Binary;
using System.Text;
using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>What there is to say of an indicator when it is put into an index.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Value">Kind and normal form.</param>
/// <param name="Severity">0 to 7.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="LastDay">Last day on which it counts; null for no end.</param>
/// <param name="Exact">A domain that does not stand for the names below it.</param>
/// <param name="Facts">What else there is to say of it; given back at a hit.</param>
internal readonly record struct IndexedIndicator(Guid Id, IndicatorValue Value, int Severity, int Confidence, DateOnly? LastDay = null, bool Exact = false, ReadOnlyMemory<byte> Facts = default);

/// <summary>Builds the two files of a set: the mapped index, and the values with what else is known of them, which are read at a hit only. Takes 16 bytes of memory an indicator, and 8 for its place.</summary>
internal sealed class IndexBuilder : IDisposable
{
    private readonly string _folder;
    private readonly long _version;
    private readonly CheckedWriter _values;
    private readonly List<long> _places = [];
    private readonly List<(NetRange Range, ulong Mark)> _networks = [];
    private ulong[] _keys = new ulong[4096];
    private ulong[] _marks = new ulong[4096];
    private int _count;
    private uint _depths;

    /// <summary>Begins a set in a folder.</summary>
    /// <param name="folder">Where its files lie.</param>
    /// <param name="version">What it is complete up to.</param>
    public IndexBuilder(string folder, long version = 0)
    {
        (_folder, _version) = (folder, version);
        _values = new CheckedWriter(IndicatorShelf.ValuesFile(folder, Set));
        Span<byte> head = stackalloc byte[IndicatorValues.Head];
        head.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(head, IndexLayout.ValuesMagic);
        Set.TryWriteBytes(head[16..]);
        _values.Write(head);
    }

    /// <summary>Name of the set.</summary>
    public Guid Set { get; } = Guid.CreateVersion7();

    /// <summary>Values that were there already and were left out.</summary>
    public int Repeated { get; private set; }

    /// <summary>Adds an indicator.</summary>
    /// <exception cref="ArgumentException">The value is not the normal form of its kind.</exception>
    public void Add(in IndexedIndicator indicator)
    {
        Span<byte> text = stackalloc byte[UrlForm.Longest];
        if (indicator.Value.Value.Length > UrlForm.Longest || !Encoding.UTF8.TryGetBytes(indicator.Value.Value, text, out var length)) throw NotNormal(indicator.Value);
        text = text[..length];
        var record = (uint)_places.Count;
        var mark = new IndicatorMark(record, indicator.Value.Kind, indicator.Severity, indicator.Confidence, indicator.LastDay, indicator.Exact).Bits;
        switch (indicator.Value.Kind)
        {
            case IndicatorKind.Network when NetRange.TryRead(text, out var range):
                _networks.Add((range, mark));
                break;
            default:
                Add(IndicatorKeys.Of(indicator.Value.Kind, text) ?? throw NotNormal(indicator.Value), mark);
                if (indicator.Value.Kind == IndicatorKind.Domain) _depths |= 1u << IndicatorKeys.Depth(text);
                break;
        }
        _places.Add(_values.Position);
        Span<byte> head = stackalloc byte[IndicatorValues.RecordHead];
        indicator.Id.TryWriteBytes(head);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], mark);
        BinaryPrimitives.WriteUInt16LittleEndian(head[24..], (ushort)length);
        _values.Write(head);
        _values.Write(text);
        _values.Write(indicator.Facts.Span);
    }

    /// <summary>Writes both files; on the disk when it returns.</summary>
    public void Finish()
    {
        _places.Add(_values.Position);
        _values.WriteAll<long>(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_places));
        _values.WriteAll<long>([_places.Count - 1]);
        _values.Close();
        Array.Sort(_keys, _marks, 0, _count);
        DropRepeated();
        Write();
    }

    public void Dispose() => _values.Dispose();

    private static ArgumentException NotNormal(IndicatorValue value) => new($"'{value.Value}' is not the normal form of a value of kind {value.Kind}.");

    private void Add(ulong key, ulong mark)
    {
        if (_count == _keys.Length)
        {
            Array.Resize(ref _keys, _count * 2);
            Array.Resize(ref _marks, _count * 2);
        }
        (_keys[_count], _marks[_count]) = (key, mark);
        _count++;
    }

    /// <summary>Of equal fingerprints the one with the highest confidence stays. That two different values share one is as likely as 1 in 10 million with 2 million values.</summary>
    private void DropRepeated()
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            if (kept > 0 && _keys[kept - 1] == _keys[i])
            {
                Repeated++;
                if (new IndicatorMark(_marks[i]).Confidence > new IndicatorMark(_marks[kept - 1]).Confidence) _marks[kept - 1] = _marks[i];
                continue;
            }
            (_keys[kept], _marks[kept]) = (_keys[i], _marks[i]);
            kept++;
        }
        _count = kept;
    }

    private void Write()
    {
        var v4 = NetworkSegments.Of(_networks.Where(n => n.Range.First.IsV4));
        var v6 = NetworkSegments.Of(_networks.Where(n => !n.Range.First.IsV4));
        // A segment behind 255.255.255.255 would begin where no IPv4 address is.
        if (v4.Starts.Count > 0 && v4.Starts[^1] > uint.MaxValue)
        {
            v4.Starts.RemoveAt(v4.Starts.Count - 1);
            v4.Marks.RemoveAt(v4.Marks.Count - 1);
        }
        var buckets = Math.Max(1u, (uint)Math.Ceiling(_count / IndexLayout.BucketFill));
        var (slots, ranks) = Table(buckets);
        var numbers = new IndexLayout.Numbers
        {
            Set = Set,
            Version = _version,
            Records = (uint)(_places.Count - 1),
            Entries = (uint)_count,
            Buckets = buckets,
            AllBuckets = (uint)ranks.Length,
            Depths = _depths,
            SegmentsV4 = (uint)v4.Starts.Count,
            SegmentsV6 = (uint)v6.Starts.Count,
        };
        using var file = new CheckedWriter(IndicatorShelf.IndexFile(_folder, Set));
        var head = new byte[IndexLayout.Head];
        numbers.Write(head);
        file.Write(head);
        Section<ulong>(file, numbers.Slots, slots);
        Section<uint>(file, numbers.Ranks, ranks);
        Section<ulong>(file, numbers.Marks, _marks.AsSpan(0, _count));
        uint[] starts = [.. v4.Starts.Select(s => (uint)s)];
        Section<uint>(file, numbers.TopV4, starts.Length == 0 ? [] : NetworkSegments.TopOf(starts));
        Section<uint>(file, numbers.StartsV4, starts);
        Section<ulong>(file, numbers.MarksV4, v4.Marks.ToArray());
        Section<UInt128>(file, numbers.StartsV6, v6.Starts.ToArray());
        Section<ulong>(file, numbers.MarksV6, v6.Marks.ToArray());
        file.FillTo(numbers.End);
        file.Close();
    }

    private static void Section<T>(CheckedWriter file, long at, ReadOnlySpan<T> values) where T : unmanaged
    {
        file.FillTo(at);
        file.WriteAll(values);
    }

    /// <summary>
    /// Fingerprints in their order fill buckets in theirs; what does not fit goes into the next, and pushes on what belongs there. So a place in the table and a place in the order tell each
    /// other by one number a bucket, and marks need no gaps.
    /// </summary>
    private (ulong[] Slots, uint[] Ranks) Table(uint buckets)
    {
        var next = 0L;
        for (var i = 0; i < _count; i++) next = Math.Max(Home(_keys[i], buckets), next) + 1;
        // Behind a full bucket one more is looked at, so the last one is never full.
        var all = Math.Max(buckets, (next / IndexLayout.BucketSlots) + 1);
        var (slots, ranks) = (new ulong[all * IndexLayout.BucketSlots], new uint[all]);
        var ranked = 0L;
        next = 0;
        for (var i = 0; i < _count; i++)
        {
            var at = Math.Max(Home(_keys[i], buckets), next);
            while (ranked <= at / IndexLayout.BucketSlots) ranks[ranked++] = (uint)i;
            slots[at] = _keys[i];
            next = at + 1;
        }
        while (ranked < all) ranks[ranked++] = (uint)_count;
        return (slots, ranks);
    }

    private static long Home(ulong key, uint buckets) => (long)Math.BigMul(key, buckets, out _) * IndexLayout.BucketSlots;
}
