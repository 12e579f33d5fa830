using System.ComponentModel.DataAnnotations;

namespace Juming.Cloud.ThreatIntel;

/// <summary>Settings of intelligence, section <c>Modules:ThreatIntel</c>.</summary>
public sealed class ThreatIntelSettings
{
    /// <summary>Entries that one reading of a source may have, 1 to 10,000,000.</summary>
    [Range(1, 10_000_000)]
    public int MostPerSource { get; set; } = 2_000_000;

    /// <summary>Megabytes of one answer, packed and unpacked, 1 to 2,000.</summary>
    [Range(1, 2000)]
    public int MostMegabytes { get; set; } = 200;

    /// <summary>Seconds within which an answer must have come whole, 1 to 3,600.</summary>
    [Range(1, 3600)]
    public int WithinSeconds { get; set; } = 300;

    /// <summary>Least milliseconds between two calls to one host, 0 to 60,000.</summary>
    [Range(0, 60_000)]
    public int GapMilliseconds { get; set; } = 1000;

    /// <summary>Runs that fail one after the other before a source is asked once a day only, 1 to 100.</summary>
    [Range(1, 100)]
    public int FailuresToPause { get; set; } = 5;

    /// <summary>Percentage by which a list may become shorter from one reading to the next, 0 to 100; a shorter one is refused until somebody accepts it.</summary>
    [Range(0, 100)]
    public int MostShrinkPercent { get; set; } = 50;

    /// <summary>Confidence from which an indicator is active, 1 to 99.</summary>
    [Range(1, 99)]
    public int ActiveFrom { get; set; } = 20;

    /// <summary>Folder with warning lists in MISP's form (<c>*.json</c>) beside the built-in ones; empty for none.</summary>
    public string WarningListFolder { get; set; } = "";

    /// <summary>Days that runs and quarantined entries are kept, 1 to 3,650.</summary>
    [Range(1, 3650)]
    public int KeepDays { get; set; } = 90;
}
