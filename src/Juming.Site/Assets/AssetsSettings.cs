using System.ComponentModel.DataAnnotations;
using System.Net;
using Juming.Platform.Modules;

namespace Juming.Site.Assets;

/// <summary>Settings of assets, section <c>Modules:Assets</c>.</summary>
public sealed class AssetsSettings : IValidatableObject
{
    /// <summary>The site's own networks in CIDR form; only addresses within them become assets. Empty: the private ranges 10/8, 172.16/12, 192.168/16 and fc00::/7.</summary>
    public string[] Networks { get; set; } = [];

    /// <summary>Seconds between two looks at what was newly seen, 1 to 300.</summary>
    [Range(1, 300)]
    public int FlushSeconds { get; set; } = 3;

    /// <summary>Assets that may appear by themselves, 100 to 1,000,000; beyond that they are counted and only people add more.</summary>
    [Range(100, 1_000_000)]
    public int MostAssets { get; set; } = 50_000;

    /// <summary>Statements that software is on an asset, 1,000 to 5,000,000; beyond that no new ones are taken.</summary>
    [Range(1000, 5_000_000)]
    public int MostSoftware { get; set; } = 500_000;

    /// <summary>Pairs of a version of a product and a vulnerability that concerns it, 1,000 to 10,000,000; beyond that no new ones are kept, and the page says so.</summary>
    [Range(1000, 10_000_000)]
    public int MostFindings { get; set; } = 1_000_000;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Networks.Where(n => !IPNetwork.TryParse(n, out _)).Select(n => new SettingProblem(nameof(Networks), $"'{n}' is not a network", "an address range such as 10.0.0.0/8, without bits set after the prefix"));
}
