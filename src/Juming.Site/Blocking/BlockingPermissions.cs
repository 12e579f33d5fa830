using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Blocking;

/// <summary>Look at the block list and at what is protected.</summary>
public sealed class BlockingRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "blocking.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Block addresses, lift and extend blocks, and stop automation.</summary>
public sealed class BlockingWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "blocking.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Decide what is protected, and let automation go on after a stop.</summary>
public sealed class BlockingProtect : IPermission
{
    /// <inheritdoc/>
    public static string Code => "blocking.protect";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
