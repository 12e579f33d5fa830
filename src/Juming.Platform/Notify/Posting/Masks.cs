using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Juming.Platform.Notify.Posting;

/// <summary>What is shown outside the network of a value that stays inside: enough to recognise for who knows it, too little to learn for who does not.</summary>
internal static class Masks
{
    /// <summary>"10.*.*.12" of an IPv4 address, both ends of an IPv6 one, the first character of anything else.</summary>
    public static string Of(string value)
    {
        var text = value.Trim();
        if (text.Length == 0) return "";
        if (IPAddress.TryParse(text, out var address) && text.Length > 2 && text.AsSpan().ContainsAny('.', ':'))
        {
            if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
            var bytes = address.GetAddressBytes();
            return address.AddressFamily == AddressFamily.InterNetwork ? $"{bytes[0]}.*.*.{bytes[3]}" : $"{(bytes[0] << 8) | bytes[1]:x}:*:{(bytes[14] << 8) | bytes[15]:x}";
        }
        Rune.DecodeFromUtf16(text, out var first, out _);
        return first + "***";
    }
}
