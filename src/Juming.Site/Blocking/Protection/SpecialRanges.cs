namespace Juming.Site.Blocking.Protection;

/// <summary>
/// What is nobody's attacker: the IANA special-purpose registries (RFC 6890 and successors) and public resolvers that every network asks. The documentation
/// ranges (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32, 3fff::/20) can be blocked: trainings and rehearsals use them.
/// </summary>
internal static class SpecialRanges
{
    private static readonly (string Kind, string[] Ranges)[] Known =
    [
        ("this-network", ["0.0.0.0/8"]),
        ("loopback", ["127.0.0.0/8", "::1"]),
        ("link-local", ["169.254.0.0/16", "fe80::/10", "fec0::/10"]),
        ("multicast", ["224.0.0.0/4", "ff00::/8"]),
        ("broadcast", ["240.0.0.0/4"]),
        ("carrier-nat", ["100.64.0.0/10"]),
        ("special", ["192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24", "198.18.0.0/15", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2620:4f:8000::/48", "5f00::/16"]),
        ("private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]),
        ("public-dns", ["1.0.0.1", "1.1.1.1", "1.2.4.8", "8.8.4.4", "8.8.8.8", "9.9.9.9", "114.114.114.114", "114.114.115.115", "119.29.29.29", "180.76.76.76", "180.184.1.1", "180.184.2.2", "210.2.4.8", "223.5.5.5", "223.6.6.6", "2001:4860:4860::8844", "2001:4860:4860::8888", "2400:3200::1", "2400:3200:baba::1", "2606:4700:4700::1001", "2606:4700:4700::1111"]),
    ];

    public static readonly IReadOnlyList<Protection> All = [.. Known.SelectMany(k => k.Ranges.Select(r => new Protection(k.Kind, TargetReader.Read(r).Ranges[0])))];
}
