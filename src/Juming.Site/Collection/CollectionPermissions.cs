using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Collection;

/// <summary>Look at senders and the ledger.</summary>
public sealed class CollectionRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "collection.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];
}

/// <summary>Rename, mute and configure senders.</summary>
public sealed class CollectionWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "collection.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Draft parser packs and try them on lines.</summary>
public sealed class CollectionDraft : IPermission
{
    /// <inheritdoc/>
    public static string Code => "collection.draft";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Publish and withdraw parser packs: what is read of a line decides what rules see.</summary>
public sealed class CollectionPublish : IPermission
{
    /// <inheritdoc/>
    public static string Code => "collection.publish";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Send events over HTTP; for tokens.</summary>
public sealed class CollectionSend : IPermission
{
    /// <inheritdoc/>
    public static string Code => "collection.send";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin];
}
