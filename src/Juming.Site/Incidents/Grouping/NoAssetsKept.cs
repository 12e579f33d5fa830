using System.Net;
using Juming.Site.Assets;

namespace Juming.Site.Incidents.Grouping;

/// <summary>Stands in on a site that keeps no assets: every address stands for itself, and the private ranges are its own.</summary>
internal sealed class NoAssetsKept : IAssetDirectory
{
    private static readonly IPNetwork[] Private = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("fc00::/7")];

    public AssetBrief? Find(string addressOrHost) => null;

    public AssetBrief? Of(Guid id) => null;

    public IReadOnlyList<AssetBrief> Suggest(string text, int most) => [];

    public bool IsInternal(string address) => IPAddress.TryParse(address, out var parsed) && Private.Any(n => n.Contains(parsed));
}
