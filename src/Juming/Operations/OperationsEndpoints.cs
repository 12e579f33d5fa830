using Juming.Platform.Modules;

namespace Juming.Operations;

/// <summary>Health, readiness and metrics, for machines. They tell counts and states, never names or contents.</summary>
internal static class OperationsEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/healthz", () => Results.Text("alive"));
        app.MapGet("/readyz", async (ReadinessBoard board, CancellationToken ct) =>
        {
            var levels = await board.Levels(ct);
            var bad = levels.Values.Contains(ReadinessLevel.Bad);
            return Results.Json(levels.ToDictionary(l => l.Key, l => l.Value.ToString().ToLowerInvariant()), statusCode: bad ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        });
        app.MapGet("/metrics", (IEnumerable<IFigures> modules) =>
        {
            var writer = new FigureWriter();
            foreach (var module in modules) module.Add(writer);
            return Results.Text(writer.ToString(), "text/plain; version=0.0.4; charset=utf-8");
        });
    }
}
