using System.Security.Cryptography;
using System.Text;

namespace Juming.Contracts.Indicators;

/// <summary>Identities made of kind and value (UUIDv8 of a SHA-256): two readings of one value meet without a look-up, on every tier.</summary>
public static class IndicatorIdentity
{
    /// <summary>The identity of a value.</summary>
    public static Guid Of(IndicatorValue value)
    {
        var length = Encoding.UTF8.GetByteCount(value.Value);
        Span<byte> text = stackalloc byte[1 + length];
        text[0] = (byte)value.Kind;
        Encoding.UTF8.GetBytes(value.Value, text[1..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
