using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Pipeline;

/// <summary>A literal that a scan looks for on behalf of an atom.</summary>
/// <param name="Atom">Number of the atom.</param>
/// <param name="Lower">The literal in lower case.</param>
/// <param name="Exact">The literal as it must stand where case matters, or null.</param>
/// <param name="Shape">Where it must stand.</param>
/// <param name="Settles">Finding it is the atom's answer; otherwise it is only a necessary part.</param>
internal sealed record ScanLiteral(int Atom, byte[] Lower, byte[]? Exact, TextShape Shape, bool Settles);

/// <summary>
/// Finds thousands of literals in one pass over a value: each literal is filed under its rarest four (or three) bytes, a bit map says for each place of
/// the value whether any literal has those bytes, and only then is compared. Whole values are looked up in a table.
/// </summary>
internal sealed class SlotScan
{
    private readonly ByteTable<int[]>? _whole;
    private readonly ByteTable<int[]>? _wholeExact;
    private readonly GramTable? _four;
    private readonly GramTable? _three;
    private readonly bool _hasNumbers;

    /// <summary>Builds the tables for a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="literals">Literals of at least three bytes, or whole values of any length.</param>
    /// <param name="hasNumbers">Some whole values are numbers, so other notations are tried.</param>
    public SlotScan(Slot slot, IReadOnlyList<ScanLiteral> literals, bool hasNumbers)
    {
        Slot = slot;
        _hasNumbers = hasNumbers;
        _whole = Whole(literals.Where(l => l.Shape == TextShape.Equals && l.Exact is null), l => l.Lower);
        _wholeExact = Whole(literals.Where(l => l.Shape == TextShape.Equals && l.Exact is not null), l => l.Exact!);
        var rest = literals.Where(l => l.Shape != TextShape.Equals).ToList();
        if (rest.Any(l => l.Lower.Length >= 4)) _four = new GramTable([.. rest.Where(l => l.Lower.Length >= 4)], 4);
        if (rest.Any(l => l.Lower.Length == 3)) _three = new GramTable([.. rest.Where(l => l.Lower.Length == 3)], 3);
    }

    /// <summary>The slot that is scanned.</summary>
    public Slot Slot { get; }

    /// <summary>Scans the values of the slot and notes the atoms found.</summary>
    public void Run(MatchScratch scratch)
    {
        ref var state = ref scratch.Resolve(Slot);
        var (first, end) = (state.First, state.First + state.Count);
        for (var i = first; i < end; i++)
        {
            ref var value = ref scratch.Value(i);
            var lower = scratch.Lower(ref value);
            if (_whole is not null) Look(scratch, _whole, lower);
            if (_wholeExact is not null && _wholeExact.Find(scratch.Raw(value)) is { } exact)
                foreach (var atom in exact) scratch.Hit(atom, true);
            _four?.Scan(scratch, lower, scratch.Raw(value));
            _three?.Scan(scratch, lower, scratch.Raw(value));
        }
    }

    private void Look(MatchScratch scratch, ByteTable<int[]> table, ReadOnlySpan<byte> lower)
    {
        if (table.Find(lower) is { } atoms)
            foreach (var atom in atoms) scratch.Hit(atom, true);
        else if (_hasNumbers && lower.Length is > 1 and < 24 && (lower[0] == '0' || lower.IndexOf((byte)'.') > 0)) LookNumber(scratch, table, lower);
    }

    [SkipLocalsInit]
    private static void LookNumber(MatchScratch scratch, ByteTable<int[]> table, ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out double number, out var used) || used != text.Length || number != Math.Floor(number) || Math.Abs(number) > 1e15) return;
        Span<byte> plain = stackalloc byte[24];
        if (!Utf8Formatter.TryFormat((long)number, plain, out var length) || table.Find(plain[..length]) is not { } atoms) return;
        foreach (var atom in atoms) scratch.Hit(atom, true);
    }

    private static ByteTable<int[]>? Whole(IEnumerable<ScanLiteral> literals, Func<ScanLiteral, byte[]> key)
    {
        var groups = literals.GroupBy(l => Convert.ToHexString(key(l))).Select(g => KeyValuePair.Create(key(g.First()), g.Select(l => l.Atom).ToArray())).ToList();
        return groups.Count == 0 ? null : new ByteTable<int[]>(groups);
    }

    /// <summary>Literals filed under some of their bytes.</summary>
    private sealed class GramTable
    {
        private const uint Spread = 0x9E3779B1;

        private readonly int _width;
        private readonly int _shift;
        private readonly uint[] _bits;
        private readonly uint[] _keys;
        private readonly int[] _starts;
        private readonly int _keyMask;
        private readonly Entry[] _entries;

        private readonly record struct Entry(int Atom, int Offset, TextShape Shape, bool Settles, byte[] Lower, byte[]? Exact);

        public GramTable(List<ScanLiteral> literals, int width)
        {
            _width = width;
            var frequency = new Dictionary<uint, int>();
            foreach (var literal in literals)
                for (var i = 0; i + width <= literal.Lower.Length; i++)
                    CollectionsMarshal.GetValueRefOrAddDefault(frequency, Gram(literal.Lower, i, width), out _)++;
            var filed = new Dictionary<uint, List<Entry>>();
            foreach (var literal in literals)
            {
                var best = 0;
                var bestFrequency = int.MaxValue;
                for (var i = 0; i + width <= literal.Lower.Length; i++)
                {
                    var f = frequency[Gram(literal.Lower, i, width)];
                    if (f < bestFrequency) (best, bestFrequency) = (i, f);
                }
                var gram = Gram(literal.Lower, best, width);
                if (!filed.TryGetValue(gram, out var list)) filed[gram] = list = [];
                list.Add(new Entry(literal.Atom, best, literal.Shape, literal.Settles, literal.Lower, literal.Exact));
            }
            // 32 bits a literal keep false alarms near 3 % of places and most tables within the first-level cache.
            var bits = Math.Clamp(BitOperations.Log2((uint)filed.Count * 32) + 1, 10, 20);
            _shift = 32 - bits;
            _bits = new uint[1 << (bits - 5)];
            var size = (int)BitOperations.RoundUpToPowerOf2((uint)filed.Count * 2 + 1);
            _keyMask = size - 1;
            _keys = new uint[size];
            _starts = new int[size];
            Array.Fill(_starts, -1);
            var entries = new List<Entry>();
            foreach (var (gram, list) in filed)
            {
                var hash = gram * Spread;
                var bit = hash >> _shift;
                _bits[bit >> 5] |= 1u << (int)(bit & 31);
                var at = (int)(hash >> 7) & _keyMask;
                while (_starts[at] >= 0) at = (at + 1) & _keyMask;
                _keys[at] = gram;
                _starts[at] = entries.Count;
                entries.AddRange(list);
                entries.Add(default); // an entry without a literal ends the list
            }
            _entries = [.. entries];
        }

        public void Scan(MatchScratch scratch, ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw)
        {
            var bits = _bits;
            var shift = _shift;
            ref var start = ref MemoryMarshal.GetReference(text);
            var last = text.Length - _width;
            if (_width == 4)
            {
                for (var i = 0; i <= last; i++)
                {
                    var gram = Bytes.Four(ref start, i);
                    var bit = gram * Spread >> shift;
                    if ((bits[bit >> 5] >> (int)(bit & 31) & 1) != 0) Compare(scratch, text, raw, gram, i);
                }
                return;
            }
            for (var i = 0; i <= last; i++)
            {
                var gram = Gram(text, i, 3);
                var bit = gram * Spread >> shift;
                if ((bits[bit >> 5] >> (int)(bit & 31) & 1) != 0) Compare(scratch, text, raw, gram, i);
            }
        }

        private void Compare(MatchScratch scratch, ReadOnlySpan<byte> text, ReadOnlySpan<byte> raw, uint gram, int place)
        {
            var at = (int)(gram * Spread >> 7) & _keyMask;
            for (; ; at = (at + 1) & _keyMask)
            {
                if (_starts[at] < 0) return;
                if (_keys[at] == gram) break;
            }
            for (var e = _starts[at]; ; e++)
            {
                ref readonly var entry = ref _entries[e];
                if (entry.Lower is null) return;
                if (scratch.IsHit(entry.Atom)) continue;
                var from = place - entry.Offset;
                if (from < 0 || from + entry.Lower.Length > text.Length) continue;
                if (entry.Shape == TextShape.StartsWith ? from != 0 : entry.Shape == TextShape.EndsWith && from + entry.Lower.Length != text.Length) continue;
                if (!text.Slice(from, entry.Lower.Length).SequenceEqual(entry.Lower)) continue;
                if (entry.Exact is not null && !raw.Slice(from, entry.Exact.Length).SequenceEqual(entry.Exact)) continue;
                scratch.Hit(entry.Atom, entry.Settles);
            }
        }

        private static uint Gram(ReadOnlySpan<byte> text, int at, int width) =>
            width == 4 ? MemoryMarshal.Read<uint>(text[at..]) : text[at] | (uint)text[at + 1] << 8 | (uint)text[at + 2] << 16;
    }
}
