using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.DeviceLinkage;

/// <summary>Look at devices, recipes, runs and their pictures.</summary>
public sealed class LinkageRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "linkage.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Add, change and remove devices, enter their passwords, accept a changed certificate.</summary>
public sealed class LinkageDevices : IPermission
{
    /// <inheritdoc/>
    public static string Code => "linkage.devices";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SystemAdmin, Role.SecurityAdmin];
}

/// <summary>Import and approve recipes: what is approved is pressed on devices from then on.</summary>
public sealed class LinkageRecipes : IPermission
{
    /// <inheritdoc/>
    public static string Code => "linkage.recipes";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}

/// <summary>Work a device's console by hand in the site's own browser and have it written down as a recipe.</summary>
public sealed class LinkageRecord : IPermission
{
    /// <inheritdoc/>
    public static string Code => "linkage.record";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.SecurityAdmin];
}
