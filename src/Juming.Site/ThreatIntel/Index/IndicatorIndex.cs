using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>
/// A set of indicators, mapped and never changed. The mapping lives as long as the object, which every look-up keeps alive to its end, so that a swap needs no
/// count of readers: the last reference that goes takes the mapping with it.
/// </summary>
internal sealed unsafe class IndicatorIndex
{
    // Far enough ahead that a line has come from memory when it is asked, near enough that it is still there.
    private const int Ahead = 16;

    private readonly MemoryMappedViewAccessor _view;
    private readonly IndexLayout.Numbers _numbers;
    private readonly ulong _buckets;
    private readonly ulong* _slots;
    private readonly uint* _ranks;
    private readonly ulong* _marks;
    private readonly uint* _topV4;
    private readonly uint* _startsV4;
    private readonly ulong* _marksV4;
    private readonly UInt128* _startsV6;
    private readonly ulong* _marksV6;

    private IndicatorIndex(MemoryMappedViewAccessor view, IndexLayout.Numbers numbers, IndicatorValues values)
    {
        (_view, _numbers, _buckets, Values) = (view, numbers, numbers.Buckets, values);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;
        _slots = (ulong*)(start + numbers.Slots);
        _ranks = (uint*)(start + numbers.Ranks);
        _marks = (ulong*)(start + numbers.Marks);
        _topV4 = (uint*)(start + numbers.TopV4);
        _startsV4 = (uint*)(start + numbers.StartsV4);
        _marksV4 = (ulong*)(start + numbers.MarksV4);
        _startsV6 = (UInt128*)(start + numbers.StartsV6);
        _marksV6 = (ulong*)(start + numbers.MarksV6);
    }

    /// <summary>Name of the set.</summary>
    public Guid Set => _numbers.Set;

    /// <summary>What it is complete up to, as who delivers it counts.</summary>
    public long Version => _numbers.Version;

    /// <summary>Indicators in it.</summary>
    public uint Count => _numbers.Records;

    /// <summary>Bytes that are mapped.</summary>
    public long MappedBytes => _numbers.Length;

    /// <summary>Numbers of labels that its domains have, as bits.</summary>
    public uint Depths => _numbers.Depths;

    /// <summary>It holds networks.</summary>
    public bool HasNetworks => (_numbers.SegmentsV4 | _numbers.SegmentsV6) != 0;

    /// <summary>Identities and full values.</summary>
    public IndicatorValues Values { get; }

    /// <summary>Opens a set; reads both files once to hold them against their checksums.</summary>
    /// <exception cref="IndicatorFileException">One of them is not whole, or they don't belong together.</exception>
    public static IndicatorIndex Open(string index, string values)
    {
        var numbers = IndexLayout.Numbers.Read(IndexLayout.Verified(index, IndexLayout.IndexMagic, IndexLayout.Head));
        if (numbers.Buckets == 0 || numbers.AllBuckets < numbers.Buckets || numbers.End + 32 != numbers.Length) throw new IndicatorFileException(index, "its parts don't fit its length");
        var kept = IndicatorValues.Open(values);
        if (kept.Set != numbers.Set || kept.Count != numbers.Records) throw new IndicatorFileException(values, "it belongs to another index");
        using var file = MemoryMappedFile.CreateFromFile(new FileStream(index, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1), null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        return new(file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read), numbers, kept);
    }

    /// <summary>Finds the marks of many keys; none where there is none. Lines of memory are asked for ahead, so that their way overlaps.</summary>
    /// <returns>How many were found.</returns>
    public int FindAll(ReadOnlySpan<ulong> keys, Span<ulong> marks)
    {
        var found = 0;
        var ahead = Math.Min(Ahead, keys.Length);
        for (var i = 0; i < ahead; i++) Fetch(keys[i]);
        for (var i = 0; i < keys.Length; i++)
        {
            if (i + Ahead < keys.Length) Fetch(keys[i + Ahead]);
            var mark = Find(keys[i]);
            marks[i] = mark;
            if (mark != 0) found++;
        }
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>The mark of the narrowest network that holds the address.</summary>
    public IndicatorMark FindNetwork(NetAddress address)
    {
        var mark = address.IsV4 ? FindV4((uint)address.Bits) : FindV6(address.Bits);
        GC.KeepAlive(this);
        return new(mark);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fetch(ulong key)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_slots + (Math.BigMul(key, _buckets, out _) * IndexLayout.BucketSlots));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Find(ulong key)
    {
        var wanted = Vector256.Create(key);
        for (var bucket = Math.BigMul(key, _buckets, out _); ; bucket++)
        {
            var line = _slots + (bucket * IndexLayout.BucketSlots);
            var hits = Vector256.Equals(Vector256.Load(line), wanted).ExtractMostSignificantBits() | (Vector256.Equals(Vector256.Load(line + 4), wanted).ExtractMostSignificantBits() << 4);
            if (hits != 0) return _marks[_ranks[bucket] + (uint)BitOperations.TrailingZeroCount(hits)];
            // Buckets fill from the left: an empty last place says that nothing was pushed on.
            if (line[IndexLayout.BucketSlots - 1] == 0) return 0;
        }
    }

    private ulong FindV4(uint address)
    {
        if (_numbers.SegmentsV4 == 0) return 0;
        var half = address >> 16;
        var (low, high) = (_topV4[half], _topV4[half + 1]);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_startsV4[middle] <= address) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : _marksV4[low - 1];
    }

    private ulong FindV6(UInt128 address)
    {
        var (low, high) = (0u, _numbers.SegmentsV6);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_startsV6[middle] <= address) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? 0 : _marksV6[low - 1];
    }
}
