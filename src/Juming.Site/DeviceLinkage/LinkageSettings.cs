using System.ComponentModel.DataAnnotations;

namespace Juming.Site.DeviceLinkage;

/// <summary>Settings of device linkage, section <c>Modules:Linkage</c>.</summary>
public sealed class LinkageSettings
{
    /// <summary>Path of the Chromium that drives device consoles; empty looks for Debian's in its usual places.</summary>
    public string Browser { get; set; } = "";

    /// <summary>Devices driven at the same time, 1 to 8; each takes about 300 MB of memory.</summary>
    [Range(1, 8)]
    public int MostAtOnce { get; set; } = 2;

    /// <summary>Seconds that one run may take, 20 to 600, where its recipe asks for no less.</summary>
    [Range(20, 600)]
    public int RunSeconds { get; set; } = 120;

    /// <summary>Seconds that one step waits for what it looks for, 2 to 60.</summary>
    [Range(2, 60)]
    public int StepSeconds { get; set; } = 15;

    /// <summary>Megabytes that a device may send in one run, 5 to 500; what comes beyond ends the run.</summary>
    [Range(5, 500)]
    public int MostMegabytes { get; set; } = 60;

    /// <summary>Documents that one run may load, 10 to 500; a console that redirects without end is left there.</summary>
    [Range(10, 500)]
    public int MostDocuments { get; set; } = 80;

    /// <summary>Minutes for which a signed-in session is used again, 0 to 60; 0 signs in anew for each run.</summary>
    [Range(0, 60)]
    public int SessionMinutes { get; set; } = 10;

    /// <summary>Seconds for which a console's page stays open after a run that went well, for the next one, 0 to 600; 0 closes it at once.</summary>
    [Range(0, 600)]
    public int OpenSeconds { get; set; } = 60;

    /// <summary>Minutes without another attempt after a sign-in that failed, 1 to 1,440.</summary>
    [Range(1, 1440)]
    public int MinutesAfterFailure { get; set; } = 10;

    /// <summary>Days for which runs and their pictures are kept, 7 to 1,095.</summary>
    [Range(7, 1095)]
    public int KeepDays { get; set; } = 180;

    /// <summary>Minutes without a hand on mouse or keyboard after which a recording ends, 1 to 60.</summary>
    [Range(1, 60)]
    public int RecorderIdleMinutes { get; set; } = 5;

    /// <summary>Minutes that one recording may hold a device, 5 to 240.</summary>
    [Range(5, 240)]
    public int RecorderMinutes { get; set; } = 60;

    /// <summary>True lets addresses of this very machine into the register: for laboratories and tests only.</summary>
    public bool AllowThisMachine { get; set; }
}
