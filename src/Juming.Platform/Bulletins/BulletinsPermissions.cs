using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Platform.Bulletins;

/// <summary>See the bulletins that this host publishes and how they are answered.</summary>
public sealed class BulletinsRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "bulletins.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];
}

/// <summary>Publish bulletins and take them back.</summary>
public sealed class BulletinsPublish : IPermission
{
    /// <inheritdoc/>
    public static string Code => "bulletins.publish";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}
