using System.Runtime.InteropServices;

namespace Juming.Site.Events.Store;

/// <summary>
/// What the raw lines of a block hold: a bit for each three bytes in a row, by a hash, with ASCII letters folded and all digits taken for the
/// same. A text can only be in a block that has the bits of all its threes; digits would set most bits and tell nearly nothing.
/// </summary>
internal static class Grams
{
    /// <summary>Bits of a block.</summary>
    public const int Bits = 1 << 15;

    /// <summary>Most rows of a block: the vector that DuckDB unpacks at once.</summary>
    public const int BlockRows = 2048;

    /// <summary>Columns of the table. Rows that no block covers are always searched.</summary>
    public const string TableColumns = "first BIGINT, rows INTEGER, min_time BIGINT, max_time BIGINT, min_received BIGINT, max_received BIGINT, bits BLOB USING COMPRESSION zstd";

    private const uint Spread = 0x9E3779B1;

    private static readonly byte[] Fold = [.. Enumerable.Range(0, 256).Select(b => b is >= 'A' and <= 'Z' ? (byte)(b | 0x20) : b is >= '0' and <= '9' ? (byte)'0' : (byte)b)];

    /// <summary>The bits of a text, as <c>get_bit</c> counts them.</summary>
    public static IEnumerable<int> Of(byte[] text)
    {
        for (var i = 2; i < text.Length; i++) yield return Bit(Fold[text[i - 2]] | ((uint)Fold[text[i - 1]] << 8) | ((uint)Fold[text[i]] << 16));
    }

    /// <summary>Marks what a line holds, a byte for each bit.</summary>
    public static void Mark(ReadOnlySpan<byte> line, byte[] seen)
    {
        if (line.Length < 3) return;
        ref var fold = ref MemoryMarshal.GetArrayDataReference(Fold);
        ref var first = ref MemoryMarshal.GetArrayDataReference(seen);
        var three = ((uint)Fold[line[0]] << 8) | ((uint)Fold[line[1]] << 16);
        foreach (var b in line[2..])
        {
            // Both indexes are within bounds by their width; the check would cost a third of the loop.
            three = (three >> 8) | ((uint)System.Runtime.CompilerServices.Unsafe.Add(ref fold, b) << 16);
            System.Runtime.CompilerServices.Unsafe.Add(ref first, Bit(three)) = 1;
        }
    }

    /// <summary>Eight marks to a byte, the first in its highest bit.</summary>
    public static byte[] Pack(byte[] seen)
    {
        var packed = new byte[Bits / 8];
        var eights = MemoryMarshal.Cast<byte, ulong>(seen);
        // Each factor's bit moves one of the eight marks into the highest byte, and no two meet.
        for (var i = 0; i < packed.Length; i++) packed[i] = (byte)((eights[i] * 0x8040_2010_0804_0201) >> 56);
        return packed;
    }

    private static int Bit(uint three) => (int)((three * Spread) >> 17);
}

/// <summary>Rows of a segment in a row, and what is known of them.</summary>
/// <param name="First">First row id.</param>
/// <param name="Rows">How many.</param>
/// <param name="Span">Their times.</param>
/// <param name="Bits">What their lines hold.</param>
internal sealed record GramBlock(long First, int Rows, Span Span, byte[] Bits);

/// <summary>
/// Gathers the blocks of the segment that is written. A block goes into the table with the transaction of its last row; rows whose block was
/// lost, by a rollback or an end of the program, stay without one.
/// </summary>
internal sealed class GramWriter
{
    private readonly byte[] _seen = new byte[Grams.Bits];
    private readonly List<GramBlock> _done = [];
    private Segment? _segment;
    private long _first;
    private int _rows;
    private long _minTime, _maxTime, _minReceived, _maxReceived;

    /// <summary>Rows of a segment follow, from a row id on. What is written as row groups of its own begins a block, so that blocks are vectors.</summary>
    public void Begin(Segment segment, long row, bool isWhole)
    {
        if (_segment != segment || _first + _rows != row) Start(segment, row);
        else if (isWhole && _rows > 0) Close();
    }

    /// <summary>Takes in the next row.</summary>
    public void Add(ReadOnlySpan<byte> line, long time, long received)
    {
        Grams.Mark(line, _seen);
        _rows++;
        (_minTime, _maxTime) = (Math.Min(_minTime, time), Math.Max(_maxTime, time));
        (_minReceived, _maxReceived) = (Math.Min(_minReceived, received), Math.Max(_maxReceived, received));
        if (_rows == Grams.BlockRows) Close();
    }

    /// <summary>The blocks that became whole.</summary>
    public IReadOnlyList<GramBlock> Take()
    {
        GramBlock[] done = [.. _done];
        _done.Clear();
        return done;
    }

    /// <summary>Forgets everything: the rows were not stored, or nobody knows.</summary>
    public void Abandon()
    {
        _segment = null;
        _done.Clear();
    }

    private void Close()
    {
        _done.Add(new GramBlock(_first, _rows, new Span(_minTime, _maxTime, _minReceived, _maxReceived), Grams.Pack(_seen)));
        Start(_segment!, _first + _rows);
    }

    private void Start(Segment segment, long row)
    {
        if (_segment != segment) _done.Clear();
        (_segment, _first, _rows) = (segment, row, 0);
        (_minTime, _maxTime, _minReceived, _maxReceived) = (long.MaxValue, long.MinValue, long.MaxValue, long.MinValue);
        Array.Clear(_seen);
    }
}
