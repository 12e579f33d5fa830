using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Site.Events.Store;

namespace Juming.Site.Events.Query;

/// <summary>Ranges of addresses, as people and devices write them.</summary>
internal static class Network
{
    private const int MappedBits = 96;

    /// <summary>
    /// Reads <c>10.0.0.5/8</c> or <c>2001:db8::1/32</c>; bits beyond the prefix are cleared, and a range of v4-mapped addresses is one of IPv4.
    /// </summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryAddress(text[..slash], out var address)) return false;
        var digits = text.AsSpan(slash + 1);
        if (digits.Length is 0 or > 3 || digits.ContainsAnyExceptInRange('0', '9')) return false;
        var bits = int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
        if (bits > (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)) return false;
        if (address.IsIPv4MappedToIPv6 && bits >= MappedBits) (address, bits) = (address.MapToIPv4(), bits - MappedBits);
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++) bytes[i] &= (byte)(0xFF00 >> Math.Clamp(bits - (i * 8), 0, 8));
        network = new IPNetwork(new IPAddress(bytes), bits);
        return true;
    }

    /// <summary>Reads an address; shortened and other odd notations of IPv4 are none, since they would be found where nobody looks for them.</summary>
    public static bool TryAddress(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Length is < 2 or > 45) return false;
        if (!text.Contains(':', StringComparison.Ordinal))
        {
            if (!Address.TryParseV4(Encoding.UTF8.GetBytes(text), out var number)) return false;
            address = new IPAddress([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
            return true;
        }
        if (!IPAddress.TryParse(text, out var found) || found.ScopeId != 0 || text[0] == '[') return false;
        address = found;
        return true;
    }

    /// <summary>True when an address lies in a range; what can't be read lies in none.</summary>
    public static bool Holds(string range, string address)
    {
        if (!TryAddress(address, out var found) || !TryParse(range, out var network)) return false;
        if (found.IsIPv4MappedToIPv6 && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork) found = found.MapToIPv4();
        return found.AddressFamily == network.BaseAddress.AddressFamily && SameStart(found.GetAddressBytes(), network.BaseAddress.GetAddressBytes(), network.PrefixLength);
    }

    // IPNetwork.Contains takes a v4-mapped address for an IPv4 one even in a range of IPv6.
    private static bool SameStart(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int bits)
    {
        var whole = bits / 8;
        return left[..whole].SequenceEqual(right[..whole]) && (bits % 8 == 0 || (left[whole] ^ right[whole]) >> (8 - (bits % 8)) == 0);
    }

    /// <summary>First and last address of an IPv4 range.</summary>
    public static (long First, long Last) Span(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        var first = ((long)bytes[0] << 24) | ((long)bytes[1] << 16) | ((long)bytes[2] << 8) | bytes[3];
        return (first, first + (1L << (32 - network.PrefixLength)) - 1);
    }
}
