using System.Text.Json.Serialization;

namespace Juming.Cloud.ThreatIntel;

/// <summary>How far a statement may travel (TLP 2.0). The order is that of strictness.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum Tlp
{
    /// <summary>Anybody.</summary>
    Clear,

    /// <summary>The community.</summary>
    Green,

    /// <summary>Organisations and their customers.</summary>
    Amber,

    /// <summary>The organisation only.</summary>
    AmberStrict,

    /// <summary>Named people only; never leaves this tier.</summary>
    Red,
}

/// <summary>What an indicator is a sign of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum ThreatKind
{
    /// <summary>Not said.</summary>
    Unknown,

    /// <summary>Command and control.</summary>
    C2,

    /// <summary>Ransomware.</summary>
    Ransomware,

    /// <summary>Malware, its download or its file.</summary>
    Malware,

    /// <summary>Phishing.</summary>
    Phishing,

    /// <summary>Attempts on services, exploits.</summary>
    Exploit,

    /// <summary>Scanning and guessing of passwords.</summary>
    Scanner,

    /// <summary>Spam.</summary>
    Spam,

    /// <summary>Tor, open proxies, VPN exits.</summary>
    Anonymizer,
}

/// <summary>Where an indicator stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum IndicatorState
{
    /// <summary>It counts.</summary>
    Active,

    /// <summary>Too old, too unsure or no longer named by any source; kept for explanation.</summary>
    Decayed,

    /// <summary>A person took it back.</summary>
    Revoked,

    /// <summary>A person found it to be wrong.</summary>
    FalsePositive,
}

/// <summary>Reliability of a source, A (best) to F (can't be judged), after the Admiralty code.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum Reliability
{
    /// <summary>Reliable.</summary>
    A,

    /// <summary>Usually reliable.</summary>
    B,

    /// <summary>Fairly reliable.</summary>
    C,

    /// <summary>Not usually reliable.</summary>
    D,

    /// <summary>Unreliable.</summary>
    E,

    /// <summary>Can't be judged.</summary>
    F,
}

/// <summary>How a source is read.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum SourceKind
{
    /// <summary>Entered by people.</summary>
    Manual,

    /// <summary>One value a line: plain lists, hosts files, networks with remarks.</summary>
    Text,

    /// <summary>CSV with a mapping of columns.</summary>
    Csv,

    /// <summary>JSON or JSON lines with a mapping of fields.</summary>
    Json,

    /// <summary>A STIX 2.1 bundle.</summary>
    Stix,

    /// <summary>A collection of a TAXII 2.1 server.</summary>
    Taxii,

    /// <summary>A MISP feed: a manifest and its events.</summary>
    Misp,

    /// <summary>CISA's catalogue of known exploited vulnerabilities, JSON.</summary>
    Kev,

    /// <summary>FIRST's forecast of exploitation, CSV.</summary>
    Epss,

    /// <summary>Vulnerabilities with the products and versions that they concern, NVD's JSON 2.0.</summary>
    Nvd,

    /// <summary>Records of the CVE programme, JSON 5: one, a list, or a zip of them.</summary>
    Cve,
}
