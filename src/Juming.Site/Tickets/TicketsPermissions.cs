using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Tickets;

/// <summary>Look at tickets.</summary>
public sealed class TicketsRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "tickets.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Open tickets, work on them and close them.</summary>
public sealed class TicketsWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "tickets.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}
