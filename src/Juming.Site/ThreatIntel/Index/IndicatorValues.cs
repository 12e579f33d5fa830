using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Juming.Contracts.Indicators;
using Microsoft.Win32.SafeHandles;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>Identities and full values of a set, and what else is known of them. Not mapped: it is read where a fingerprint fits, to see whether the value does.</summary>
internal sealed class IndicatorValues
{
    /// <summary>Bytes of the head.</summary>
    public const int Head = 64;

    /// <summary>Bytes before the value of a record: identity, mark, length of the value. Behind the value stand the facts.</summary>
    public const int RecordHead = 26;

    private const int MostFacts = 1 << 16;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _places;

    private IndicatorValues(SafeFileHandle file, string path, Guid set, long places, uint count) => (_file, _path, Set, _places, Count) = (file, path, set, places, count);

    public Guid Set { get; }

    public uint Count { get; }

    /// <exception cref="IndicatorFileException">It is not whole or not of this format.</exception>
    public static IndicatorValues Open(string file)
    {
        var head = IndexLayout.Verified(file, IndexLayout.ValuesMagic, Head);
        var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var end = RandomAccess.GetLength(handle) - SHA256.HashSizeInBytes - 8;
        Span<byte> number = stackalloc byte[8];
        RandomAccess.Read(handle, number, end);
        var count = BinaryPrimitives.ReadInt64LittleEndian(number);
        if (count < 0 || count > uint.MaxValue || end - ((count + 1) * 8) < Head) throw new IndicatorFileException(file, $"it names {count} values, for which it is too short");
        return new(handle, file, new Guid(head.AsSpan(16, 16)), end - ((count + 1) * 8), (uint)count);
    }

    /// <summary>Identity and value of a record.</summary>
    /// <param name="record">Its place.</param>
    /// <param name="value">Room for the longest value.</param>
    /// <param name="length">Length of the value; -1 when there is no such record.</param>
    public Guid Read(uint record, Span<byte> value, out int length)
    {
        length = -1;
        if (!TryPlace(record, out var from, out var to)) return Guid.Empty;
        Span<byte> head = stackalloc byte[RecordHead];
        RandomAccess.Read(_file, head, from);
        var named = BinaryPrimitives.ReadUInt16LittleEndian(head[24..]);
        if (named > value.Length || from + RecordHead + named > to) return Guid.Empty;
        length = RandomAccess.Read(_file, value[..named], from + RecordHead);
        return new Guid(head[..16]);
    }

    /// <summary>The whole record; null when there is none.</summary>
    public IndexedIndicator? Read(uint record)
    {
        if (!TryPlace(record, out var from, out var to) || to - from > RecordHead + UrlForm.Longest + MostFacts) return null;
        var bytes = new byte[to - from];
        RandomAccess.Read(_file, bytes, from);
        return Record(bytes);
    }

    /// <summary>All records in their order, read through.</summary>
    public IEnumerable<IndexedIndicator> ReadAll()
    {
        if (Count == 0) yield break;
        using var places = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        using var values = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 18);
        var number = new byte[8];
        var record = Array.Empty<byte>();
        places.Position = _places;
        places.ReadExactly(number);
        var from = BinaryPrimitives.ReadInt64LittleEndian(number);
        values.Position = from;
        for (var i = 0u; i < Count; i++)
        {
            places.ReadExactly(number);
            var to = BinaryPrimitives.ReadInt64LittleEndian(number);
            record = new byte[to - from];
            values.ReadExactly(record);
            from = to;
            yield return Record(record);
        }
    }

    private static IndexedIndicator Record(byte[] bytes)
    {
        var mark = new IndicatorMark(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(16)));
        var length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(24)), bytes.Length - RecordHead);
        return new(new Guid(bytes.AsSpan(0, 16)), new(mark.Kind, Encoding.UTF8.GetString(bytes, RecordHead, length)), mark.Severity, mark.Confidence, mark.LastDay, mark.IsExact, bytes.AsMemory(RecordHead + length));
    }

    private bool TryPlace(uint record, out long from, out long to)
    {
        (from, to) = (0, 0);
        if (record >= Count) return false;
        Span<byte> places = stackalloc byte[16];
        RandomAccess.Read(_file, places, _places + (record * 8L));
        (from, to) = (BinaryPrimitives.ReadInt64LittleEndian(places), BinaryPrimitives.ReadInt64LittleEndian(places[8..]));
        return from >= Head && to >= from + RecordHead && to <= _places;
    }
}
