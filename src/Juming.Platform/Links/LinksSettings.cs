using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Juming.Platform.Modules;

namespace Juming.Platform.Links;

/// <summary>How this host is linked with those above and below it.</summary>
public sealed class LinksSettings : IValidatableObject
{
    private const string Nobody = "none";
    private const int LowestTier = 3;
    private const int PortsAbove = 10;

    /// <summary>IP address and port at which those below come in, "0.0.0.0:8452"; port 0 takes a free one. Empty: loopback at port 8451 (cloud) or 8452 (operator). "none": nobody comes in; so it is at a site.</summary>
    public string Listen { get; set; } = "";

    /// <summary>What those below are told to dial, "https://operator.example:8452". Empty: the machine's name with the port of <see cref="Listen"/>.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Seconds without a word after which a host below counts as silent, 3 to 300; it is heard three times as often.</summary>
    [Range(3, 300)]
    public int LeaseSeconds { get; set; } = 60;

    /// <summary>Days for which records are kept after the other end has them, for one that is put back to an earlier copy, 1 to 365.</summary>
    [Range(1, 365)]
    public int KeepDays { get; set; } = 7;

    /// <summary>Megabytes of such records that are kept for one neighbour at most, 1 to 100,000; the oldest go first.</summary>
    [Range(1, 100_000)]
    public int KeepMegabytes { get; set; } = 256;

    /// <summary>Most bytes of messages that may go up in an hour.</summary>
    [Range(1_000, 100_000_000)]
    public long EgressBytesPerHour { get; set; } = 1_000_000;

    /// <summary>Most bytes of words among them: numbers tell little, words could be made to tell anything.</summary>
    [Range(100, 10_000_000)]
    public long EgressLabelBytesPerHour { get; set; } = 65_536;

    /// <summary>Days for which the exact bytes of what left are kept; the ledger itself is kept for good.</summary>
    [Range(90, 3_650)]
    public int EgressContentDays { get; set; } = 90;

    /// <summary>Where those below come in at a tier; empty when nobody does.</summary>
    internal string ListenAt(TierDefinition tier) =>
        Listen == Nobody || (Listen.Length == 0 && tier.Number == LowestTier) ? "" : Listen.Length > 0 ? Listen : string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{tier.DefaultPort + PortsAbove}");

    /// <summary>How long a host below counts as there without a word.</summary>
    internal TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Listen.Length > 0 && Listen != Nobody && (!IPEndPoint.TryParse(Listen, out var point) || !Listen.EndsWith(":" + point.Port, StringComparison.Ordinal)))
            yield return new SettingProblem(nameof(Listen), $"'{Listen}' is no IP address with a port", "empty, none, or an IP address and a port such as 0.0.0.0:8452");
        if (PublicUrl.Length > 0 && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.AbsolutePath == "/"))
            yield return new SettingProblem(nameof(PublicUrl), $"'{PublicUrl}' is no https address of a host", "empty, or https://host:port");
    }
}
