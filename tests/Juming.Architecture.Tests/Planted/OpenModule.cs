using Juming.Platform.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Juming.Architecture.Tests.Planted.Open;

/// <summary>A module whose one endpoint asks nobody for a permission.</summary>
internal sealed class OpenModule : Module
{
    /// <inheritdoc/>
    public override string Name => "planted";

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes) => routes.MapGet("open", () => "everything");
}
