using System.Net;
using System.Net.NetworkInformation;
using Juming.Site.Assets;
using Juming.Site.Events;

namespace Juming.Site.Blocking.Protection;

/// <summary>What the site itself lives by: its networks, this machine, the gateways and resolvers that it uses, senders that people tend, and what other modules keep.</summary>
internal sealed class OwnAddresses(AssetsSettings? assets, ISourceDirectory? sources, IEnumerable<IProtectedSource> others)
{
    private static readonly string[] ResolverFiles = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

    public IEnumerable<Protection> All()
    {
        foreach (var network in assets?.Networks ?? []) yield return Read("own-range", network)!;
        foreach (var own in OfThisMachine()) yield return own;
        foreach (var resolver in Resolvers()) yield return resolver;
        foreach (var sender in sources?.TendedAddresses ?? [])
            if (Read("log-source", sender) is { } source) yield return source;
        foreach (var kept in others.SelectMany(o => o.Addresses))
            if (Read(kept.Kind, kept.Range) is { } known) yield return known;
    }

    private static IEnumerable<Protection> OfThisMachine()
    {
        foreach (var card in NetworkInterface.GetAllNetworkInterfaces())
        {
            var facts = card.GetIPProperties();
            foreach (var address in facts.UnicastAddresses) yield return new Protection("this-host", AddressRange.Of(WithoutZone(address.Address)));
            foreach (var gateway in facts.GatewayAddresses) yield return new Protection("gateway", AddressRange.Of(WithoutZone(gateway.Address)));
        }
    }

    private static IEnumerable<Protection> Resolvers() =>
        ResolverFiles.Where(File.Exists).SelectMany(File.ReadLines).Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w is ["nameserver", _, ..]).Select(w => Read("dns", w[1])).OfType<Protection>();

    private static Protection? Read(string kind, string text) => TargetReader.Read(text).Ranges is [var range] ? new Protection(kind, range) : null;

    private static IPAddress WithoutZone(IPAddress address) => new(address.GetAddressBytes());
}
