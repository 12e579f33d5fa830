using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Assets;

/// <summary>Look at assets.</summary>
public sealed class AssetsRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "assets.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Edit, import, merge and retire assets.</summary>
public sealed class AssetsWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "assets.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}
