using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Watching;

/// <summary>Look at the watch list.</summary>
public sealed class WatchingRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "watching.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Put values on the watch list and take them off.</summary>
public sealed class WatchingWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "watching.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}
