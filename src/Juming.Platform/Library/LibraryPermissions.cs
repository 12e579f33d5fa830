using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Platform.Library;

/// <summary>See the packs that this host publishes.</summary>
public sealed class LibraryRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "library.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];
}

/// <summary>Publish packs, widen their stage and take them back.</summary>
public sealed class LibraryPublish : IPermission
{
    /// <inheritdoc/>
    public static string Code => "library.publish";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
