using Juming.Platform.Access;
using Juming.Platform.Modules;

namespace Juming.Operator.Overview;

/// <summary>The first page of this tier: how the host stands and who has access to it.</summary>
public sealed class OperatorOverviewModule : Module
{
    /// <inheritdoc/>
    public override string Name => "operatoroverview";

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("overview", "Overview", "/", null, 10, "home", typeof(AdministrationTexts))];
}
