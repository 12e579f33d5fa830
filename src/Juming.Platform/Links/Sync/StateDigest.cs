using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Platform.Links.Sync;

/// <summary>
/// One hash over all that a state topic holds: equal on both ends means that nothing needs to be sent. Versions alone would not do: an end that was put back to an
/// earlier copy gives the same one to another value.
/// </summary>
internal static class StateDigest
{
    /// <summary>The hash.</summary>
    /// <param name="versions">By key, ordinal.</param>
    public static byte[] Of(IEnumerable<StateVersion> versions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[16];
        foreach (var (key, version, payload) in versions)
        {
            var bytes = Encoding.UTF8.GetBytes(key);
            BinaryPrimitives.WriteInt32LittleEndian(head, bytes.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(head[4..], version);
            BinaryPrimitives.WriteInt32LittleEndian(head[12..], payload.Length);
            hash.AppendData(head);
            hash.AppendData(bytes);
            hash.AppendData(payload.Span);
        }
        return hash.GetHashAndReset();
    }
}
