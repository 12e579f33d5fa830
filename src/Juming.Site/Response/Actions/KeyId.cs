using System.Security.Cryptography;
using System.Text;

namespace Juming.Site.Response.Actions;

/// <summary>Makes an identity of an effect's key, always the same one, so that what was done can be found again.</summary>
internal static class KeyId
{
    public static Guid Of(string key)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes("response " + key)).AsSpan(0, 16).ToArray();
        // RFC 9562: version 8 holds what its maker wants.
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
