using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Response;

/// <summary>Look at playbooks and their runs.</summary>
public sealed class ResponseRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "response.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Draw playbooks; start, stop, retry and take back runs.</summary>
public sealed class ResponseWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "response.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Keep secrets that steps may send, and say where to.</summary>
public sealed class ResponseSecretsWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "response.secrets.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}

/// <summary>Publish playbooks and let them start by themselves.</summary>
public sealed class ResponseApprove : IPermission
{
    /// <inheritdoc/>
    public static string Code => "response.approve";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
