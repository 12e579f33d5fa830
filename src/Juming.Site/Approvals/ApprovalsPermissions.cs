using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Approvals;

/// <summary>Look at what was asked and how it was answered.</summary>
public sealed class ApprovalsRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "approvals.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Agree or refuse.</summary>
public sealed class ApprovalsAnswer : IPermission
{
    /// <inheritdoc/>
    public static string Code => "approvals.answer";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}
