using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Juming.Platform.Http;

/// <summary>Which addresses lie outside, which only an administrator may name, and which nobody may call.</summary>
public static class AddressRules
{
    // Link-local ranges hold the metadata services of clouds; the single addresses are such services too, in ranges that may be named otherwise.
    private static readonly IPNetwork[] Never = Networks(
        "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",
        "::/128", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::254/128", "fd20:ce::254/128");

    // IANA's special-purpose registries (RFC 6890 and its updates).
    private static readonly IPNetwork[] NotPublic = Networks(
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48");

    // Of IPv6 only this is given out; everything else is special, NAT64 and the local ranges among it.
    private static readonly IPNetwork GivenOut = IPNetwork.Parse("2000::/3");

    /// <summary>An IPv4 address in its own form; others as they are, without the name of an interface.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;

    /// <summary>True when the address lies outside: anybody's on the Internet, and not this machine's.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = Plain(address);
        if (IsNever(plain) || Within(plain, NotPublic)) return false;
        if (plain.AddressFamily == AddressFamily.InterNetworkV6 && !GivenOut.Contains(plain)) return false;
        return !IsOwn(plain);
    }

    /// <summary>True when the address may be called: it is public, or lies in one of the networks. Metadata services, link-local and group addresses may not in any case.</summary>
    public static bool Allows(IPAddress address, Destinations destinations, IReadOnlyList<IPNetwork> networks)
    {
        var plain = Plain(address);
        return !IsNever(plain) && (destinations == Destinations.FromSettings || IsPublic(plain) || (destinations == Destinations.Configured && Within(plain, networks)));
    }

    /// <summary>True when the address lies in one of the networks.</summary>
    public static bool Within(IPAddress address, IReadOnlyList<IPNetwork> networks)
    {
        var plain = Plain(address);
        foreach (var network in networks)
            if (network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain)) return true;
        return false;
    }

    /// <summary>True for an address of this machine itself, whichever of its cards has it.</summary>
    public static bool IsThisMachine(IPAddress address)
    {
        var plain = Plain(address);
        return IPAddress.IsLoopback(plain) || IsOwn(plain);
    }

    private static bool IsNever(IPAddress plain) => Within(plain, Never);

    private static bool IsOwn(IPAddress plain)
    {
        foreach (var card in NetworkInterface.GetAllNetworkInterfaces())
            foreach (var own in card.GetIPProperties().UnicastAddresses)
                if (Plain(own.Address).Equals(plain)) return true;
        return false;
    }

    private static IPNetwork[] Networks(params ReadOnlySpan<string> texts)
    {
        var networks = new IPNetwork[texts.Length];
        for (var i = 0; i < texts.Length; i++) networks[i] = IPNetwork.Parse(texts[i]);
        return networks;
    }
}
