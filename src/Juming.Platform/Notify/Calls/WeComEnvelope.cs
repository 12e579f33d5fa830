using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Platform.Notify.Calls;

/// <summary>Checks and opens what WeCom sends: a SHA-1 over the sorted parts with the token, and AES-256-CBC (developer.work.weixin.qq.com, 90968).</summary>
internal sealed class WeComEnvelope(string token, byte[] key, string receiver)
{
    private const int KeyLetters = 43;
    private const int IvBytes = 16;
    private const int RandomBytes = 16;
    private const int LengthBytes = 4;

    // Padding goes to blocks of 32 bytes, although those of the cipher have 16.
    private const int PaddingBlock = 32;

    /// <summary>The key of an EncodingAESKey; null when it is none.</summary>
    public static byte[]? KeyOf(string encoded)
    {
        var bytes = new byte[33];
        return encoded.Length == KeyLetters && encoded.All(char.IsAsciiLetterOrDigit) && Convert.TryFromBase64String(encoded + "=", bytes, out var count) && count == 32 ? bytes[..32] : null;
    }

    /// <summary>True when the signature was made with the token.</summary>
    public bool IsSigned(string signature, string timestamp, string nonce, string encrypted)
    {
        string[] parts = [token, timestamp, nonce, encrypted];
        Array.Sort(parts, StringComparer.Ordinal);
#pragma warning disable CA5350 // The messenger's protocol has no other.
        var made = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(parts))));
#pragma warning restore CA5350
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(made), Encoding.UTF8.GetBytes(signature));
    }

    /// <summary>The message inside; null when it can't be opened or is for another corporation, without saying which.</summary>
    public string? Open(string encrypted)
    {
        var bytes = new byte[encrypted.Length];
        if (!Convert.TryFromBase64String(encrypted, bytes, out var count) || count == 0 || count % IvBytes != 0) return null;
        using var aes = Aes.Create();
        aes.Key = key;
        var plain = aes.DecryptCbc(bytes.AsSpan(0, count), key.AsSpan(0, IvBytes), PaddingMode.None);
        int padding = plain[^1];
        if (padding is 0 or > PaddingBlock || padding > plain.Length || plain.AsSpan(plain.Length - padding).ContainsAnyExcept((byte)padding)) return null;
        var content = plain.AsSpan(0, plain.Length - padding);
        if (content.Length < RandomBytes + LengthBytes) return null;
        var length = BinaryPrimitives.ReadUInt32BigEndian(content[RandomBytes..]);
        var rest = content[(RandomBytes + LengthBytes)..];
        if (length > rest.Length || !rest[(int)length..].SequenceEqual(Encoding.UTF8.GetBytes(receiver))) return null;
        return Encoding.UTF8.GetString(rest[..(int)length]);
    }
}
