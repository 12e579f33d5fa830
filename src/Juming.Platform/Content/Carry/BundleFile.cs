using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Juming.Platform.Content.Carry;

/// <summary>Kinds of entries of a bundle.</summary>
internal enum BundleEntry : byte
{
    /// <summary>The end: SHA-256 of everything before it.</summary>
    End = 0,

    /// <summary>The signed timestamp.</summary>
    Timestamp = 1,

    /// <summary>A signed root; its key ends with the version.</summary>
    Root = 2,

    /// <summary>The signed list of an operator.</summary>
    Own = 3,

    /// <summary>Content or a signed list, by its SHA-256.</summary>
    Blob = 4,
}

/// <summary>
/// Content as one file: a mark, then entries of kind (1 byte), key (32), length (8, the highest byte first) and bytes. The bytes are those that travel over a link. There are no names in it
/// that could lead anywhere, and nothing is unpacked.
/// </summary>
internal sealed class BundleWriter(Stream to) : IDisposable
{
    public static ReadOnlySpan<byte> Mark => "JMCB0001"u8;

    public const int Head = 1 + SHA256.HashSizeInBytes + 8;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public async Task Begin(CancellationToken ct) => await Write(Mark.ToArray(), ct);

    public async Task Add(BundleEntry kind, byte[] key, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await Write(HeadOf(kind, key, bytes.Length), ct);
        await Write(bytes, ct);
    }

    public async Task End(CancellationToken ct)
    {
        var sum = _hash.GetCurrentHash();
        await Add(BundleEntry.End, new byte[SHA256.HashSizeInBytes], sum, ct);
        await to.FlushAsync(ct);
    }

    public static byte[] KeyOf(long version)
    {
        var key = new byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(24), version);
        return key;
    }

    public void Dispose() => _hash.Dispose();

    private static byte[] HeadOf(BundleEntry kind, byte[] key, long length)
    {
        var head = new byte[Head];
        head[0] = (byte)kind;
        key.CopyTo(head, 1);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(1 + SHA256.HashSizeInBytes), length);
        return head;
    }

    private async Task Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        _hash.AppendData(bytes.Span);
        await to.WriteAsync(bytes, ct);
    }
}
