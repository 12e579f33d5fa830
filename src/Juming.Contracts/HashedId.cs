using System.Security.Cryptography;
using System.Text;

namespace Juming.Contracts;

/// <summary>Identities made of what they stand for (UUIDv8 of a SHA-256, RFC 9562): the same wherever and however often they are made.</summary>
public static class HashedId
{
    /// <summary>The identity of bytes.</summary>
    public static Guid Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>The identity of a text, as UTF-8.</summary>
    public static Guid Of(string text) => Of(Encoding.UTF8.GetBytes(text));
}
