using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Juming.Site.DeviceLinkage.Browser;

/// <summary>Tells which addresses a device can have.</summary>
internal static class DeviceAddress
{
    /// <summary>Reads the address of a console as a person types it; null when it is none.</summary>
    public static Uri? Read(string text)
    {
        var typed = text.Trim();
        if (!typed.Contains("://", StringComparison.Ordinal)) typed = "https://" + typed;
        return Uri.TryCreate(typed, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) && address.Host.Length > 0 && address.UserInfo.Length == 0 ? address : null;
    }

    /// <summary>False for what is no machine's address, for link-local services and, unless allowed, for this machine itself.</summary>
    public static bool MayBe(IPAddress address, bool allowThisMachine)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.Equals(IPAddress.Any) || plain.Equals(IPAddress.IPv6Any) || plain.Equals(IPAddress.Broadcast) || plain.IsIPv6Multicast || plain.IsIPv6LinkLocal) return false;
        if (plain.AddressFamily == AddressFamily.InterNetwork)
        {
            var bytes = plain.GetAddressBytes();
            if (bytes[0] is 0 or >= 224 || (bytes[0] == 169 && bytes[1] == 254)) return false;
        }
        return allowThisMachine || (!IPAddress.IsLoopback(plain) && !IsOwn(plain));
    }

    private static bool IsOwn(IPAddress address) =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(n => n.GetIPProperties().UnicastAddresses).Any(u => u.Address.Equals(address));
}
