using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Cloud.Operators;

/// <summary>Look at the operators that are linked with this host.</summary>
public sealed class OperatorsRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "operators.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Enter operators, give out tokens, shut operators out.</summary>
public sealed class OperatorsWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "operators.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin];
}
