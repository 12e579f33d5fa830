using System.Text.Json.Serialization;

namespace Juming.Site.Assets.Data;

/// <summary>Who says that software is on an asset.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum SoftwareSource
{
    /// <summary>A log.</summary>
    Log,

    /// <summary>A file.</summary>
    Import,

    /// <summary>A person.</summary>
    Person,
}

/// <summary>A version of a product, once for all assets that have it.</summary>
internal sealed class SoftwareRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>Vendor, product, version and CPE in the form in which they are compared.</summary>
    public required string Key { get; set; }

    /// <summary>Empty when nobody says.</summary>
    public string Vendor { get; set; } = "";
    public required string Product { get; set; }

    /// <summary>Empty when nobody says.</summary>
    public string Version { get; set; } = "";

    /// <summary>CPE 2.3; empty when nobody says.</summary>
    public string Cpe { get; set; } = "";
    public DateTimeOffset FirstSeen { get; set; }

    /// <summary>All known vulnerabilities have been held against it.</summary>
    public bool Matched { get; set; }
}

/// <summary>One statement that software is on an asset.</summary>
internal sealed class InstallRow
{
    public Guid AssetId { get; set; }
    public Guid SoftwareId { get; set; }

    /// <summary>What the statement rests on: "import", "person", "ssh:22", "http:443", "installer", "process", "package", "device".</summary>
    public required string Place { get; set; }
    public SoftwareSource Source { get; set; }
    public DateTimeOffset FirstSeen { get; set; }
    public DateTimeOffset LastSeen { get; set; }

    /// <summary>When it was found gone, or a person took it away; null while it is there.</summary>
    public DateTimeOffset? GoneAt { get; set; }

    /// <summary>Who said it last; empty for logs.</summary>
    public string By { get; set; } = "";
}

/// <summary>One import of software and what stood before it.</summary>
internal sealed class SoftwareImportRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public DateTimeOffset At { get; set; }
    public string By { get; set; } = "";
    public int Added { get; set; }
    public int Changed { get; set; }

    /// <summary>JSON of <c>Software.Import.InstallBefore</c> entries.</summary>
    public string Before { get; set; } = "[]";
    public DateTimeOffset? UndoneAt { get; set; }
}

/// <summary>A parcel of vulnerabilities that has been held against the site's software.</summary>
internal sealed class KnownPartRow
{
    public required string Name { get; set; }
    public required string Sha256 { get; set; }
    public long Length { get; set; }
}

/// <summary>A vulnerability that concerns software of the site, with how many assets.</summary>
internal sealed class VulnerabilityRow
{
    public required string Cve { get; set; }
    public int Bucket { get; set; }
    public string Summary { get; set; } = "";

    /// <summary>CVSS in tenths; 0 for none.</summary>
    public int Score { get; set; }
    public DateTimeOffset? PublishedAt { get; set; }

    /// <summary>When it entered the catalogue of known exploited ones.</summary>
    public DateTimeOffset? ExploitedAt { get; set; }
    public DateTimeOffset? DueAt { get; set; }
    public bool Ransomware { get; set; }

    /// <summary>EPSS in ten thousandths.</summary>
    public int? Chance { get; set; }

    /// <summary>When it was first found here.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>Assets that it concerns and about which nothing was decided.</summary>
    public int Open { get; set; }

    /// <summary>Of these, such where somebody has to look whether it does.</summary>
    public int Likely { get; set; }

    /// <summary>Assets about which a person said that it does not concern them.</summary>
    public int Settled { get; set; }

    /// <summary>Assets whose software is gone or another one by now.</summary>
    public int Mended { get; set; }

    /// <summary>A person wants it out of sight.</summary>
    public bool Muted { get; set; }

    /// <summary>People were told that it is exploited and concerns assets here.</summary>
    public bool Told { get; set; }
}

/// <summary>A vulnerability concerns a version of a product.</summary>
internal sealed class FindingRow
{
    public Guid SoftwareId { get; set; }
    public required string Cve { get; set; }

    /// <summary>Somebody has to look whether it does.</summary>
    public bool Likely { get; set; }

    /// <summary>JSON of <c>Impact.Why</c>.</summary>
    public string Why { get; set; } = "";
    public DateTimeOffset Since { get; set; }
}

/// <summary>What a person decided about a vulnerability, for one asset or (empty identity) for all.</summary>
internal sealed class DecisionRow
{
    public required string Cve { get; set; }
    public Guid AssetId { get; set; }
    public DecisionKind Kind { get; set; }
    public string Reason { get; set; } = "";
    public string By { get; set; } = "";
    public DateTimeOffset At { get; set; }
}

/// <summary>What a person decided.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum DecisionKind
{
    /// <summary>It does not concern the asset.</summary>
    NotAffected,

    /// <summary>It is left out of lists and counts.</summary>
    Muted,
}

/// <summary>How many open vulnerabilities an asset has.</summary>
internal sealed class ExposureRow
{
    public Guid AssetId { get; set; }
    public int Open { get; set; }
    public int Critical { get; set; }
    public int High { get; set; }
    public int Exploited { get; set; }

    /// <summary>Highest CVSS, in tenths.</summary>
    public int Score { get; set; }
}
