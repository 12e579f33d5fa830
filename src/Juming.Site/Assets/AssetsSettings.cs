using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Assets;

/// <summary>Settings of assets, section <c>Modules:Assets</c>.</summary>
public sealed class AssetsSettings
{
    /// <summary>The site's own networks in CIDR form; only addresses within them become assets. Empty: the private ranges 10/8, 172.16/12, 192.168/16 and fc00::/7.</summary>
    public string[] Networks { get; set; } = [];

    /// <summary>Seconds between two looks at what was newly seen, 1 to 300.</summary>
    [Range(1, 300)]
    public int FlushSeconds { get; set; } = 3;

    /// <summary>Assets that may appear by themselves, 100 to 1,000,000; beyond that they are counted and only people add more.</summary>
    [Range(100, 1_000_000)]
    public int MostAssets { get; set; } = 50_000;
}
