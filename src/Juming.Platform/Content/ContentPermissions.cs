using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Platform.Content;

/// <summary>See what signed content is here and how it stands.</summary>
public sealed class ContentRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "content.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];
}

/// <summary>Vouch for the cloud, bring in bundles, delegate to operators.</summary>
public sealed class ContentWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "content.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin];
}

/// <summary>Work with the root key. No role holds it: it is for the administrator at the machine.</summary>
public sealed class ContentRootWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "content.root.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [];
}
