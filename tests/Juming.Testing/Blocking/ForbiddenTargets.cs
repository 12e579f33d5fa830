using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Juming.Testing.Blocking;

/// <summary>What must never be blocked where <see cref="Networks"/> are the site's own and <see cref="Entries"/> are protected, in whatever way it is written.</summary>
public static class ForbiddenTargets
{
    /// <summary>Networks of the site.</summary>
    public static IReadOnlyList<string> Networks { get; } = ["203.0.113.128/25", "10.0.0.0/8"];

    /// <summary>Ranges that somebody protected, with their kind.</summary>
    public static IReadOnlyList<(string Range, string Kind)> Entries { get; } = [("198.51.100.1", "gateway"), ("198.51.100.53", "dns"), ("192.0.2.64/26", "partner"), ("2001:db8:aaaa::/48", "own-range")];

    /// <summary>Each address that must not be blocked in each of its forms, ranges that hold it, and names that lead to it.</summary>
    public static IEnumerable<string> All()
    {
        string[] own = ["127.0.0.1", "10.0.0.1", "10.200.3.4", "192.168.1.1", "172.16.0.1", "198.51.100.1", "198.51.100.53", "192.0.2.77", "203.0.113.200", "169.254.169.254", "224.0.0.1", "255.255.255.255", "0.0.0.0", "100.64.0.1", "8.8.8.8", "114.114.114.114", .. OfThisMachine()];
        foreach (var dotted in own.Distinct())
        {
            var p = dotted.Split('.').Select(uint.Parse).ToArray();
            var value = (p[0] << 24) | (p[1] << 16) | (p[2] << 8) | p[3];
            foreach (var form in (string[])[dotted, $" {dotted} ", dotted + ".", value.ToString(), $"0x{value:x8}", $"0X{value:X}", "0" + Convert.ToString(value, 8), $"0x{p[0]:x}.0x{p[1]:x}.0x{p[2]:x}.0x{p[3]:x}", string.Join('.', p.Select(o => Convert.ToString(o, 8).PadLeft(4, '0'))),
                $"{p[0]}.{value & 0xffffff}", $"{p[0]}.{p[1]}.{value & 0xffff}", string.Join('.', p.Select(o => o.ToString("000"))), $"{dotted}/32", $"{dotted}/24", $"{dotted}/8", $"{dotted}/255.255.255.0", $"{dotted}-{dotted}", $"{p[0]}.{p[1]}.{p[2]}.*",
                $"::ffff:{dotted}", $"[::ffff:{dotted}]", $"::ffff:{value >> 16:x}:{value & 0xffff:x}", $"::ffff:{dotted}/128", $"::ffff:{dotted}/120", $"0:0:0:0:0:FFFF:{dotted}", $"::{dotted}", $"64:ff9b::{dotted}", $"2002:{value >> 16:x}:{value & 0xffff:x}::1",
                new string([.. dotted.Select(c => char.IsDigit(c) ? (char)(c - '0' + '\uff10') : '\uff0e')]), dotted.Insert(3, "\u200b"), dotted.Replace(".", "\u3002")]) yield return form;
        }
        foreach (var wide in (string[])["0.0.0.0/0", "0/0", "*", "*.*.*.*", "::/0", "0.0.0.0-255.255.255.255", "0.0.0.0/0.0.0.0", "0.0.0.0/255.255.255.255", "128.0.0.0/1", "10.0.0.0/7", "198.51.100.0/24", "198.51.96.0/20", "192.0.2.0/25", "::ffff:0:0/96", "64:ff9b::/96", "2002::/16", "fe80::1", "fe80::1%eth0", "ff02::1", "::1", "::", "fc00::1", "fd12:3456::/32", "2001:db8:aaaa::1", "2001:db8:a000::/36", "2001:db8::/32", "localhost", "LOCALHOST."]) yield return wide;
    }

    /// <summary>Gateways, resolvers and addresses of the machine that the test runs on.</summary>
    private static IEnumerable<string> OfThisMachine()
    {
        foreach (var card in NetworkInterface.GetAllNetworkInterfaces())
            foreach (var address in card.GetIPProperties().UnicastAddresses.Select(a => a.Address).Concat(card.GetIPProperties().GatewayAddresses.Select(g => g.Address)))
                if (address.AddressFamily == AddressFamily.InterNetwork) yield return address.ToString();
        if (!File.Exists("/proc/net/route")) yield break;
        foreach (var columns in File.ReadLines("/proc/net/route").Skip(1).Select(l => l.Split('\t')))
            if (columns.Length > 2 && columns[1] == "00000000" && columns[2] != "00000000") yield return new IPAddress(Convert.ToUInt32(columns[2], 16)).ToString();
        foreach (var words in File.Exists("/etc/resolv.conf") ? File.ReadLines("/etc/resolv.conf").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : [])
            if (words is ["nameserver", var server, ..] && IPAddress.TryParse(server, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetwork) yield return server;
    }
}
