using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Juming.Site.Overview.Workbench;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Overview;

/// <summary>What a person sees first: the state of the site on one page.</summary>
public sealed class OverviewModule : Module
{
    /// <inheritdoc/>
    public override string Name => "overview";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings) => services.AddSingleton<LastVisits>();

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("overview", "Workbench", "/", OverviewRead.Code, 1, "home", typeof(OverviewTexts)), new("overview", "Security", "/overview", OverviewRead.Code, 2, "chart", typeof(OverviewTexts))];
}

/// <summary>Look at the overview: counts, and the alerts' titles and parties.</summary>
public sealed class OverviewRead : IPermission
{
    /// <inheritdoc/>
    public static string Code => "overview.read";

    /// <inheritdoc/>
    public static IReadOnlyList<Role> Roles => [Role.Viewer, Role.Analyst, Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];
}
