using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Juming.Site.Assets;

/// <summary>The site's own networks. IPv4 is decided on bytes without any object, for every event asks.</summary>
internal sealed class Networks
{
    private static readonly string[] Private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

    private readonly (uint Network, uint Mask)[] _v4;
    private readonly IPNetwork[] _v6;

    /// <summary>Reads CIDR texts.</summary>
    /// <exception cref="Platform.Modules.SettingsException">A text is no network.</exception>
    public Networks(IReadOnlyList<string> networks)
    {
        var parsed = (networks.Count == 0 ? Private : networks).Select((text, i) => IPNetwork.TryParse(text, out var network)
            ? network : throw new Platform.Modules.SettingsException($"Modules:Assets:Networks:{i}", $"'{text}' is not a network", "an address range such as 10.0.0.0/8, without bits set after the prefix")).ToList();
        _v4 = [.. parsed.Where(n => n.BaseAddress.AddressFamily == AddressFamily.InterNetwork).Select(n => (BinaryPrimitives.ReadUInt32BigEndian(n.BaseAddress.GetAddressBytes()), n.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - n.PrefixLength)))];
        _v6 = [.. parsed.Where(n => n.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6)];
    }

    /// <summary>True for an address of the site, given as text in UTF-8.</summary>
    public bool Contains(ReadOnlySpan<byte> address)
    {
        if (TryReadV4(address, out var v4)) return ContainsV4(v4);
        return address.Length is >= 3 and <= 45 && address.Contains((byte)':') && IPAddress.TryParse(System.Text.Encoding.UTF8.GetString(address), out var parsed) && Contains(parsed);
    }

    /// <summary>True for an address of the site.</summary>
    public bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork) return ContainsV4(BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()));
        foreach (var network in _v6)
            if (network.Contains(address)) return true;
        return false;
    }

    private bool ContainsV4(uint address)
    {
        foreach (var (network, mask) in _v4)
            if ((address & mask) == network) return true;
        return false;
    }

    private static bool TryReadV4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        if (text.Length is < 7 or > 15) return false;
        uint part = 0;
        int digits = 0, dots = 0;
        foreach (var c in text)
        {
            if (c == '.')
            {
                if (digits == 0 || ++dots > 3) return false;
                (address, part, digits) = ((address << 8) | part, 0, 0);
                continue;
            }
            if (c is < (byte)'0' or > (byte)'9' || ++digits > 3) return false;
            part = (part * 10) + c - '0';
            if (part > 255) return false;
        }
        if (dots != 3 || digits == 0) return false;
        address = (address << 8) | part;
        return true;
    }
}
