using System.Buffers.Binary;
using System.Net;

namespace Juming.Contracts.Indicators;

/// <summary>An IPv4 or IPv6 address as a number. An IPv4 address that is written as IPv6 (::ffff:a.b.c.d) is the IPv4 address.</summary>
/// <param name="Bits">The address; IPv4 in the lowest 32 bits.</param>
/// <param name="IsV4">IPv4.</param>
public readonly record struct NetAddress(UInt128 Bits, bool IsV4)
{
    private const int LongestText = 45;

    /// <summary>Bits of such an address: 32 or 128.</summary>
    public int Width => IsV4 ? 32 : 128;

    /// <summary>Reads dotted decimal without leading zeros, or RFC 4291 without a zone. Whatever leaves something to guess ("10.1", "0x0a000001", "010.0.0.1") is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out NetAddress address)
    {
        address = default;
        if (text.Length is < 2 or > LongestText) return false;
        if (text.IndexOf((byte)':') < 0)
        {
            if (!TryReadV4(text, out var v4)) return false;
            address = new(v4, true);
            return true;
        }
        if (!TryV6(text, out var bits)) return false;
        address = bits >> 32 == 0xFFFF ? new((uint)bits, true) : new(bits, false);
        return true;
    }

    /// <summary>Reads dotted decimal alone; the same rules, for where most values are of this kind.</summary>
    public static bool TryReadV4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        if (text.Length is < 7 or > 15) return false;
        uint part = 0;
        int digits = 0, dots = 0;
        foreach (var c in text)
        {
            var digit = (uint)(c - '0');
            if (digit <= 9)
            {
                // A second digit behind a zero would be octal to some.
                if (digits != 0 && part == 0) return false;
                part = (part * 10) + digit;
                if (++digits > 3) return false;
                continue;
            }
            if (c != '.' || digits == 0 || part > 255 || ++dots > 3) return false;
            address = (address << 8) | part;
            (part, digits) = (0, 0);
        }
        address = (address << 8) | part;
        return dots == 3 && digits > 0 && part <= 255;
    }

    /// <summary>Writes the one text form (RFC 5952).</summary>
    public int Write(Span<byte> to)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return new IPAddress(IsV4 ? bytes[12..] : bytes).TryFormat(to, out var length) ? length : throw new ArgumentException("The place is too short for an address.", nameof(to));
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[LongestText];
        return System.Text.Encoding.ASCII.GetString(text[..Write(text)]);
    }

    private static bool TryV6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        UInt128 head = 0, tail = 0;
        int groups = 0, behind = 0, at = 0;
        var gap = false;
        address = 0;
        if (text[0] == ':')
        {
            if (text[1] != ':') return false;
            (gap, at) = (true, 2);
        }
        while (at < text.Length)
        {
            var rest = text[at..];
            var length = rest.IndexOf((byte)':');
            var part = length < 0 ? rest : rest[..length];
            if (part.IndexOf((byte)'.') >= 0)
            {
                if (length >= 0 || !TryReadV4(part, out var v4)) return false;
                Push(v4 >> 16);
                Push(v4 & 0xFFFF);
                break;
            }
            if (!TryGroup(part, out var group)) return false;
            Push(group);
            if (length < 0) break;
            at += length + 1;
            if (at == text.Length) return false;
            if (text[at] != ':') continue;
            if (gap) return false;
            gap = true;
            at++;
        }
        if (gap ? groups + behind > 7 : groups != 8) return false;
        // A shift by the whole width would be none.
        address = groups == 0 ? tail : (head << (16 * (8 - groups))) | tail;
        return true;

        void Push(uint value)
        {
            if (gap) (tail, behind) = ((tail << 16) | value, behind + 1);
            else (head, groups) = ((head << 16) | value, groups + 1);
        }
    }

    private static bool TryGroup(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.Length is 0 or > 4) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit((char)c)) return false;
            value = (value << 4) | (uint)HexForm.Value(c);
        }
        return true;
    }
}
