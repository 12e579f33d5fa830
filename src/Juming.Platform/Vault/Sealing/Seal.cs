using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Platform.Vault.Sealing;

/// <summary>
/// AES-256-GCM with a fresh nonce: version (1 byte), nonce (12), tag (16), ciphertext. What it belongs to is authenticated with it, each part with its length
/// in front, so that no two places read alike.
/// </summary>
internal static class Seal
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = 32;

    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 1 + NonceBytes + TagBytes;

    /// <summary>Seals bytes under a key.</summary>
    public static byte[] Close(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, params ReadOnlySpan<string> belongsTo)
    {
        var sealedBytes = new byte[HeadBytes + plain.Length];
        sealedBytes[0] = Version;
        var nonce = sealedBytes.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(HeadBytes), sealedBytes.AsSpan(1 + NonceBytes, TagBytes), Context(belongsTo));
        return sealedBytes;
    }

    /// <summary>Opens what <see cref="Close"/> made; null when it was changed, belongs elsewhere or has another key.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> sealedBytes, params ReadOnlySpan<string> belongsTo)
    {
        if (sealedBytes.Length < HeadBytes || sealedBytes[0] != Version) return null;
        var plain = new byte[sealedBytes.Length - HeadBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(sealedBytes.Slice(1, NonceBytes), sealedBytes[HeadBytes..], sealedBytes.Slice(1 + NonceBytes, TagBytes), plain, Context(belongsTo));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Context(ReadOnlySpan<string> parts)
    {
        using var context = new MemoryStream();
        context.WriteByte(Version);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            context.Write(length);
            context.Write(bytes);
        }
        return context.ToArray();
    }
}
