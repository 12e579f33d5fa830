using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Platform.Links.Sync;

/// <summary>One hash over all keys and versions of a state topic: equal on both ends means that nothing needs to be sent.</summary>
internal static class StateDigest
{
    /// <summary>The hash.</summary>
    /// <param name="versions">By key, ordinal.</param>
    public static byte[] Of(IEnumerable<StateVersion> versions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[12];
        foreach (var (key, version) in versions)
        {
            var bytes = Encoding.UTF8.GetBytes(key);
            BinaryPrimitives.WriteInt32LittleEndian(head, bytes.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(head[4..], version);
            hash.AppendData(head);
            hash.AppendData(bytes);
        }
        return hash.GetHashAndReset();
    }
}
