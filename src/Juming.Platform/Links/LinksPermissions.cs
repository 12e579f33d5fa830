using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Platform.Links;

/// <summary>See how this host's link stands.</summary>
public sealed class LinksRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "links.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];
}

/// <summary>Link this host with one above it, or end that.</summary>
public sealed class LinksWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "links.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin];
}

/// <summary>See what left this host, and what was refused.</summary>
public sealed class EgressRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "links.egress-read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];
}

/// <summary>Choose what may leave this host.</summary>
public sealed class EgressWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "links.egress-write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
