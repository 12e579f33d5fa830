using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Platform.Access;

/// <summary>Random secrets that are given out once and kept as hashes. They carry 256 bits, so one round of SHA-256 is enough.</summary>
public static class OnceShown
{
    /// <summary>A new secret, 43 characters that an address can hold.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of it: 64 lower-case hexadecimal digits.</summary>
    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
