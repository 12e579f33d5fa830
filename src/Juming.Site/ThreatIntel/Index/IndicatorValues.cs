using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>Identities and full values of a set. Not mapped: it is read where a fingerprint fits, to see whether the value does.</summary>
internal sealed class IndicatorValues
{
    /// <summary>Bytes of the head.</summary>
    public const int Head = 64;

    private readonly SafeFileHandle _file;
    private readonly long _places;

    private IndicatorValues(SafeFileHandle file, Guid set, long places, uint count) => (_file, Set, _places, Count) = (file, set, places, count);

    public Guid Set { get; }

    public uint Count { get; }

    /// <exception cref="IndicatorFileException">It is not whole or not of this format.</exception>
    public static IndicatorValues Open(string file)
    {
        var head = IndexLayout.Verified(file, IndexLayout.ValuesMagic, Head);
        var handle = File.OpenHandle(file);
        var end = RandomAccess.GetLength(handle) - SHA256.HashSizeInBytes - 8;
        Span<byte> number = stackalloc byte[8];
        RandomAccess.Read(handle, number, end);
        var count = BinaryPrimitives.ReadInt64LittleEndian(number);
        if (count < 0 || count > uint.MaxValue || end - ((count + 1) * 8) < Head) throw new IndicatorFileException(file, $"it names {count} values, for which it is too short");
        return new(handle, new Guid(head.AsSpan(16, 16)), end - ((count + 1) * 8), (uint)count);
    }

    /// <summary>Identity and value of a record.</summary>
    /// <param name="record">Its place.</param>
    /// <param name="value">Room for the longest value.</param>
    /// <param name="length">Length of the value; -1 when there is no such record.</param>
    public Guid Read(uint record, Span<byte> value, out int length)
    {
        length = -1;
        if (record >= Count) return Guid.Empty;
        Span<byte> places = stackalloc byte[16];
        RandomAccess.Read(_file, places, _places + (record * 8L));
        var (from, to) = (BinaryPrimitives.ReadInt64LittleEndian(places), BinaryPrimitives.ReadInt64LittleEndian(places[8..]));
        Span<byte> id = stackalloc byte[16];
        if (from < Head || to < from + id.Length || to > _places || to - from - id.Length > value.Length) return Guid.Empty;
        RandomAccess.Read(_file, id, from);
        length = RandomAccess.Read(_file, value[..(int)(to - from - id.Length)], from + id.Length);
        return new Guid(id);
    }
}
