using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Juming.Site.Assets.Sightings;

/// <summary>
/// Remembers which combinations were seen lately, in a fixed table that workers share without locks. It may forget (then a sighting is queued once
/// more, which changes nothing) and, with a chance of one in 2^64 by key, may take one combination for another.
/// </summary>
internal sealed class SeenCache(int bits = 17)
{
    private readonly ulong[] _slots = new ulong[1 << bits];

    // A seed that senders do not know: nobody can hide a machine behind a colliding name.
    private readonly ulong _seed = MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(8)) | 1;

    /// <summary>The key of up to two values in an epoch.</summary>
    public ulong Key(ulong epoch, byte kind, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        var hash = Mix(_seed ^ epoch, kind);
        hash = Add(hash, first);
        if (!second.IsEmpty) hash = Add(Mix(hash, 0x9E37), second);
        return hash == 0 ? 1 : hash;
    }

    public bool Has(ulong key)
    {
        var at = (int)(key >> 40) & (_slots.Length - 1);
        return Volatile.Read(ref _slots[at]) == key || Volatile.Read(ref _slots[at ^ 1]) == key;
    }

    public void Put(ulong key)
    {
        var at = (int)(key >> 40) & (_slots.Length - 1);
        Volatile.Write(ref _slots[(key & 1) == 0 ? at : at ^ 1], key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong hash, ulong value)
    {
        var high = Math.BigMul(hash ^ value, 0xA0761D6478BD642FUL, out var low);
        return high ^ low;
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        hash = Mix(hash, (ulong)bytes.Length + 0xE7037ED1A0B428DBUL);
        while (bytes.Length >= 8)
        {
            hash = Mix(hash, MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[8..];
        }
        if (bytes.IsEmpty) return hash;
        ulong rest = 0;
        for (var i = 0; i < bytes.Length; i++) rest |= (ulong)bytes[i] << (8 * i);
        return Mix(hash, rest);
    }
}
