using Juming.Platform.Access;
using Juming.Platform.Modules;

namespace Juming.Cloud.Overview;

/// <summary>The first page of this tier: how the host stands and who has access to it.</summary>
public sealed class CloudOverviewModule : Module
{
    /// <inheritdoc/>
    public override string Name => "cloudoverview";

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("overview", "Overview", "/", null, 10, "home", typeof(AdministrationTexts))];
}
