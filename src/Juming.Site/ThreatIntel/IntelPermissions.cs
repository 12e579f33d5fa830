using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.ThreatIntel;

/// <summary>Look at indicators, hits, searches of the past and bulletins.</summary>
public sealed class IntelRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "intel.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Enter the site's own indicators, mute one at this site, work on bulletins.</summary>
public sealed class IntelWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "intel.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Go back to the set of indicators before.</summary>
public sealed class IntelManage : IPermission
{
    /// <inheritdoc/>
    public static string Code => "intel.manage";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
