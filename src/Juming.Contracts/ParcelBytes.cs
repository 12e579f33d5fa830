using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Juming.Contracts;

/// <summary>What all parcels are made of: packed with Brotli behind the unpacked length, so that who unpacks knows beforehand how much comes; numbers in few bytes.</summary>
internal static class ParcelBytes
{
    /// <summary>Most bytes that a parcel has unpacked.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    /// <summary>Packs bytes.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> plain, int quality)
    {
        var packed = new byte[4 + BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(packed, (uint)plain.Length);
        return BrotliEncoder.TryCompress(plain, packed.AsSpan(4), out var length, quality, 22) ? packed[..(4 + length)] : throw new InvalidOperationException("Brotli has no room.");
    }

    /// <summary>Unpacks them; null when they are none, or more than they say or may be.</summary>
    public static byte[]? Unpack(ReadOnlySpan<byte> parcel)
    {
        if (parcel.Length < 5 || BinaryPrimitives.ReadUInt32LittleEndian(parcel) is var length && length is 0 or > MostBytes) return null;
        var plain = new byte[length];
        using var decoder = new BrotliDecoder();
        // Into a room of the length that was named: a bomb fills it and is found out.
        return decoder.Decompress(parcel[4..], plain, out var read, out var written) == OperationStatus.Done && read == parcel.Length - 4 && written == length ? plain : null;
    }

    /// <summary>Four bytes, the least first.</summary>
    public static void WriteNumber(ArrayBufferWriter<byte> to, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to.GetSpan(4), value);
        to.Advance(4);
    }

    /// <summary>One byte.</summary>
    public static void WriteByte(ArrayBufferWriter<byte> to, int value)
    {
        to.GetSpan(1)[0] = checked((byte)value);
        to.Advance(1);
    }

    /// <summary>Seven bits a byte, the least first.</summary>
    public static void WriteSmall(ArrayBufferWriter<byte> to, int value)
    {
        for (; value >= 0x80; value >>= 7) WriteByte(to, (value & 0x7F) | 0x80);
        WriteByte(to, value);
    }
}

/// <summary>Reads without ever leaving its bytes; what is not there reads as nothing, and <see cref="Broken"/> says so.</summary>
internal ref struct ParcelReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    /// <summary>More was asked for than there is.</summary>
    public bool Broken { get; private set; }

    /// <summary>All was read.</summary>
    public readonly bool AtEnd => _left.IsEmpty;

    /// <summary>One byte.</summary>
    public int Byte() => Bytes(1) is [var one] ? one : 0;

    /// <summary>Four bytes, the least first.</summary>
    public uint Number() => Bytes(4) is { Length: 4 } four ? BinaryPrimitives.ReadUInt32LittleEndian(four) : 0;

    /// <summary>Text behind its length.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes(Small()));

    /// <summary>Seven bits a byte, four bytes at most.</summary>
    public int Small()
    {
        var value = 0;
        for (var shift = 0; shift <= 21; shift += 7)
        {
            var next = Byte();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        Broken = true;
        return 0;
    }

    /// <summary>So many bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (Broken || count > _left.Length)
        {
            Broken = true;
            return default;
        }
        var taken = _left[..count];
        _left = _left[count..];
        return taken;
    }
}
