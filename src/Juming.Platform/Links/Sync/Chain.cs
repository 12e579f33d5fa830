using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Juming.Contracts.Link;

namespace Juming.Platform.Links.Sync;

/// <summary>
/// The hash chain of a topic: two ends whose chains agree at a sequence number hold the same records up to it. It tells a history that was put back to an
/// earlier copy from one that merely lags, which sequence numbers alone can't.
/// </summary>
internal static class Chain
{
    /// <summary>The chain before the first record.</summary>
    public static ReadOnlySpan<byte> Start => new byte[SHA256.HashSizeInBytes];

    /// <summary>The digest of what a record says.</summary>
    public static byte[] Digest(Record record)
    {
        if (record.DamagedDigest.Length == SHA256.HashSizeInBytes) return record.DamagedDigest.ToByteArray();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[16];
        var key = Encoding.UTF8.GetBytes(record.Key);
        BinaryPrimitives.WriteUInt32LittleEndian(head, record.Type);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], key.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], record.At);
        hash.AppendData(head);
        hash.AppendData(key);
        hash.AppendData(record.Payload.Span);
        return hash.GetHashAndReset();
    }

    /// <summary>The chain after a record.</summary>
    /// <param name="before">The chain before it.</param>
    /// <param name="seq">The record's sequence number.</param>
    /// <param name="digest">The record's digest.</param>
    public static byte[] Next(ReadOnlySpan<byte> before, ulong seq, ReadOnlySpan<byte> digest)
    {
        Span<byte> all = stackalloc byte[(2 * SHA256.HashSizeInBytes) + sizeof(ulong)];
        before.CopyTo(all);
        BinaryPrimitives.WriteUInt64LittleEndian(all[SHA256.HashSizeInBytes..], seq);
        digest.CopyTo(all[(SHA256.HashSizeInBytes + sizeof(ulong))..]);
        return SHA256.HashData(all);
    }
}
