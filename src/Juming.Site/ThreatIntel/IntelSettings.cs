using System.ComponentModel.DataAnnotations;

namespace Juming.Site.ThreatIntel;

/// <summary>Settings of threat intelligence at a site, section <c>Modules:Intel</c>.</summary>
public sealed class IntelSettings
{
    /// <summary>Least confidence, 0 to 100, of an indicator whose hits become alerts; what is less sure is in force for look-ups by people only.</summary>
    [Range(0, 100)]
    public int LeastConfidence { get; set; } = 30;

    /// <summary>Single changes that are kept in memory above the mapped set before they are folded into it, 100 to 200,000.</summary>
    [Range(100, 200_000)]
    public int MostChanges { get; set; } = 20_000;

    /// <summary>Indicators of the site's own, 10 to 200,000; they are kept in memory.</summary>
    [Range(10, 200_000)]
    public int MostOwn { get; set; } = 50_000;

    /// <summary>Days that an indicator of the site's own counts where nothing else is said, 1 to 3,650.</summary>
    [Range(1, 3650)]
    public int OwnDays { get; set; } = 180;

    /// <summary>Days of stored events, by receipt, that are searched when indicators are new, 0 to 365; 0 searches nothing.</summary>
    [Range(0, 365)]
    public int HuntDays { get; set; } = 7;

    /// <summary>New indicators of one delivery that stored events are searched for, 1 to 10,000: the gravest and surest. The run says how many were left out.</summary>
    [Range(1, 10_000)]
    public int MostHunted { get; set; } = 1000;

    /// <summary>Milliseconds that the search of stored events rests between two portions, 0 to 60,000.</summary>
    [Range(0, 60_000)]
    public int HuntRestMilliseconds { get; set; } = 200;

    /// <summary>Days that hits, runs and closed bulletins are kept, 7 to 3,650.</summary>
    [Range(7, 3650)]
    public int KeepDays { get; set; } = 400;
}
