using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Incidents;

/// <summary>Look at incidents.</summary>
public sealed class IncidentsRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "incidents.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Work on incidents: take, judge, comment, merge, split, close.</summary>
public sealed class IncidentsWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "incidents.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Release single values of an incident to the host above.</summary>
public sealed class IncidentsRelease : IPermission
{
    /// <inheritdoc/>
    public static string Code => "incidents.release";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
