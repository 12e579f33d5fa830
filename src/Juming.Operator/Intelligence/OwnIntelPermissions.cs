using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Operator.Intelligence;

/// <summary>See the operator's own indicators.</summary>
public sealed class OwnIntelRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "ownintel.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SecurityAdmin, Role.AuditAdmin];
}

/// <summary>Give indicators to customers' sites and withdraw them.</summary>
public sealed class OwnIntelWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "ownintel.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}
