using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>A file of indicators can't be used; the sentence says why.</summary>
internal sealed class IndicatorFileException(string file, string reason, Exception? inner = null) : IOException($"{Path.GetFileName(file)} can't be used: {reason}.", inner)
{
    /// <summary>Why.</summary>
    public string Reason { get; } = reason;
}

/// <summary>
/// How the mapped file is laid out: a page with numbers and places, then sections on lines of the processor's cache.
/// Its last 32 bytes are the SHA-256 of everything before.
/// </summary>
internal static class IndexLayout
{
    /// <summary>Bytes of the head; a page, so that the first section lies on one.</summary>
    public const int Head = 4096;

    /// <summary>Sections begin on such a boundary.</summary>
    public const int Line = 64;

    /// <summary>Fingerprints of one bucket: a cache line of them.</summary>
    public const int BucketSlots = 8;

    /// <summary>Entries that a bucket holds on average. Of buckets so filled one in eight is full, and only behind a full one is looked further.</summary>
    public const double BucketFill = 5;

    /// <summary>In the head of a file whose length was not known when it was begun.</summary>
    public const long NoLength = 0;

    public const ulong IndexMagic = 0x31_58_44_4E_49_4D_4A_02;
    public const ulong ValuesMagic = 0x31_4C_41_56_49_4D_4A_02;

    private const int Part = 1 << 20;
    private const int VersionAt = 64;

    /// <summary>Numbers at the head of a file.</summary>
    public sealed record Numbers
    {
        public Guid Set { get; init; }
        public long Length { get; init; }

        /// <summary>What the set is complete up to, as who delivers it counts.</summary>
        public long Version { get; init; }

        /// <summary>Values, those of networks among them.</summary>
        public uint Records { get; init; }

        /// <summary>Entries among the fingerprints.</summary>
        public uint Entries { get; init; }

        /// <summary>Buckets that a fingerprint can belong to; some more follow for what did not fit.</summary>
        public uint Buckets { get; init; }
        public uint AllBuckets { get; init; }

        /// <summary>Bit n is set where a domain has n labels.</summary>
        public uint Depths { get; init; }
        public uint SegmentsV4 { get; init; }
        public uint SegmentsV6 { get; init; }

        public long Slots => Head;
        public long Ranks => Aligned(Slots + ((long)AllBuckets * BucketSlots * 8));
        public long Marks => Aligned(Ranks + ((long)AllBuckets * 4));
        public long TopV4 => Aligned(Marks + ((long)Entries * 8));
        public long StartsV4 => Aligned(TopV4 + (SegmentsV4 == 0 ? 0 : (65536 + 1) * 4L));
        public long MarksV4 => Aligned(StartsV4 + (SegmentsV4 * 4L));
        public long StartsV6 => Aligned(MarksV4 + (SegmentsV4 * 8L));
        public long MarksV6 => Aligned(StartsV6 + (SegmentsV6 * 16L));
        public long End => Aligned(MarksV6 + (SegmentsV6 * 8L));

        public void Write(Span<byte> head)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(head, IndexMagic);
            BinaryPrimitives.WriteInt64LittleEndian(head[8..], End + SHA256.HashSizeInBytes);
            Set.TryWriteBytes(head[16..]);
            BinaryPrimitives.WriteInt64LittleEndian(head[VersionAt..], Version);
            uint[] numbers = [Records, Entries, Buckets, AllBuckets, Depths, SegmentsV4, SegmentsV6];
            for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(head[(32 + (4 * i))..], numbers[i]);
        }

        public static Numbers Read(ReadOnlySpan<byte> head)
        {
            uint At(ReadOnlySpan<byte> bytes, int i) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(32 + (4 * i))..]);
            return new()
            {
                Length = BinaryPrimitives.ReadInt64LittleEndian(head[8..]),
                Set = new Guid(head.Slice(16, 16)),
                Version = BinaryPrimitives.ReadInt64LittleEndian(head[VersionAt..]),
                Records = At(head, 0),
                Entries = At(head, 1),
                Buckets = At(head, 2),
                AllBuckets = At(head, 3),
                Depths = At(head, 4),
                SegmentsV4 = At(head, 5),
                SegmentsV6 = At(head, 6),
            };
        }
    }

    /// <summary>Reads the whole file once and holds it against its checksum; the head must name its format, and its length where it names one. Answers the head.</summary>
    /// <exception cref="IndicatorFileException">It is not whole or not of this format.</exception>
    public static byte[] Verified(string file, ulong magic, int head)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
            if (stream.Length < head + SHA256.HashSizeInBytes) throw new IndicatorFileException(file, $"it is cut short, at {stream.Length} bytes");
            var begin = new byte[head];
            stream.ReadExactly(begin);
            if (BinaryPrimitives.ReadUInt64LittleEndian(begin) != magic) throw new IndicatorFileException(file, "it is not a file of indicators of this format");
            var length = BinaryPrimitives.ReadInt64LittleEndian(begin.AsSpan(8));
            if (length != NoLength && length != stream.Length) throw new IndicatorFileException(file, $"it has {stream.Length} bytes where its head names {length}");
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(begin);
            var part = new byte[Part];
            for (var left = stream.Length - head - SHA256.HashSizeInBytes; left > 0;)
            {
                var take = (int)Math.Min(left, Part);
                stream.ReadExactly(part, 0, take);
                hash.AppendData(part, 0, take);
                left -= take;
            }
            Span<byte> named = stackalloc byte[SHA256.HashSizeInBytes];
            stream.ReadExactly(named);
            return hash.GetHashAndReset().AsSpan().SequenceEqual(named) ? begin : throw new IndicatorFileException(file, "its checksum differs, so some of it was changed or lost");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or (IOException and not IndicatorFileException))
        {
            throw new IndicatorFileException(file, "it can't be read", e);
        }
    }

    private static long Aligned(long at) => (at + Line - 1) / Line * Line;
}
