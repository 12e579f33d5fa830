using System.Security.Cryptography;
using System.Text;

namespace Juming.Platform.Content;

/// <summary>Identities of versions of packs, made of their path (UUIDv8 of its SHA-256): whoever tells what became of one names it without a word that somebody chose.</summary>
public static class PackIdentity
{
    /// <summary>The identity of a path such as "rules/web-attacks/3".</summary>
    public static Guid Of(string path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes("pack:" + path), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
