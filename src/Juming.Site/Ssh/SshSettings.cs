using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Ssh;

/// <summary>Settings of commands over SSH, section <c>Modules:Ssh</c>.</summary>
public sealed class SshSettings
{
    /// <summary>Hosts that are worked on at the same time, 1 to 64; on one host there is one session at a time.</summary>
    [Range(1, 64)]
    public int MostAtOnce { get; set; } = 8;

    /// <summary>Seconds that a connection may take until it is signed in, 3 to 120.</summary>
    [Range(3, 120)]
    public int ConnectSeconds { get; set; } = 20;

    /// <summary>Days for which it is kept what was done on hosts, 7 to 3,650.</summary>
    [Range(7, 3650)]
    public int KeepDays { get; set; } = 365;

    /// <summary>True lets addresses of this very machine into the register: for laboratories and tests only.</summary>
    public bool AllowThisMachine { get; set; }
}
