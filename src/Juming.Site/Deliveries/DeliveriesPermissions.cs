using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Deliveries;

/// <summary>See what came from above and what became of it.</summary>
public sealed class DeliveriesRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "deliveries.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];
}

/// <summary>Agree to packs that act or turn them down, go back to an earlier one, and say which indicators are wanted.</summary>
public sealed class DeliveriesDecide : IPermission
{
    /// <inheritdoc/>
    public static string Code => "deliveries.decide";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
