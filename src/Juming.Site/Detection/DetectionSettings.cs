using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Detection;

/// <summary>Settings of detection, section <c>Modules:Detection</c>.</summary>
public sealed class DetectionSettings
{
    /// <summary>Folders, files or zips of Sigma rules that are loaded besides the starter pack and the folder <c>rules</c> of the data folder.</summary>
    public string[] RulePaths { get; set; } = [];

    /// <summary>Loads the starter pack that comes with the program.</summary>
    public bool StarterPack { get; set; } = true;

    /// <summary>New alerts of one rule by one attacker within an hour of receipt, 10 to 1,000,000; what comes above is one rolling alert with its count. A replay knows no such limit.</summary>
    [Range(10, 1_000_000)]
    public int StormAlertsPerAttacker { get; set; } = 1000;

    /// <summary>New alerts of one rule by many attackers within a minute of receipt, 10 to 1,000,000; above it the rule is rolled into one alert for a while. One attacker counts for at most a tenth of it. A replay knows no such limit.</summary>
    [Range(10, 1_000_000)]
    public int StormAlertsPerMinute { get; set; } = 600;

    /// <summary>Minutes of receipt for which a rule that storms is rolled into one alert, 1 to 1,440; then it alerts again by itself.</summary>
    [Range(1, 1440)]
    public int StormMinutes { get; set; } = 15;

    /// <summary>Longest span of one alert in minutes, 5 to 1,440; equal matches after it open a new one.</summary>
    [Range(5, 1440)]
    public int AlertMinutes { get; set; } = 60;

    /// <summary>Least seconds between two announcements that an alert grew, 1 to 3,600; a worse result is announced at once.</summary>
    [Range(1, 3600)]
    public int GrownSeconds { get; set; } = 60;

    /// <summary>Longest wait until matches are committed as alerts, in milliseconds, 20 to 10,000.</summary>
    [Range(20, 10_000)]
    public int CommitMilliseconds { get; set; } = 200;

    /// <summary>Days that alerts are kept after they were made, 1 to 3,650; their events' own times do not matter.</summary>
    [Range(1, 3650)]
    public int KeepAlertsDays { get; set; } = 180;

    /// <summary>Hours of stored events that a restart reads again so that correlations remember, 0 to 24; at most the longest timespan of a correlation in force. Longer timespans begin anew.</summary>
    [Range(0, 24)]
    public int LookBackHours { get; set; } = 24;

    /// <summary>Rules about the creation of processes on Windows also read event 4688 of the Security channel, which holds fewer fields than Sysmon's event 1; off, as the rules' authors test them.</summary>
    public bool SecurityProcessCreation { get; set; }

    /// <summary>Days after which a site filter expires unless it is renewed, 1 to 365.</summary>
    [Range(1, 365)]
    public int FilterDays { get; set; } = 90;
}
