using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Ssh;

/// <summary>Look at hosts, command templates and what was done on hosts.</summary>
public sealed class SshRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "ssh.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Add, change, test and remove hosts, enter their passwords and keys, accept a changed host key.</summary>
public sealed class SshHosts : IPermission
{
    /// <inheritdoc/>
    public static string Code => "ssh.hosts";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Keep command templates of the site's own: what stands in them runs on hosts from then on.</summary>
public sealed class SshTemplates : IPermission
{
    /// <inheritdoc/>
    public static string Code => "ssh.templates";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}

/// <summary>Run command templates on hosts, and try what a template's check says.</summary>
public sealed class SshRun : IPermission
{
    /// <inheritdoc/>
    public static string Code => "ssh.run";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Harden hosts: run the fix of a baseline.</summary>
public sealed class SshHarden : IPermission
{
    /// <inheritdoc/>
    public static string Code => "ssh.harden";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}

/// <summary>Change the rights of accounts on hosts.</summary>
public sealed class SshRights : IPermission
{
    /// <inheritdoc/>
    public static string Code => "ssh.rights";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
