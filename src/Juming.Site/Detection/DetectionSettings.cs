using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Detection;

/// <summary>Settings of detection, section <c>Modules:Detection</c>.</summary>
public sealed class DetectionSettings
{
    /// <summary>Folders, files or zips of Sigma rules that are loaded besides the starter pack and the folder <c>rules</c> of the data folder.</summary>
    public string[] RulePaths { get; set; } = [];

    /// <summary>Loads the starter pack that comes with the program.</summary>
    public bool StarterPack { get; set; } = true;

    /// <summary>New alerts of one rule within a minute of receipt after which the rule is made silent, 10 to 1,000,000. A replay knows no such limit.</summary>
    [Range(10, 1_000_000)]
    public int StormAlertsPerMinute { get; set; } = 600;

    /// <summary>Longest wait until matches are committed as alerts, in milliseconds, 20 to 10,000.</summary>
    [Range(20, 10_000)]
    public int CommitMilliseconds { get; set; } = 200;

    /// <summary>Days that alerts are kept after their last match, 1 to 3,650.</summary>
    [Range(1, 3650)]
    public int KeepAlertsDays { get; set; } = 180;

    /// <summary>Days after which a site filter expires unless it is renewed, 1 to 365.</summary>
    [Range(1, 365)]
    public int FilterDays { get; set; } = 90;
}
