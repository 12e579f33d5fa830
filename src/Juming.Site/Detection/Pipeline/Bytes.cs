using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Juming.Site.Detection.Pipeline;

/// <summary>Byte work of the matcher: folding ASCII case, hashing, comparing.</summary>
internal static class Bytes
{
    /// <summary>Copies with A–Z turned into a–z; other bytes stay, so UTF-8 survives.</summary>
    public static void Lower(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var i = 0;
        if (Vector256.IsHardwareAccelerated && from.Length >= Vector256<byte>.Count)
        {
            ref var source = ref MemoryMarshal.GetReference(from);
            ref var target = ref MemoryMarshal.GetReference(to);
            var before = Vector256.Create((byte)('A' - 1)).AsSByte();
            var after = Vector256.Create((byte)('Z' + 1)).AsSByte();
            var bit = Vector256.Create((byte)0x20);
            for (; i <= from.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                var v = Vector256.LoadUnsafe(ref source, (nuint)i);
                var s = v.AsSByte();
                var upper = Vector256.GreaterThan(s, before) & Vector256.LessThan(s, after);
                (v | (upper.AsByte() & bit)).StoreUnsafe(ref target, (nuint)i);
            }
        }
        for (; i < from.Length; i++)
        {
            var b = from[i];
            to[i] = (uint)(b - 'A') <= 'Z' - 'A' ? (byte)(b | 0x20) : b;
        }
    }

    /// <summary>A new array in lower case.</summary>
    public static byte[] Lower(ReadOnlySpan<byte> from)
    {
        var to = new byte[from.Length];
        Lower(from, to);
        return to;
    }

    /// <summary>64-bit hash for tables within the process.</summary>
    public static ulong Hash(ReadOnlySpan<byte> value)
    {
        const ulong prime = 0x9E3779B97F4A7C15;
        var h = (ulong)value.Length * prime;
        while (value.Length >= 8)
        {
            h = BitOperations.RotateLeft((h ^ MemoryMarshal.Read<ulong>(value)) * prime, 29);
            value = value[8..];
        }
        ulong rest = 0;
        foreach (var b in value) rest = (rest << 8) | b;
        h = (h ^ rest) * prime;
        return h ^ (h >> 32);
    }

    /// <summary>Four bytes at a place, without a bound check: the caller has checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Four(ref byte start, int at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, at));
}

/// <summary>A read-only table from bytes to things, looked up without making strings.</summary>
internal sealed class ByteTable<T> where T : class
{
    private readonly byte[]?[] _keys;
    private readonly T?[] _values;
    private readonly int _mask;

    /// <summary>Fills the table.</summary>
    public ByteTable(IReadOnlyCollection<KeyValuePair<byte[], T>> entries)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, entries.Count * 2));
        (_keys, _values, _mask) = (new byte[]?[size], new T?[size], size - 1);
        foreach (var (key, value) in entries)
        {
            var at = (int)Bytes.Hash(key) & _mask;
            while (_keys[at] is not null) at = (at + 1) & _mask;
            (_keys[at], _values[at]) = (key, value);
        }
    }

    /// <summary>The thing under a key, or null.</summary>
    public T? Find(ReadOnlySpan<byte> key)
    {
        for (var at = (int)Bytes.Hash(key) & _mask; _keys[at] is { } found; at = (at + 1) & _mask)
            if (key.SequenceEqual(found)) return _values[at];
        return null;
    }
}
