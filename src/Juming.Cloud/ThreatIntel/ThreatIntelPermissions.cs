using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Cloud.ThreatIntel;

/// <summary>Look at indicators and sources.</summary>
public sealed class ThreatIntelRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "threatintel.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Enter indicators and decide about them.</summary>
public sealed class ThreatIntelWrite : IPermission
{
    /// <inheritdoc/>
    public static string Code => "threatintel.write";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SecurityAdmin];
}

/// <summary>Set up sources.</summary>
public sealed class ThreatIntelSetUp : IPermission
{
    /// <inheritdoc/>
    public static string Code => "threatintel.setup";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
