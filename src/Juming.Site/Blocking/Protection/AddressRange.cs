using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Juming.Site.Blocking.Protection;

/// <summary>Consecutive addresses. IPv4 lies where IPv6 maps it (::ffff:0:0/96), so that one comparison serves both, and a range that covers the mapped space covers IPv4.</summary>
internal readonly record struct AddressRange(UInt128 First, UInt128 Last)
{
    private static readonly UInt128 V4Base = (UInt128)0xffff << 32;
    private static readonly UInt128 V4End = V4Base + uint.MaxValue;

    /// <summary>All of it lies in IPv4.</summary>
    public bool IsV4 => First >= V4Base && Last <= V4End;

    /// <summary>Addresses less one, for the whole of IPv6 has one more than the type holds.</summary>
    public UInt128 Span => Last - First;

    public static AddressRange V4(uint first, uint last) => new(V4Base + first, V4Base + last);

    public static AddressRange V4Prefix(uint address, int prefix)
    {
        var mask = prefix == 0 ? 0 : uint.MaxValue << (32 - prefix);
        return V4(address & mask, (address & mask) | ~mask);
    }

    public static AddressRange Of(IPAddress address)
    {
        var value = Value(address);
        return new AddressRange(value, value);
    }

    /// <param name="address">IPv6 address.</param>
    /// <param name="prefix">0 to 128.</param>
    public static AddressRange V6Prefix(IPAddress address, int prefix)
    {
        var mask = prefix == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - prefix);
        var value = Value(address) & mask;
        return new AddressRange(value, value | ~mask);
    }

    public bool Overlaps(AddressRange other) => First <= other.Last && other.First <= Last;

    /// <summary>Itself, and the IPv4 addresses that its addresses stand for: NAT64 (64:ff9b::/96) and 6to4 (2002::/16) carry one each.</summary>
    public IEnumerable<AddressRange> Meanings()
    {
        yield return this;
        if (Within(Nat64) is { } translated) yield return V4((uint)(translated.First - Nat64.First), (uint)(translated.Last - Nat64.First));
        if (Within(SixToFour) is { } tunnelled) yield return V4((uint)(tunnelled.First >> 80), (uint)(tunnelled.Last >> 80));
    }

    private static readonly AddressRange Nat64 = V6Prefix(IPAddress.Parse("64:ff9b::"), 96);
    private static readonly AddressRange SixToFour = V6Prefix(IPAddress.Parse("2002::"), 16);

    private AddressRange? Within(AddressRange other) => Overlaps(other) ? new AddressRange(UInt128.Max(First, other.First), UInt128.Min(Last, other.Last)) : null;

    /// <summary>The one form that devices are given: address, address/prefix, or first-last where no prefix fits.</summary>
    public override string ToString()
    {
        var (first, bits) = (Text(First), IsV4 ? 32 : 128);
        if (Span == 0) return first;
        var size = Span + 1;
        if (size != 0 && !UInt128.IsPow2(size)) return first + "-" + Text(Last);
        // A size of 2^128 wraps to nothing: all of IPv6.
        var prefix = size == 0 ? 0 : bits - (int)UInt128.Log2(size);
        return size == 0 || (First & Span) == 0 ? string.Create(CultureInfo.InvariantCulture, $"{first}/{prefix}") : first + "-" + Text(Last);
    }

    private string Text(UInt128 value)
    {
        if (IsV4) return new IPAddress([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]).ToString();
        var bytes = new byte[16];
        for (var i = 15; i >= 0; i--, value >>= 8) bytes[i] = (byte)value;
        return new IPAddress(bytes).ToString();
    }

    private static UInt128 Value(IPAddress address)
    {
        var value = address.AddressFamily == AddressFamily.InterNetwork ? (UInt128)0xffff : UInt128.Zero;
        foreach (var part in address.GetAddressBytes()) value = (value << 8) | part;
        return value;
    }
}
