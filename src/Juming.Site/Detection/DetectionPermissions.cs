using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Detection;

/// <summary>Look at alerts, rules and coverage.</summary>
public sealed class DetectionRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "detection.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Judge alerts.</summary>
public sealed class DetectionJudge : IPermission
{
    /// <inheritdoc/>
    public static string Code => "detection.judge";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Switch, upload and reload rules; edit lists and site filters.</summary>
public sealed class DetectionWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "detection.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
