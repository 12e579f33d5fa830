using System.ComponentModel.DataAnnotations;
using Juming.Site.Detection;

namespace Juming.Site.Incidents;

/// <summary>Settings of incidents, section <c>Modules:Incidents</c>.</summary>
public sealed class IncidentsSettings
{
    /// <summary>Least severity of an alert that opens an incident by itself. Lesser ones wait until another alert of the same parties shows progress, or they repeat.</summary>
    public Severity OpenFrom { get; set; } = Severity.Medium;

    /// <summary>Alerts of the same parties below that severity that open an incident together, 2 to 1,000.</summary>
    [Range(2, 1000)]
    public int OpenAfterRepeats { get; set; } = 5;

    /// <summary>Hours within which alerts that share a victim, host or account can belong together, 1 to 168.</summary>
    [Range(1, 168)]
    public int RelatedHours { get; set; } = 24;

    /// <summary>Minutes within which alerts of one attacker belong together whoever the victim is, 1 to 1,440.</summary>
    [Range(1, 1440)]
    public int SameAttackerMinutes { get; set; } = 60;

    /// <summary>Victims of one attacker from which an incident counts as a sweep, 2 to 1,000.</summary>
    [Range(2, 1000)]
    public int SweepVictims { get; set; } = 5;

    /// <summary>Alerts that one incident keeps, 10 to 5,000; further ones are counted, and kept only where they show something worse or new.</summary>
    [Range(10, 5000)]
    public int MostAlerts { get; set; } = 500;

    /// <summary>Alerts of one attacker within an hour from which its incident is marked as a storm, 10 to 1,000,000.</summary>
    [Range(10, 1_000_000)]
    public int StormAlertsPerHour { get; set; } = 1000;

    /// <summary>Accounts that many people or machines share; alerts do not belong together because of them. Lower case.</summary>
    public string[] SharedAccounts { get; set; } = ["root", "admin", "administrator", "system", "local service", "network service", "anonymous", "anonymous logon", "guest", "nobody", "www-data", "nginx", "apache", "-"];
}
