using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Platform.Notify;

/// <summary>See channels, rules and the delivery log.</summary>
public sealed class NotifyRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "notify.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Set up channels and rules, test them, deliver again.</summary>
public sealed class NotifyWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "notify.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin];
}
