using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Index;

/// <summary>
/// The 64-bit fingerprints under which values are found. They are part of the file's format: a change makes old files unreadable and needs a new format number.
/// </summary>
internal static class IndicatorKeys
{
    /// <summary>Most keys of one name: its suffixes of two labels and more.</summary>
    public const int MostSuffixes = 16;

    // Digits of pi, so that nobody wonders how they were chosen.
    private const ulong First = 0x243F6A8885A308D3;
    private const ulong Second = 0x13198A2E03707345;
    private const ulong Third = 0xA4093822299F31D1;

    public static ulong OfAddress(NetAddress address) => address.IsV4 ? OfV4((uint)address.Bits) : NotZero(Mix((ulong)address.Bits ^ First, (ulong)(address.Bits >> 64) ^ Third));

    public static ulong OfV4(uint address) => NotZero(Mix(address ^ First, Second));

    public static ulong OfDigest(ReadOnlySpan<byte> digest) => NotZero(Of(digest, (ulong)digest.Length * Second));

    public static ulong OfUrl(ReadOnlySpan<byte> normal) => NotZero(Of(normal, Second ^ (byte)IndicatorKind.Url));

    public static ulong OfEmail(ReadOnlySpan<byte> normal) => NotZero(Of(normal, Second ^ (byte)IndicatorKind.Email));

    /// <summary>The key of a whole name.</summary>
    public static ulong OfDomain(ReadOnlySpan<byte> normal)
    {
        var key = Third;
        for (var end = normal.Length; end >= 0;)
        {
            var dot = normal[..end].LastIndexOf((byte)'.');
            key = Of(normal[(dot + 1)..end], key);
            end = dot < 0 ? -1 : dot;
        }
        return NotZero(key);
    }

    /// <summary>
    /// Keys of a name's suffixes that have as many labels as some indicator has: one pass from the right, since the key of a name goes on from that of its parent.
    /// Deeper than 16 labels no indicator is looked for.
    /// </summary>
    /// <param name="normal">The name.</param>
    /// <param name="depths">Bit n is set where an indicator has n labels.</param>
    /// <param name="keys">Room for <see cref="MostSuffixes"/>.</param>
    /// <param name="whole">Index of the whole name's key, or -1 when it is not among them.</param>
    public static int OfSuffixes(ReadOnlySpan<byte> normal, uint depths, Span<ulong> keys, out int whole)
    {
        var key = Third;
        var count = 0;
        whole = -1;
        for (int end = normal.Length, label = 1; label <= MostSuffixes; label++)
        {
            // Labels are short: a plain walk is over before a vector is loaded.
            var dot = end - 1;
            while (dot >= 0 && normal[dot] != '.') dot--;
            key = Of(normal[(dot + 1)..end], key);
            var isAsked = (depths >> label & 1) != 0;
            if (isAsked) keys[count++] = NotZero(key);
            // Nobody has said anything of names with more labels than this.
            if (dot >= 0 && depths >> label > 1)
            {
                end = dot;
                continue;
            }
            if (dot < 0 && isAsked) whole = count - 1;
            break;
        }
        return count;
    }

    /// <summary>The key of a value in its normal form; null when it is not one, or is too deep to be looked for.</summary>
    public static ulong? Of(IndicatorKind kind, ReadOnlySpan<byte> normal)
    {
        switch (kind)
        {
            case IndicatorKind.Address: return NetAddress.TryRead(normal, out var address) ? OfAddress(address) : null;
            case IndicatorKind.Domain: return Depth(normal) <= MostSuffixes ? OfDomain(normal) : null;
            case IndicatorKind.Url: return OfUrl(normal);
            case IndicatorKind.Email: return OfEmail(normal);
            case IndicatorKind.Md5 or IndicatorKind.Sha1 or IndicatorKind.Sha256:
                Span<byte> digest = stackalloc byte[32];
                return HexForm.TryRead(normal, digest, out var read) && read == kind ? OfDigest(digest[..(normal.Length / 2)]) : null;
            default: return null;
        }
    }

    /// <summary>Labels of a name.</summary>
    public static int Depth(ReadOnlySpan<byte> normal) => normal.Count((byte)'.') + 1;

    private static ulong NotZero(ulong key) => key == 0 ? 1 : key;

    /// <summary>A fingerprint by wide multiplications: 16 bytes a step, the last 16 read over what was read already.</summary>
    private static ulong Of(ReadOnlySpan<byte> text, ulong seed)
    {
        ulong head, tail;
        if (text.Length <= 16)
        {
            (head, tail) = text.Length switch
            {
                >= 8 => (BinaryPrimitives.ReadUInt64LittleEndian(text), BinaryPrimitives.ReadUInt64LittleEndian(text[^8..])),
                >= 4 => ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(text), (ulong)BinaryPrimitives.ReadUInt32LittleEndian(text[^4..])),
                > 0 => (((ulong)text[0] << 16) | ((ulong)text[text.Length >> 1] << 8) | text[^1], 0UL),
                _ => (0UL, 0UL),
            };
        }
        else
        {
            (head, tail) = (BinaryPrimitives.ReadUInt64LittleEndian(text[^16..]), BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]));
            for (var rest = text; rest.Length > 16; rest = rest[16..])
                seed = Mix(BinaryPrimitives.ReadUInt64LittleEndian(rest) ^ First, BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]) ^ seed);
        }
        return Mix(Third ^ (ulong)text.Length, Mix(head ^ First, tail ^ seed));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
