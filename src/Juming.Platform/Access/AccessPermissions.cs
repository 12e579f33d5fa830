using Juming.Platform.Handlers;

namespace Juming.Platform.Access;

/// <summary>See accounts and their sessions.</summary>
public sealed class UsersRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "access.users.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];
}

/// <summary>Make, reset and disable accounts; end sessions.</summary>
public sealed class UsersWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "access.users.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin];
}

/// <summary>Say which role an account has. Apart from making accounts: the system administrator makes them, the security administrator gives rights.</summary>
public sealed class RolesWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "access.roles.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}

/// <summary>Make and revoke API tokens, with rights that one holds oneself.</summary>
public sealed class TokensWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "access.tokens.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Read, verify and export the audit trail.</summary>
public sealed class AuditRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "access.audit.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.AuditAdmin];
}

/// <summary>Copy the whole database. No role holds it: it is for the administrator at the machine, who owns the files anyway.</summary>
public sealed class HostCopy : IPermission
{
    /// <inheritdoc/>
    public static string Code => "access.host.copy";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [];
}
