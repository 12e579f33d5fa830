using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Operator.Customers;

/// <summary>Look at customers and their sites.</summary>
public sealed class CustomersRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "customers.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Enter and change customers and their sites, give out tokens, shut sites out.</summary>
public sealed class CustomersWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "customers.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin];
}
