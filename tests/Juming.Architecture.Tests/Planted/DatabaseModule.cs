using Juming.Platform.Events;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Juming.Architecture.Tests.Planted.Database;

/// <summary>A module whose endpoint reads tables past the guard.</summary>
internal sealed class DatabaseModule : Module
{
    /// <inheritdoc/>
    public override string Name => "planted-database";

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes) => routes.MapGet("rows", (OutboxDb db) => db.Set<OutboxRow>().Count());
}
